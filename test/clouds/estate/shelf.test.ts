import { describe, expect, test } from "vitest";
import { makeRandom } from "../../../src/clouds/estate/random.js";
import { rowOf } from "../../../src/clouds/estate/rows.js";
import type { RowFacts } from "../../../src/clouds/estate/rows.js";
import { makeShelf } from "../../../src/clouds/estate/shelf.js";
import { ROW_ORDERS } from "../../../src/clouds/estate/types.js";
import type { BackupRow } from "../../../src/clouds/estate/types.js";
import { tencentInstance } from "../askCloud.js";

const NOW = Date.parse("2026-03-10T12:00:00Z");
const MINUTE = 60_000;
const random = makeRandom(7);
const row = (facts: RowFacts): BackupRow => rowOf(tencentInstance(), facts, random);
const rows = Array.from({ length: 50 }, (_, index) => row({ startedAt: NOW - index * MINUTE }));
const ids = (shown: readonly BackupRow[]): string[] => shown.map(({ nativeId }) => nativeId);

describe("orders", () => {
  test("newest first and oldest first are each other's reverse where starts differ", () => {
    const shelf = makeShelf(() => rows);
    const newest = ids(shelf.view("newestFirst", NOW));
    expect(newest).toEqual(ids(rows));
    expect(ids(shelf.view("oldestFirst", NOW))).toEqual([...newest].reverse());
  });

  test("shuffled is neither of them, and the same at every call and on every shelf", () => {
    const shuffled = ids(makeShelf(() => rows).view("shuffled", NOW));
    expect(shuffled).not.toEqual(ids(rows));
    expect(shuffled).not.toEqual([...ids(rows)].reverse());
    expect([...shuffled].sort()).toEqual([...ids(rows)].sort());
    expect(ids(makeShelf(() => [...rows].reverse()).view("shuffled", NOW))).toEqual(shuffled);
  });

  test.each(ROW_ORDERS)("in order %s a change leaves the others' relative order alone", (order) => {
    const shelf = makeShelf(() => rows);
    const before = ids(shelf.view(order, NOW));
    const added = row({ startedAt: NOW - 5 * MINUTE });
    shelf.put(added);
    const [, second] = rows;
    if (second !== undefined) shelf.take(second);
    const after = ids(shelf.view(order, NOW));
    expect(after).toHaveLength(50);
    expect(after.filter((id) => id !== added.nativeId)).toEqual(
      before.filter((id) => id !== second?.nativeId),
    );
  });

  test("rows of equal start keep one order among themselves in both directions", () => {
    const twins = [1, 2, 3].map(() => row({ startedAt: NOW }));
    const shelf = makeShelf(() => twins);
    expect(ids(shelf.view("newestFirst", NOW))).toEqual(ids(twins).sort());
    expect(ids(shelf.view("oldestFirst", NOW))).toEqual(ids(twins).sort());
  });
});

describe("what is listed", () => {
  const later = row({ startedAt: NOW - MINUTE, listedFrom: NOW + MINUTE });
  const ending = row({ startedAt: NOW - 2 * MINUTE, listedUntil: NOW + 2 * MINUTE });
  const shelf = makeShelf(() => [later, ending]);

  test.each([
    { what: "before it begins", at: NOW - 1, shown: [ending] },
    { what: "the instant it begins", at: NOW + MINUTE, shown: [later, ending] },
    { what: "just before another ends", at: NOW + 2 * MINUTE - 1, shown: [later, ending] },
    { what: "the instant another ends", at: NOW + 2 * MINUTE, shown: [later] },
    { what: "when the clock goes back", at: NOW, shown: [ending] },
  ])("$what", ({ at, shown }) => {
    expect(ids(shelf.view("newestFirst", at))).toEqual(ids(shown));
  });

  test("an unchanged list is not made twice", () => {
    expect(shelf.view("newestFirst", NOW)).toBe(shelf.view("newestFirst", NOW + 1));
  });
});
