import { describe, expect, test } from "vitest";
import { SourceError } from "../../../src/errors.js";
import { forgetEvidence, newListingMemory } from "../../../src/listing/read/evidence.js";
import { placeAround } from "../../../src/listing/read/layout.js";
import type { Item, ListShape, PageAnswer, PageQuestion } from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";
import { requestOf } from "./request.js";

const row = (n: number): Item => ({ key: `k${n}`, startedAt: n, finishedAt: n });
const page = { style: "offset", offset: "o", limit: "l", max: 10, aligned: false } as const;
const PLAIN: ListShape = { page, window: null, defaultSize: 5, order: "unknown", counts: "rows" };
const WINDOWED: ListShape = {
  page: { style: "pageNumber", page: "p", size: "s", max: 300, sizes: [30, 50, 100, 200, 300] },
  window: {
    since: "a",
    until: "b",
    precisionMs: 1,
    mandatory: true,
    selects: "unknown",
    longestMs: 0,
    maxSpanMs: null,
  },
  defaultSize: 30,
  order: "unknown",
  counts: "rows",
};
const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => row(from + i));

const read = (
  shape: ListShape,
  answer: (question: PageQuestion) => PageAnswer<Item>,
  memory = newListingMemory(),
) =>
  readSpan(
    requestOf({
      ask: async (question) => answer(question),
      shape,
      memory,
      scanRows: 1_000,
      bounds: { lowest: 0, newest: 1e9 },
    }),
  );

describe("a vendor that breaks its claims", () => {
  test("by the same page again and again, without a count, is a bad response", async () => {
    const same = () => ({ rows: rows(0, 10), total: null, next: null });
    await expect(read(PLAIN, same)).rejects.toMatchObject({ kind: "BAD_RESPONSE" });
  });

  test("by the same page again and again shows its rows and is short", async () => {
    const same = () => ({ rows: rows(0, 10), total: 500, next: null });
    const span = await read(PLAIN, same);
    expect(span.items).toHaveLength(10);
    expect(span.notices).toEqual([
      { code: "SHORT", message: "The vendor counts 500, its pages show 10." },
    ]);
  });

  test("by a count that its documents do not define is not short", async () => {
    const shape: ListShape = { ...PLAIN, counts: "other" };
    const span = await read(shape, ({ at }) => ({
      rows: rows(0, 3).slice(Number(at)),
      total: 500,
      next: null,
    }));
    expect([span.items.length, span.notices]).toEqual([3, []]);
  });

  test.each([
    { counted: 3, notices: [] },
    { counted: 4, notices: [{ code: "SHORT", message: "The vendor counts 4, its pages show 3." }] },
  ])("by a count of $counted backups where there are 3 rows", async ({ counted, notices }) => {
    const shape: ListShape = { ...PLAIN, counts: "backups" };
    const span = await read(shape, ({ at }) => ({
      rows: rows(0, 3).slice(Number(at)),
      total: counted,
      next: null,
    }));
    expect([span.items.length, span.notices]).toEqual([3, notices]);
  });

  test("by a token that comes again is a bad response", async () => {
    const shape: ListShape = { ...PLAIN, page: { style: "token", token: "t", size: "s", max: 10 } };
    const loop = () => ({ rows: rows(0, 10), total: null, next: "again" });
    await expect(read(shape, loop)).rejects.toMatchObject({ kind: "BAD_RESPONSE" });
  });

  test("by a list without end stops at the rows that a slice may hold", async () => {
    const endless = ({ at }: PageQuestion) => ({
      rows: rows(Number(at), 10),
      total: null,
      next: null,
    });
    await expect(read(PLAIN, endless)).rejects.toMatchObject({ kind: "SCAN_LIMIT" });
  });

  test("by rows outside the window is read whole from then on, with a notice", async () => {
    const window = {
      since: "a",
      until: "b",
      precisionMs: 1,
      mandatory: false,
      selects: "start" as const,
      longestMs: 0,
      maxSpanMs: null,
    };
    const all = rows(0, 25).map((one) => ({ ...one, startedAt: (one.startedAt ?? 0) * 1e7 }));
    const memory = newListingMemory();
    const answer = ({ at, size }: PageQuestion) => ({
      rows: all.slice(Number(at), Number(at) + size),
      total: 25,
      next: null,
    });
    const span = await read({ ...PLAIN, window }, answer, memory);
    expect(span.items).toHaveLength(25);
    expect(span.notices).toMatchObject([{ code: "BAD_RESPONSE" }]);
    expect(memory.windowTrusted).toBe(false);
  });

  test("by a total that is too high is asked again, and short", async () => {
    let calls = 0;
    const span = await read(PLAIN, ({ at }) => {
      calls += 1;
      return { rows: rows(0, 3).slice(Number(at)), total: 500, next: null };
    });
    expect([span.items.length, calls]).toEqual([3, 14]);
    expect(span.notices).toEqual([
      { code: "SHORT", message: "The vendor counts 500, its pages show 3." },
    ]);
  });

  test.each([
    { what: "is distinguished from a cap by one more call", length: 60, calls: 2 },
    {
      what: "is distinguished from a cap by an empty page where no pages overlap",
      length: 30,
      calls: 2,
    },
    { what: "costs nothing where it is no round number", length: 61, calls: 1 },
  ])("a list's length that its total confirms $what", async ({ length, calls }) => {
    const asked: PageQuestion[] = [];
    const span = await read(WINDOWED, (question) => {
      asked.push(question);
      const from = (Number(question.at) - 1) * question.size;
      return { rows: rows(0, length).slice(from, from + question.size), total: length, next: null };
    });
    expect([span.items.length, asked.length]).toEqual([length, calls]);
  });

  test("by a total that is cut with its page is read to its end", async () => {
    const all = rows(0, 130);
    const span = await read(WINDOWED, ({ at, size }) => {
      const most = Math.min(size, 60);
      const shown = all.slice((Number(at) - 1) * most, Number(at) * most);
      return { rows: shown, total: shown.length, next: null };
    });
    expect(new Set(span.items.map(({ key }) => key)).size).toBe(130);
  });
});

