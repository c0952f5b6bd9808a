import { makeAttachment } from "./attached.js";
import { markLasting } from "./lasting.js";

/**
 * Makes what the schema shows of a row once per row, and forgets it with the row.
 *
 * Rows are kept by the engine's cache, so instants become text once and not once a request. What is shown
 * again lasts: its text may be remembered.
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

/** Makes what the schema shows of a page's rows once per page. */
export const listsOf = <Item, View>(
  make: (item: Item) => View,
): ((list: readonly Item[]) => readonly View[]) => viewsOf((list) => list.map(make));

/** RFC 3339 text of epoch milliseconds. */
export const instantOf = (ms: number): string => new Date(ms).toISOString();

/** Applies a function where there is a value. */
export const orNull = <In, Out>(value: In | null, change: (value: In) => Out): Out | null =>
  value === null ? null : change(value);
