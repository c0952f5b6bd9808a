import { describe, expect, test } from "vitest";
import type {
  Item,
  ListShape,
  PageAnswer,
  PageQuestion,
  PageShape,
} from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";
import { requestOf } from "./request.js";

/** Rows by the letters of their keys. */
const rowsOf = (keys: string): Item[] =>
  [...keys].map((key, index) => ({ key, startedAt: index, finishedAt: index }));

/** Where a page begins in a list, as vendors of that style count. */
function placeOf({ style }: PageShape, { at, size }: PageQuestion): number {
  if (style === "pageNumber") return (Number(at) - 1) * size;
  return Number(at ?? 0);
}

/**
 * Reads a list that is another one for each call, its last one for all further calls, and gives the keys
 * that were read and the totals that the vendor stated. Pages lack the rows with capital letters.
 */
async function readMoving(page: PageShape, lists: readonly string[], isCounted = true) {
  const totals = new Set<number>();
  const left = [...lists];
  const ask = async (question: PageQuestion): Promise<PageAnswer<Item>> => {
    const rows = rowsOf((left.length > 1 ? left.shift() : left[0]) as string);
    const from = placeOf(page, question);
    const end = from + question.size;
    if (isCounted) totals.add(rows.length);
    const isOver = page.style !== "token" || end >= rows.length;
    const total = isCounted ? rows.length : null;
    const shown = rows.slice(from, end).filter(({ key }) => key === key.toLowerCase());
    return { rows: shown, total, next: isOver ? null : String(end) };
  };
  const shape: ListShape = { page, window: null, defaultSize: 2, order: "unknown", counts: "rows" };
  const bounds = { lowest: 0, newest: 1e9 };
  const read = await readSpan(requestOf({ ask, shape, scanRows: 1_000, bounds }));
  return { keys: new Set(read.items.map(({ key }) => key)), totals: [...totals] };
}

const OFFSETS = { style: "offset", offset: "o", limit: "l", max: 4, aligned: false } as const;

const SHAPES: { what: string; page: PageShape }[] = [
  { what: "row offsets", page: OFFSETS },
  {
    what: "offsets that are multiples of the limit",
    page: { ...OFFSETS, aligned: true },
  },
  { what: "page numbers", page: { style: "pageNumber", page: "p", size: "s", max: 4 } },
  {
    what: "page numbers of few sizes",
    page: { style: "pageNumber", page: "p", size: "s", max: 4, sizes: [2, 4] },
  },
  { what: "tokens", page: { style: "token", token: "t", size: "s", max: 4 } },
];

const LIVES = [..."efghijkl"];

describe.each(SHAPES)("a list read by $what", ({ page }) => {
  test("loses no row if one before it goes and one after it comes, so that all totals agree", async () => {
    const { keys, totals } = await readMoving(page, ["abcdefghijkl", "bcdefghijklm"]);
    expect(totals).toEqual([12]);
    expect(LIVES.filter((key) => !keys.has(key))).toEqual([]);
  });

  test("loses no row if that happens between all calls, four rows at a time", async () => {
    const moving = ["abcdefghijkl", "efghijklmnop", "efghijklopqr", "efghijklqrst"];
    const { keys, totals } = await readMoving(page, moving);
    expect(totals).toEqual([12]);
    expect(LIVES.filter((key) => !keys.has(key))).toEqual([]);
  });

  // Without a count, nothing else would find the missing one.
  test.each([true, false])(
    "shows both or neither of two rows that come together between two calls (counted: %s)",
    async (isCounted) => {
      const { keys } = await readMoving(page, ["abcdefgh", "abxycdefgh"], isCounted);
      expect(keys.has("x")).toBe(keys.has("y"));
      expect([..."abcdefgh"].filter((key) => !keys.has(key))).toEqual([]);
    },
  );
});

describe("a list that shows a row in two places", () => {
  test("is not located by a known key", async () => {
    // `p` and `q` go: behind the place of the second call stands a second `k`.
    const { keys } = await readMoving(OFFSETS, ["pkpqxxkyq", "kxxky"]);
    expect(["k", "x", "y"].filter((key) => !keys.has(key))).toEqual([]);
  });
});

describe("a list of which a page lacks a row", () => {
  test("does not end there if the reading has stepped back to it", async () => {
    const page = { ...OFFSETS, max: 2 };
    // As many rows have come as have gone, so that all that were ever read are as many as are counted.
    const moving = ["abcd", "abcd", "xcyd", "xcyd", "cyzd", "cYzd", "cYzd", "cyzd"];
    const { keys, totals } = await readMoving(page, moving);
    expect(totals).toEqual([4]);
    expect([..."cyzd"].filter((key) => !keys.has(key))).toEqual([]);
  });
});