describe("a page around a row", () => {
  test.each([
    { what: "aligned offsets overlap by another limit", aligned: true, row: 99, size: 99, at: 99 },
    { what: "free offsets begin with the row", aligned: false, row: 99, size: 100, at: 99 },
  ])("$what", ({ aligned, row: at, size, at: place }) => {
    const shape = { ...page, max: 100, aligned };
    expect(placeAround(shape, at, 100)).toEqual({ at: place, offset: place, size });
  });

  test("does not exist if every legal size has an edge after the row", () => {
    const shape = { style: "pageNumber", page: "p", size: "s", max: 300 } as const;
    expect(placeAround({ ...shape, sizes: [100, 200, 300] }, 599, 300)).toBeNull();
    expect(placeAround({ ...shape, sizes: [100, 200, 300] }, 299, 300)).toMatchObject({
      at: 2,
      size: 200,
    });
  });
});

describe("rows that are older than the lowest bound", () => {
  const OLD = 500;
  const readFrom = async (count: number) => {
    const all = rows(OLD, count);
    const asked: PageQuestion[] = [];
    const ask = async (question: PageQuestion) => {
      asked.push(question);
      const { since, until } = question.window as NonNullable<PageQuestion["window"]>;
      const own = all.filter(
        ({ startedAt }) => Number(startedAt) >= since && Number(startedAt) <= until,
      );
      const from = (Number(question.at) - 1) * question.size;
      return { rows: own.slice(from, from + question.size), total: own.length, next: null };
    };
    const bounds = { lowest: 700, earliest: 0, newest: 1e9 };
    const request = requestOf({ ask, shape: WINDOWED, scanRows: 10_000, bounds });
    const span = await readSpan(request);
    return { span, asked };
  };

  test("come with a list that fits one page, for the same call", async () => {
    const { span, asked } = await readFrom(287);
    expect(span.items.map(({ startedAt }) => startedAt)).toContain(OLD);
    expect(asked).toHaveLength(1);
  });

  test("cost a larger list no windows", async () => {
    const { asked } = await readFrom(1_000);
    expect(asked.slice(1).every(({ window }) => (window?.since ?? 0) >= 690)).toBe(true);
  });
});

