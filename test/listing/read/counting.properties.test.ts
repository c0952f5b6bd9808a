import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newListingMemory, newSourceMemory } from "../../../src/listing/read/evidence.js";
import type { Item, PageAnswer, PageQuestion, PageShape } from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";
import { isRound } from "../../model/scenarios.js";
import { runs } from "../../runs.js";

/** A vendor that shows less than it has, or counts other than it shows. Its rows do not move. */
interface Liar {
  readonly page: PageShape;
  readonly defaultSize: number;
  readonly length: number;
  /** No page has more rows, whatever is requested. */
  readonly cap: number;
  /** Places of rows that are taken out after the page was cut, in every answer. */
  readonly hidden: ReadonlySet<number>;
  /** How much more the vendor counts than it has. */
  readonly countsMore: number;
  /** How much less it counts, at most all. */
  readonly countsLess: number;
  /** Pages beyond the end repeat the last page. */
  readonly repeatsLast: boolean;
  /** Each answer has the rows in another order. */
  readonly shuffles: boolean;
  /** Calls that are answered with an empty page, though there are rows. */
  readonly emptyCalls: ReadonlySet<number>;
  /** Calls that are answered as a vendor should that hides nothing. */
  readonly honestCalls: ReadonlySet<number>;
  /** Rows of each backup, if the vendor counts backups; else it counts rows. */
  readonly rowsEach: number | null;
}

const pageOf = (max: number): fc.Arbitrary<PageShape> =>
  fc.constantFrom<PageShape>(
    { style: "offset", offset: "o", limit: "l", max, aligned: false },
    { style: "offset", offset: "o", limit: "l", max, aligned: true },
    { style: "pageNumber", page: "p", size: "s", max },
    { style: "pageNumber", page: "p", size: "s", max, sizes: [Math.ceil(max / 2), max] },
    { style: "token", token: "t", size: "s", max },
  );

const anyLiar: fc.Arbitrary<Liar> = fc.integer({ min: 4, max: 12 }).chain((max) =>
  fc.record({
    page: pageOf(max),
    defaultSize: fc.integer({ min: 1, max: max - 1 }),
    length: fc.integer({ min: 0, max: 40 }),
    cap: fc.oneof(fc.constant(max), fc.integer({ min: 1, max })),
    hidden: fc
      .uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 12 })
      .map((all) => new Set(all)),
    countsMore: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
    countsLess: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })),
    repeatsLast: fc.boolean(),
    shuffles: fc.constantFrom(false, false, true),
    emptyCalls: fc
      .oneof(
        fc.constant<number[]>([]),
        fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }),
      )
      .map((all) => new Set(all)),
    honestCalls: fc
      .oneof(
        fc.constant<number[]>([]),
        fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }),
      )
      .map((all) => new Set(all)),
    rowsEach: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 2 }),
  }),
);

/** A count of backups does not show where pages that repeat end: such a list fails, and is not short. */
const liar = anyLiar.map((one) => (one.repeatsLast ? { ...one, rowsEach: null } : one));

/** What the vendor counts. */
const countOf = ({ length, countsMore, countsLess, rowsEach }: Liar): number =>
  Math.max(0, Math.ceil(length / (rowsEach ?? 1)) + countsMore - countsLess);

const rowAt = (place: number): Item => ({
  key: `k${place}`,
  startedAt: 1_000_000 - place,
  finishedAt: 1_000_000 - place,
});

/** The rows by their places. */
const orderOf = ({ length, shuffles }: Liar, call: number): number[] => {
  const rows = Array.from({ length }, (_, row) => row);
  const rank = (row: number) => (Math.imul(row + 1, 2_654_435_761) ^ Math.imul(call, 40_503)) >>> 0;
  return shuffles ? rows.sort((a, b) => rank(a) - rank(b)) : rows;
};

