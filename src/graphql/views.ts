import { makeAttachment } from "./attached.js";
import { markLasting } from "./lasting.js";

/**
 * Makes the GraphQL object of a row once per row, and drops it together with the row.
 *
 * The engine keeps rows in its cache, so their dates are formatted once and not once per request. An
 * object that is returned a second time is marked, so that the executor can cache its JSON text.
 */
export function viewsOf<Row extends object, View extends object>(
  make: (row: Row) => View,
): (row: Row) => View {
  const views = makeAttachment<View>();
  return (row) => {
    const known = views.get(row);
    if (known !== undefined) {
      markLasting(known);
      return known;
    }
    const view = make(row);
    views.attach(row, view);
    return view;
  };
}

/** Makes the GraphQL objects of a list once per list. */
export const listsOf = <Item, View>(
  make: (item: Item) => View,
): ((list: readonly Item[]) => readonly View[]) => viewsOf((list) => list.map(make));

/** Applies a function to a value that is not null. */
export const orNull = <In, Out>(value: In | null, change: (value: In) => Out): Out | null =>
  value === null ? null : change(value);
