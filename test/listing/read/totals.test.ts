import { describe, expect, test } from "vitest";
import { newListingMemory, newSourceMemory } from "../../../src/listing/read/evidence.js";
import type { Item, ListShape, PageQuestion, PageShape } from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";
import { instantAfter } from "../../../src/paging/slice.js";
import { DAY, requestOf, rowsOf } from "./request.js";

const OFFSETS = { style: "offset", offset: "o", limit: "l", max: 100, aligned: true } as const;
const NUMBERS = {
  style: "pageNumber",
  page: "p",
  size: "s",
  max: 300,
  sizes: [30, 50, 100, 200, 300],
} as const;

const shapeOf = (page: PageShape, mandatory: boolean): ListShape => ({
  page,
  window: {
    since: "a",
    until: "b",
    precisionMs: 60_000,
    mandatory,
    selects: "unknown",
    longestMs: DAY,
    maxSpanMs: mandatory ? null : 30 * DAY,
  },
  defaultSize: 20,
  order: "unknown",
  counts: "rows",
});

/** Walks through a list from its newest row, and returns what was read, asked and reported. */
async function readAll(shape: ListShape, all: readonly Item[], totalOf: (rows: number) => number) {
  const memory = newListingMemory();
  const source = newSourceMemory();
  const keys = new Set<string>();
  const reported: string[] = [];
  let calls = 0;
  const ask = async ({ window, at, size }: PageQuestion) => {
    calls += 1;
    const { since = -Infinity, until = Infinity } = window ?? {};
    const rows = all.filter(
      ({ startedAt }) => (startedAt ?? 0) >= since && (startedAt ?? 0) <= until,
    );
    const from = shape.page.style === "offset" ? Number(at) : (Number(at) - 1) * size;
    return { rows: rows.slice(from, from + size), total: totalOf(rows.length), next: null };
  };
  let instant: number | null = Number.POSITIVE_INFINITY;
  while (instant !== null) {
    const onBroken = (message: string) => reported.push(message);
    const read: Awaited<ReturnType<typeof readSpan<Item>>> = await readSpan(
      requestOf({ ask, shape, memory, source, instant, onBroken }),
    );
    for (const { key } of read.items) keys.add(key);
    instant = instantAfter("newestFirst", read as never);
  }
  return { rows: keys.size, calls, reported };
}

describe.each([
  { what: "offsets and windows that may be left out", shape: shapeOf(OFFSETS, false) },
  { what: "page numbers and windows that may not", shape: shapeOf(NUMBERS, true) },
])("a list with $what", ({ shape }) => {
  test.each([
    { length: 7, what: "is too high", totalOf: (rows: number) => rows + 70 },
    { length: 47, what: "is too high", totalOf: (rows: number) => rows + 70 },
    { length: 47, what: "counts other lists too", totalOf: () => 5_000 },
    { length: 330, what: "is too high", totalOf: (rows: number) => rows + 70 },
    { length: 330, what: "counts what is outside the window", totalOf: () => 330 },
  ])("of $length rows is read in few calls where its total $what", async ({ length, totalOf }) => {
    const { rows, calls, reported } = await readAll(shape, rowsOf(length, DAY), totalOf);
    const honest = await readAll(shape, rowsOf(length, DAY), (count) => count);
    expect(rows).toBe(length);
    expect(calls).toBeLessThanOrEqual(honest.calls + 20);
    expect(new Set(reported).size).toBe(reported.length);
    expect(honest.reported).toEqual([]);
  });
});

/** The rows of a vendor that shows each three times: two rows, then the same in the other order. */
const thrice = (rows: readonly Item[]): Item[] =>
  rows.flatMap((row, place) => {
    const other = rows[place + 1] ?? row;
    return place % 2 === 0 ? [row, other, other, row, row, other] : [];
  });

test("a list whose count counts copies is complete, also once its pages are too short to show one row twice", async () => {
  const rows = thrice(rowsOf(8, DAY));
  const shape: ListShape = {
    page: { style: "pageNumber", page: "p", size: "s", max: 5, sizes: [2, 5] },
    window: null,
    defaultSize: 2,
    order: "unknown",
    counts: "backups",
  };
  const memory = newListingMemory();
  const sizes = new Set<number>();
  const ask = async ({ at, size }: PageQuestion) => {
    sizes.add(size);
    const most = Math.min(size, 4);
    const from = (Number(at) - 1) * most;
    return { rows: rows.slice(from, from + most), total: rows.length, next: null };
  };
  for (let readings = 0; readings < 3; readings += 1) {
    sizes.clear();
    const { items, notices } = await readSpan(requestOf({ ask, shape, memory }));
    expect(items).toHaveLength(8);
    expect(notices).toEqual([]);
  }
  expect([...sizes]).toEqual([2]);
});
