import { describe, expect, test } from "vitest";
import type {
  Item,
  ListShape,
  PageAnswer,
  PageQuestion,
  PageShape,
} from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";
import { DAY, requestOf, rowsOf } from "./request.js";

const NUMBERS = { style: "pageNumber", page: "p", size: "s", max: 100 } as const;
const ALIGNED = { style: "offset", offset: "o", limit: "l", max: 100, aligned: true } as const;
const asIs = (size: number): number => size;
const down =
  (unit: number) =>
  (size: number): number =>
    Math.max(1, Math.floor(size / unit)) * unit;
const up =
  (unit: number) =>
  (size: number): number =>
    Math.min(100, Math.ceil(size / unit) * unit);

/** Reads a list without a count from a vendor that rounds page sizes. Its rows may be listed twice, `a b b a`. */
async function read(page: PageShape, length: number, rounded: typeof asIs, isTwice = false) {
  const rows = rowsOf(length, DAY);
  const pairs = rows.flatMap((_, at) => (at % 2 === 0 ? [rows.slice(at, at + 2)] : []));
  const all = isTwice ? pairs.flatMap((pair) => [...pair, ...[...pair].reverse()]) : rows;
  let calls = 0;
  const ask = async ({ at, size }: PageQuestion): Promise<PageAnswer<Item>> => {
    calls += 1;
    const most = rounded(size);
    const from = page.style === "offset" ? Number(at) : (Number(at) - 1) * most;
    return { rows: all.slice(from, from + most), total: null, next: null };
  };
  const shape: ListShape = {
    ...{ page, window: null, defaultSize: 20, order: "unknown", counts: "none" },
  };
  const { items } = await readSpan(requestOf({ ask, shape }));
  return { rows: items.length, calls };
}

describe("a vendor that rounds the sizes of pages", () => {
  test.each([
    { page: NUMBERS, name: "page numbers" },
    { page: ALIGNED, name: "aligned offsets" },
  ])("hides no row of a list with $name", async ({ page }) => {
    for (const rounded of [2, 4, 5, 10, 20, 25, 50].flatMap((unit) => [down(unit), up(unit)]))
      for (const length of [7, 60, 100, 180, 189, 190, 250, 999])
        expect((await read(page, length, rounded)).rows).toBe(length);
  });

  test("hides no row of a list that shows rows in several places", async () => {
    for (const page of [NUMBERS, ALIGNED, { ...ALIGNED, aligned: false }])
      for (const length of [4, 7, 33, 120])
        expect((await read(page, length, down(5), true)).rows).toBe(length);
  });
});

test("a last page that looks rounded costs one call more, and no other", async () => {
  for (const page of [NUMBERS, ALIGNED])
    expect(await Promise.all([150, 189, 190].map((rows) => read(page, rows, asIs)))).toEqual([
      { rows: 150, calls: 2 },
      { rows: 189, calls: 3 },
      { rows: 190, calls: 2 },
    ]);
});
