import { describe, expect, test } from "vitest";
import {
  newListingMemory,
  type ListingMemory,
  type SpanRequest,
} from "../../../src/listing/read/evidence.js";
import type {
  Item,
  ListShape,
  PageAnswer,
  PageQuestion,
  PageShape,
} from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";
import { DAY, requestOf, rowsOf } from "./request.js";

const DEFAULT_SIZE = 30;

const OFFSETS = { style: "offset", offset: "o", limit: "l", max: 100, aligned: false } as const;
const NUMBERS = { style: "pageNumber", page: "p", size: "s", max: 300 } as const;

const PAGES: { what: string; page: PageShape }[] = [
  { what: "row offsets", page: OFFSETS },
  { what: "offsets that are multiples of the limit", page: { ...OFFSETS, aligned: true } },
  { what: "page numbers", page: { ...NUMBERS, sizes: [30, 50, 100, 200, 300] } },
];

const WINDOW: ListShape["window"] = {
  since: "a",
  until: "b",
  precisionMs: 60_000,
  mandatory: true,
  selects: "unknown",
  longestMs: DAY,
  maxSpanMs: null,
};

/** How a vendor answers where its documents are silent. */
interface Vendor {
  readonly page: PageShape;
  readonly windowed?: boolean;
  readonly cap?: number;
  readonly counts?: ListShape["counts"];
  /** Its count, of the rows of the page and of the list. */
  readonly totalOf?: (shown: number, length: number) => number | null;
  /** Changes the rows of a page. */
  readonly repeats?: (rows: readonly Item[]) => readonly Item[];
}

/** Reads the newest slice of a list, and gives its keys and the number of calls. */
async function readNewest(
  { page, windowed = false, cap = 1_000, counts = "none", totalOf = () => null, repeats }: Vendor,
  length: number,
  memory: ListingMemory = newListingMemory(),
  more: Partial<SpanRequest<Item>> = {},
) {
  const all = rowsOf(length, DAY / 4);
  let calls = 0;
  const ask = async ({ at, size }: PageQuestion): Promise<PageAnswer<Item>> => {
    calls += 1;
    const most = Math.min(size, cap);
    const from = page.style === "offset" ? Number(at) : (Number(at) - 1) * most;
    const rows = all.slice(from, from + most);
    const total = totalOf(rows.length, length);
    return { rows: repeats?.(rows) ?? rows, total, next: null };
  };
  const window = windowed ? WINDOW : null;
  const shape: ListShape = {
    page,
    window,
    defaultSize: DEFAULT_SIZE,
    order: "unknown",
    counts,
  };
  const { items } = await readSpan(requestOf({ ask, shape, memory, ...more }));
  return { keys: new Set(items.map(({ key }) => key)).size, calls };
}

describe.each(PAGES)("a list without a count that is read by $what", ({ page }) => {
  test.each([3, 7, 10, 29, 30])("is whole where no page has more than %i rows", async (cap) => {
    for (const windowed of [false, true]) {
      const memory = newListingMemory();
      const vendor = { page, windowed, cap };
      for (const length of [65, 1, cap, 65, cap + 1, 0, cap - 1, cap, 65, 2 * cap])
        expect((await readNewest(vendor, length, memory)).keys).toBe(length);
    }
  });

  test("costs one call once three lists as long as the longest page had no more rows", async () => {
    const memory = newListingMemory();
    const calls: number[] = [];
    for (const length of [8, 8, 8, 8, 3, 8, 0])
      calls.push((await readNewest({ page, windowed: true }, length, memory)).calls);
    expect(calls.slice(0, 3).every((count) => count > 1)).toBe(true);
    expect(calls.slice(3)).toEqual([1, 1, 1, 1]);
  });

  test("is whole after another list as long as the hidden limit was read three times", async () => {
    const memory = newListingMemory();
    const vendor = { page, cap: 7 };
    for (let readings = 0; readings < 3; readings += 1)
      await readNewest(vendor, 7, memory, { name: "a" });
    expect((await readNewest(vendor, 16, memory, { name: "b" })).keys).toBe(16);
  });
});