/** Answers a page question as the liar would. */
function answer(liar: Liar, { size, at }: PageQuestion, call: number): PageAnswer<Item> {
  const { page, length, repeatsLast: repeats } = liar;
  const isHonest = liar.honestCalls.has(call);
  const total = countOf(liar);
  const hidden = isHonest ? new Set() : liar.hidden;
  const repeatsLast = repeats && !isHonest;
  const most = isHonest ? size : Math.min(size, liar.cap);
  const asked = page.style === "pageNumber" ? (Number(at) - 1) * most : Number(at ?? 0);
  const last = Math.max(0, Math.floor((length - 1) / most) * most);
  const from = repeatsLast && page.style !== "token" ? Math.min(asked, last) : asked;
  const places = Array.from(
    { length: Math.max(0, Math.min(most, length - from)) },
    (_, i) => from + i,
  );
  const isEmpty = liar.emptyCalls.has(call);
  const order = orderOf(liar, call);
  const shown = isEmpty
    ? []
    : places.flatMap((place) => order[place] ?? []).filter((row) => !hidden.has(row));
  const end = from + most;
  const next = page.style === "token" && end < length ? String(end) : null;
  return { rows: shown.map(rowAt), total, next };
}

/** A vendor that counts rows and always behaves in the same way. */
const STEADY = { honestCalls: new Set<number>(), shuffles: false, rowsEach: null };

async function read(liar: Liar) {
  let calls = 0;
  const ask = async (question: PageQuestion) => {
    calls += 1;
    expect(calls).toBeLessThan(500);
    return answer(liar, question, calls);
  };
  const { items, notices } = await readSpan<Item>({
    ask,
    shape: {
      page: liar.page,
      window: null,
      defaultSize: liar.defaultSize,
      order: "unknown",
      counts: liar.rowsEach === null ? "rows" : "backups",
    },
    memory: newListingMemory(),
    scanRows: 10_000,
    source: newSourceMemory(),
    instant: Number.POSITIVE_INFINITY,
    direction: "newestFirst",
    bounds: { lowest: 0, newest: Number.POSITIVE_INFINITY },
    groupMs: 0,
    isTooWide: () => false,
  });
  return { keys: items.map(({ key }) => key), notices, calls };
}

describe("a list of a vendor that shows less than it counts", () => {
  test("is complete only if everything that the vendor counts was shown", async () => {
    await fc.assert(
      fc.asyncProperty(liar, async (liar) => {
        const { keys, notices } = await read(liar);
        const isComplete = notices.length === 0;
        expect(new Set(keys).size).toBe(keys.length);
        expect(isComplete).toBe(keys.length >= countOf(liar));
        if (!isComplete)
          expect(notices).toEqual([
            {
              code: "SHORT",
              message: `The vendor counts ${countOf(liar)}, its pages show ${keys.length}.`,
            },
          ]);
      }),
      runs(500),
    );
  });

  test("shows every row that some page shows", async () => {
    await fc.assert(
      fc.asyncProperty(liar, async (liar) => {
        // A page without rows hides how far it reached.
        const mostHidden = liar.countsLess > 0 ? 0 : Math.min(4, liar.cap - 1);
        const hidden = [...liar.hidden].slice(0, mostHidden);
        // An empty page may deceive the reading of a list that is short in any case.
        const isWhole = hidden.length === 0 && liar.countsMore + liar.countsLess === 0;
        const emptyCalls = new Set([...liar.emptyCalls].slice(0, isWhole ? 1 : 0));
        // A count that equals a page of another length is believed.
        const cap = liar.countsLess > 0 && !isRound(liar.cap) ? liar.page.max : liar.cap;
        const steady = { ...liar, ...STEADY, cap, hidden: new Set(hidden), emptyCalls };
        const { keys } = await read(steady);
        const visible = Array.from({ length: liar.length }, (_, i) => i).filter(
          (i) => !hidden.includes(i),
        );
        expect(keys.sort()).toEqual(visible.map((i) => `k${i}`).sort());
      }),
      runs(500),
    );
  });

  test("of 120 rows without rows 10 to 49 shows the other 80", async () => {
    const { keys, notices } = await read({
      page: { style: "pageNumber", page: "p", size: "s", max: 50, sizes: [30, 50] },
      defaultSize: 30,
      length: 120,
      cap: 50,
      hidden: new Set(Array.from({ length: 40 }, (_, i) => 10 + i)),
      countsMore: 0,
      countsLess: 0,
      repeatsLast: false,
      emptyCalls: new Set(),
      ...STEADY,
    });
    expect(keys).toHaveLength(80);
    expect(notices).toEqual([
      { code: "SHORT", message: "The vendor counts 120, its pages show 80." },
    ]);
  });
});