describe("answers that are too large", () => {
  // A day has 8 or 9 rows.
  const all = rows(0, 90).map((one, n) => ({ ...one, startedAt: n * 1e7, finishedAt: n * 1e7 }));
  const tokens = { style: "token", token: "t", size: "s", max: 100, min: 20 } as const;
  const TOKENS: ListShape = { ...PLAIN, page: tokens, counts: "none", defaultSize: 100 };
  const OFFSETS: ListShape = { ...PLAIN, page: { ...page, max: 100 } };

  /** Answers with pages of up to `most` rows, and fails for larger ones. */
  function vendor(shape: ListShape, most: number) {
    const asked: number[] = [];
    const answer = ({ at, size, window }: PageQuestion): PageAnswer<Item> => {
      asked.push(size);
      const { style } = shape.page;
      const from = style === "pageNumber" ? (Number(at) - 1) * size : Number(at);
      const listed =
        window === null
          ? all
          : all.filter(
              ({ startedAt: n }) => Number(n) >= window.since && Number(n) <= window.until,
            );
      const shown = listed.slice(from, from + size);
      const isEnd = from + size >= listed.length;
      if (shown.length > most)
        throw new SourceError("BAD_RESPONSE", "too large", { tooLarge: true });
      return {
        rows: shown,
        total: style === "token" ? null : listed.length,
        next: style === "token" && !isEnd ? String(from + size) : null,
      };
    };
    return { asked, answer };
  }

  test.each([
    { what: "offsets", shape: OFFSETS, most: 7, sizes: [100, 25, 6], size: 6 },
    { what: "tokens", shape: TOKENS, most: 30, sizes: [100, 25], size: 25 },
    { what: "tokens of at least 20", shape: TOKENS, most: 24, sizes: [100, 25, 20], size: 20 },
    { what: "windows", shape: WINDOWED, most: 40, sizes: [300, 50, 30], size: 30 },
  ])("are asked for again in smaller pages, by $what", async ({ shape, most, sizes, size }) => {
    const memory = newListingMemory();
    const { asked, answer } = vendor(shape, most);
    const until = Number.POSITIVE_INFINITY;
    const { items, since, notices } = await read(shape, answer, memory);
    const keys = items.map(({ key }) => key).sort();
    expect(keys).toEqual(
      all
        .filter(({ startedAt }) => Number(startedAt) >= since && Number(startedAt) < until)
        .map(({ key }) => key)
        .sort(),
    );
    expect([items.length > 0, notices]).toEqual([true, []]);
    expect(asked.slice(0, sizes.length)).toEqual(sizes);
    expect(new Set(asked.slice(sizes.length))).toEqual(new Set([size]));
    // Other lists of the listing begin with the size that was found.
    const next = vendor(shape, most);
    await read(shape, next.answer, memory);
    expect(new Set(next.asked)).toEqual(new Set([size]));
    memory.evidenceFrom = 0;
    forgetEvidence(memory, 86_400_000);
    const later = vendor(shape, 100);
    await read(shape, later.answer, memory);
    expect(later.asked[0]).toBe(sizes[0]);
  });

  test("are an error where the smallest page is too large as well, at once for the next list", async () => {
    const memory = newListingMemory();
    const { asked, answer } = vendor(TOKENS, 10);
    for (const sizes of [[100, 25, 20], [100]]) {
      await expect(read(TOKENS, answer, memory)).rejects.toMatchObject({ message: "too large" });
      expect(asked.splice(0)).toEqual(sizes);
    }
    const well = vendor(TOKENS, 100);
    expect((await read(TOKENS, well.answer, memory)).items).toHaveLength(90);
    await expect(read(TOKENS, answer, memory)).rejects.toMatchObject({ message: "too large" });
    expect(asked).toEqual([100, 25, 20]);
  });
});