const TOO_LOW: { what: string; totalOf: (shown: number, length: number) => number }[] = [
  { what: "is that of the page", totalOf: (shown) => shown },
  { what: "is two less", totalOf: (_, length) => Math.max(0, length - 2) },
  { what: "is half of the rows", totalOf: (_, length) => Math.floor(length / 2) },
  { what: "is zero", totalOf: () => 0 },
];

describe.each(PAGES)("a list that is read by $what and whose count", ({ page }) => {
  describe.each(TOO_LOW)("$what", ({ totalOf }) => {
    test.each([5, 8, 10, 16, 20, 25, 30])(
      "is whole where no page has more than %i rows",
      async (cap) => {
        for (const counts of ["rows", "backups", "other"] as const)
          for (const windowed of [false, true]) {
            const memory = newListingMemory();
            const vendor = { page, windowed, cap, counts, totalOf };
            for (const length of [cap - 1, cap + 2, 2 * cap, 0, 65, cap + 1, cap + 2, 65, 3 * cap])
              expect((await readNewest(vendor, length, memory)).keys).toBe(length);
          }
      },
    );
  });

  test.each([
    {
      what: "was below the rows of another list",
      totalOf: (_: number, length: number) => length - 2,
      before: [5],
    },
    { what: "exceeded the rows of another page", totalOf: (shown: number) => shown, before: [] },
  ])("$what is not believed at any length", async ({ totalOf, before }) => {
    const memory = newListingMemory();
    for (const length of before)
      await readNewest({ page, counts: "rows", totalOf }, length, memory);
    const exceeds = { page, cap: 7, counts: "rows", totalOf: () => 29 } as const;
    if (before.length === 0) await readNewest(exceeds, 30, memory);
    const vendor = { page, cap: 7, counts: "rows", totalOf } as const;
    for (const length of [9, 8, 9, 12])
      expect((await readNewest(vendor, length, memory)).keys).toBe(length);
  });
});

/** Reads a list of 45 rows that loses its first row, and gets one at its end, before one of its calls. */
async function readMoved(all: readonly Item[], moves: number) {
  let calls = 0;
  const ask = async ({ at }: PageQuestion): Promise<PageAnswer<Item>> => {
    calls += 1;
    const now = calls < moves ? all.slice(0, 45) : all.slice(1);
    const from = (Number(at) - 1) * 20;
    return { rows: now.slice(from, from + 20), total: 45, next: null };
  };
  const shape: ListShape = {
    page: { ...NUMBERS, sizes: [30, 300] },
    window: null,
    defaultSize: DEFAULT_SIZE,
    order: "unknown",
    counts: "rows",
  };
  return readSpan(requestOf({ ask, shape }));
}

test("a row that moves to an earlier page between two calls is not lost where a hidden cap keeps pages from overlapping", async () => {
  const all = rowsOf(46, DAY / 4);
  for (let moves = 1; moves < 12; moves += 1) {
    const { items, notices } = await readMoved(all, moves);
    const lost = all.slice(1, 45).filter(({ key }) => !items.some((item) => item.key === key));
    expect(lost).toEqual([]);
    expect(notices).toEqual([]);
  }
});

test("a count of something else does not end the reading of a list that is short enough", async () => {
  const vendor = { page: OFFSETS, counts: "other", totalOf: () => 25_000 } as const;
  expect((await readNewest(vendor, 120, newListingMemory(), { giveUpAbove: 20_000 })).keys).toBe(
    120,
  );
});

test("a count of the list's own rows ends a reading that is not worth its calls", async () => {
  const vendor = { page: OFFSETS, counts: "rows", totalOf: () => 25_000 } as const;
  const reading = readNewest(vendor, 120, newListingMemory(), { giveUpAbove: 20_000 });
  await expect(reading).rejects.toThrow("The list has more than 20000 rows.");
});

test.each([101, 149, 202])(
  "a list of %i rows is whole where each page repeats its first row at its end",
  async (length) => {
    const repeats = (rows: readonly Item[]) => [...rows, ...rows.slice(0, 1)];
    for (const total of [null, length])
      expect(
        (await readNewest({ page: OFFSETS, totalOf: () => total, repeats }, length)).keys,
      ).toBe(length);
  },
);
