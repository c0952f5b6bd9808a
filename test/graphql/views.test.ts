import { expect, test } from "vitest";
import { isReused, listsOf, viewsOf } from "../../src/graphql/views.js";

interface Row {
  readonly a: number;
}

test("a row has one view of each kind, and a copy of the row has its own", () => {
  const doubled = viewsOf(({ a }: Row) => ({ doubled: 2 * a }));
  const negated = viewsOf(({ a }: Row) => ({ negated: -a }));
  const row = { a: 1 };
  expect([doubled(row), negated(row)]).toEqual([{ doubled: 2 }, { negated: -1 }]);
  expect(doubled(row)).toBe(doubled(row));
  expect(doubled({ ...row })).not.toBe(doubled(row));
});

test("copies of a row and comparisons do not see its view", () => {
  const row = { a: 1 };
  viewsOf((one: Row) => ({ view: one.a }))(row);
  expect(row).toStrictEqual({ a: 1 });
  expect(Reflect.ownKeys(row)).toEqual(["a"]);
});

test("a list has one list of views", () => {
  const lists = listsOf((a: number) => ({ a }));
  const list = [1, 2];
  expect(lists(list)).toBe(lists(list));
  expect(lists(list)).toEqual([{ a: 1 }, { a: 2 }]);
});

test("a view is reused from the second time on", () => {
  const view = viewsOf(({ a }: Row) => ({ a }));
  const row = { a: 1 };
  expect(isReused(view(row))).toBe(false);
  expect(isReused(view(row))).toBe(true);
  expect(isReused(view({ a: 1 }))).toBe(false);
});
