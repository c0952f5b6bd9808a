import { markLasting } from "./lasting.js";

/**
 * Makes what the schema shows of a row once per row, and forgets it with the row.
 *
 * Rows are kept by the engine's cache, so instants become text once and not once a request.
 */
export function viewsOf<Row extends object, View>(make: (row: Row) => View): (row: Row) => View {
  const views = new WeakMap<Row, View>();
  return (row) => {
    const known = views.get(row);
    if (known !== undefined) return known;
    const view = make(row);
    views.set(row, view);
    return view;
  };
}

/**
 * Makes what the schema shows of a list once per list; one that is shown again is marked as lasting.
 *
 * Pages that are asked for again and again are the same list as long as nothing has changed.
 */
export function listsOf<Item, View>(
  make: (item: Item) => View,
): (list: readonly Item[]) => readonly View[] {
  const views = new WeakMap<readonly Item[], readonly View[]>();
  return (list) => {
    const known = views.get(list);
    if (known !== undefined) {
      markLasting(known);
      return known;
    }
    const made = list.map(make);
    views.set(list, made);
    return made;
  };
}

/** RFC 3339 text of epoch milliseconds. */
export const instantOf = (ms: number): string => new Date(ms).toISOString();

/** Applies a function where there is a value. */
export const orNull = <In, Out>(value: In | null, change: (value: In) => Out): Out | null =>
  value === null ? null : change(value);
