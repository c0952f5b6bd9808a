/**
 * Makes the GraphQL object of a row once per row, and drops it together with the row.
 *
 * The engine keeps rows in its cache, so their dates are formatted once and not once per request. An
 * object that is returned a second time is marked as reused.
 */
export function viewsOf<Row extends object, View extends object>(
  make: (row: Row) => View,
): (row: Row) => View {
  const HiddenView = makeHiddenField<View>();
  return (row) => {
    const known = HiddenView.get(row);
    if (known !== undefined) {
      markReused(known);
      return known;
    }
    const view = make(row);
    void new HiddenView(row, view);
    return view;
  };
}

/** Makes the GraphQL objects of a list once per list. */
export const listsOf = <Item, View>(
  make: (item: Item) => View,
): ((list: readonly Item[]) => readonly View[]) => viewsOf((list) => list.map(make));

/**
 * Whether an object was returned before. Its plain properties never change, so the executor may cache
 * its JSON text. Objects that are returned only once are not worth the memory.
 */
export const isReused = (object: object): boolean => HiddenMark.get(object) === true;

/** Marks an object as reused. */
export function markReused(object: object): void {
  if (!isReused(object)) void new HiddenMark(object, true);
}

/** Returns its argument, so that a subclass adds its private field to that object. */
class Itself {
  constructor(object: object) {
    return object;
  }
}

/**
 * Makes a field that is added to objects of other code. Copies and comparisons do not see it.
 *
 * It is a private field. A `WeakMap` would cost eight times as much, because every small garbage
 * collection visits all of its entries, and hundreds of short-lived rows are made for each request.
 */
function makeHiddenField<Value>() {
  class Hidden extends Itself {
    readonly #value: Value;

    /** Adds the field to an object that does not have it. */
    constructor(object: object, value: Value) {
      super(object);
      this.#value = value;
    }

    static get(object: object): Value | undefined {
      return #value in object ? object.#value : undefined;
    }
  }
  return Hidden;
}

const HiddenMark = makeHiddenField<true>();

/** Applies a function to a value that is not null. */
export const orNull = <In, Out>(value: In | null, change: (value: In) => Out): Out | null =>
  value === null ? null : change(value);
