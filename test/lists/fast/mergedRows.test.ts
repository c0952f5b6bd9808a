import { describe, expect, test } from "vitest";
import type { Key } from "../../../src/domain/id.js";
import { OTHER_WAY } from "../../../src/lists/walk.js";
import { MergedRows } from "../../../src/lists/fast/mergedRows.js";
import { closingKey, walkOrigin, type Direction } from "../../../src/paging/direction.js";
import { PageTaker, type Page } from "../../../src/paging/page.js";
import { holds, type MergeSource, type Slice } from "../../../src/paging/slice.js";

const rowAt = (startedAt: number): Key => ({ startedAt, id: `r${startedAt}` });

/** A source of two slices, of which the one with the older rows was read earlier. */
function sourceOf(name: string, starts: readonly number[], asOf: number): MergeSource<Key> {
  const part = (since: number, until: number, readAt: number): Slice<Key> => ({
    since,
    until,
    rows: starts.filter((start) => since <= start && start < until).map(rowAt),
    asOf: readAt,
    notices: [],
    stale: null,
  });
  const slices = [part(50, Infinity, asOf), part(-Infinity, 50, asOf - 20)];
  return {
    name,
    place: { provider: "p", region: "r", instanceNativeId: name },
    low: null,
    high: null,
    freshMs: 1_000,
    peek: (instant) => slices.find((slice) => holds(slice, instant)) ?? null,
    read: () => Promise.reject(new Error("Everything is cached.")),
  };
}

const SOURCES = [sourceOf("a", [90, 70, 40, 20], 100), sourceOf("b", [80, 60, 30, 10], 90)];

const shown = (page: Page<Key> | null) =>
  page && {
    rows: page.rows,
    states: page.rows.map((_, index) => page.stateAfter(index)),
    more: page.more,
    end: page.end,
    endsAtRow: page.endsAtRow,
  };

describe.each<Direction>(["newestFirst", "oldestFirst"])("rows merged %s", (direction) => {
  const ends = [null, rowAt(50), rowAt(45)];
  const cases = ends.flatMap((end) =>
    [0, 1, 3, 4, 5, 8].flatMap((limit) =>
      [true, false].map((lookAhead) => ({ end, limit, lookAhead })),
    ),
  );

  test.each(cases)("give each page that merging again gives: %o", ({ end, limit, lookAhead }) => {
    const merged = new MergedRows(direction, SOURCES, 100);
    const origin = walkOrigin(direction);
    // Pages that need less than what was merged must not count the age of the rest.
    expect(merged.indexAfter(walkOrigin(OTHER_WAY[direction]))).toBe(8);
    for (const position of [
      origin,
      ...[90, 60, 40, 10].map((at) => closingKey(direction, rowAt(at))),
    ]) {
      const state = { position, debts: [] };
      const matches = ({ startedAt }: Key) => startedAt !== 70;
      const request = { direction, state, end, limit, matches, lookAhead };
      const again = new PageTaker({ ...request, sources: SOURCES }).peek();
      const page = new PageTaker({ ...request, sources: [] }, merged.from(position, end)).peek();
      expect(shown(page)).toEqual(shown(again));
      // It decides when a walk begins, which is at the start of the order; without rows it may differ.
      if (position === origin && page?.rows.length !== 0)
        expect(page?.freshUntil).toBe(again?.freshUntil);
    }
  });
});

test("what needs more rows than may be merged is not known", () => {
  const merged = new MergedRows("newestFirst", SOURCES, 3);
  const position = walkOrigin("newestFirst");
  const rows = () => {
    const from = merged.from(position, null);
    if (from === null) throw new Error("The start of the order is always known.");
    return from;
  };
  const take = (limit: number) => {
    const state = { position, debts: [] };
    const request = { direction: "newestFirst", sources: [], state, end: null, limit } as const;
    return new PageTaker({ ...request, matches: () => true }, rows()).peek();
  };
  expect(take(3)?.rows).toHaveLength(3);
  expect(take(4)).toBeNull();
  // Nor is a page without rows behind them: whether rows lie before it would be unknown.
  expect(merged.from(closingKey("newestFirst", rowAt(40)), null)).toBeNull();
});
