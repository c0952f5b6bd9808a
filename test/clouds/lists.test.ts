import { describe, expect, test } from "vitest";
import { makeRandom } from "../../src/clouds/estate/random.js";
import { rowOf } from "../../src/clouds/estate/rows.js";
import { ROW_ORDERS } from "../../src/clouds/estate/types.js";
import type { BackupRow, RowOrder } from "../../src/clouds/estate/types.js";
import { claimedTotal, inStatuses, pageOf, windowed } from "../../src/clouds/lists.js";
import { DEFAULT_KNOBS } from "../../src/clouds/knobs/values.js";
import { makeShelf } from "../../src/clouds/estate/shelf.js";
import { tencentInstance } from "./askCloud.js";

const NOW = Date.parse("2026-03-10T12:00:00Z");
const MINUTE = 60_000;
const KNOBS = DEFAULT_KNOBS.tencent;
const random = makeRandom(5);
const instance = tencentInstance();
const row = (minutesAgo: number, facts: Partial<BackupRow> = {}): BackupRow =>
  rowOf(instance, { startedAt: NOW - minutesAgo * MINUTE, ...facts }, random);
const rows = [0, 1, 1, 2, 3, 5, 8, 13].map((minutes) => row(minutes));
const inOrder = (order: RowOrder) => makeShelf(() => rows).view(order, NOW + MINUTE);

describe.each(ROW_ORDERS)("a window over rows in order %s", (order) => {
  const knobs = { ...KNOBS, order };
  test.each([
    { since: null, until: null },
    { since: 5, until: 1 },
    { since: 1, until: 1 },
    { since: null, until: 3 },
    { since: 3, until: null },
    { since: 4, until: 4 },
    { since: 99, until: 20 },
    { since: -1, until: -2 },
  ])("from $since to $until minutes ago has both ends in it", ({ since, until }) => {
    const at = (minutes: number | null) => (minutes === null ? null : NOW - minutes * MINUTE);
    const found = windowed(inOrder(order), { since: at(since), until: at(until) }, knobs);
    const expected = inOrder(order).filter(
      ({ startedAt }) =>
        startedAt >= (at(since) ?? -Infinity) && startedAt <= (at(until) ?? Infinity),
    );
    expect(found).toEqual(expected);
  });
});

test("a window can select on the end, and on the start of a row without one", () => {
  const ended = row(10, { finishedAt: NOW - MINUTE });
  const running = row(2, { status: "1" });
  const window = { since: NOW - 3 * MINUTE, until: NOW };
  const both = [running, ended];
  expect(windowed(both, window, { ...KNOBS, windowSelects: "end" })).toEqual(both);
  expect(windowed(both, window, KNOBS)).toEqual([running]);
});

test("a list that has no other states is handed back as it is", () => {
  const mixed = [row(1), row(2, { status: "3" })];
  expect(inStatuses(mixed, new Set(["2", "3"]))).toBe(mixed);
  expect(inStatuses(mixed, new Set(["3"]))).toEqual(mixed.slice(1));
  expect(inStatuses(mixed, new Set())).toEqual([]);
});

test("a page is cut by the vendor's silent cap", () => {
  expect(pageOf([1, 2, 3, 4, 5], { offset: 1, limit: 3 }, KNOBS)).toEqual([2, 3, 4]);
  expect(pageOf([1, 2, 3], { offset: 1, limit: 3 }, { ...KNOBS, pageCap: 1 })).toEqual([2]);
  expect(pageOf([1, 2, 3], { offset: 9, limit: 3 }, KNOBS)).toEqual([]);
});

test.each([
  { totals: "exact", claimed: 4 },
  { totals: "absent", claimed: undefined },
  { totals: -9, claimed: 0 },
  { totals: 2, claimed: 6 },
] as const)("with totals $totals a list of 4 claims $claimed", ({ totals, claimed }) => {
  expect(claimedTotal(4, { ...KNOBS, totals })).toBe(claimed);
});
