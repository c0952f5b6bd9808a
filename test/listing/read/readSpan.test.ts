import { describe, expect, test } from "vitest";
import { newListingMemory, newSourceMemory } from "../../../src/listing/read/evidence.js";
import type { Item, ListShape, PageQuestion } from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_000 * DAY;
const SHAPE: ListShape = {
  page: { style: "offset", offset: "o", limit: "l", max: 100, aligned: false },
  window: {
    since: "a",
    until: "b",
    precisionMs: 1_000,
    mandatory: false,
    selects: "start",
    longestMs: 0,
    maxSpanMs: 30 * DAY,
  },
  defaultSize: 20,
  order: "unknown",
  counts: "rows",
};
/** A row each hour, up to ten days ago. */
const ROWS: readonly Item[] = Array.from({ length: 900 }, (_, i) => {
  const startedAt = NOW - 10 * DAY - i * HOUR;
  return { key: `k${i}`, startedAt, finishedAt: startedAt };
});

/** One list that is read again and again. */
function list() {
  const source = newSourceMemory();
  const memory = newListingMemory();
  const questions: PageQuestion[] = [];
  const ask = async (question: PageQuestion) => {
    questions.push(question);
    const { window, at, size } = question;
    const rows = ROWS.filter(
      ({ startedAt }) =>
        window === null || ((startedAt ?? 0) >= window.since && (startedAt ?? 0) <= window.until),
    );
    return {
      rows: rows.slice(Number(at), Number(at) + size),
      total: rows.length,
      next: null,
    };
  };
  const read = (instant: number) =>
    readSpan<Item>({
      ask,
      shape: SHAPE,
      memory,
      scanRows: 20_000,
      source,
      instant,
      direction: "newestFirst",
      bounds: { lowest: 0, newest: NOW + DAY },
      groupMs: 0,
      isTooWide: () => false,
    });
  return { read, questions };
}

describe("a list that is too long for a page", () => {
  test("reads its newest rows by windows, even if the last window was empty", async () => {
    const { read, questions } = list();
    await read(Number.POSITIVE_INFINITY);
    const { items } = await read(NOW - 500 * DAY);
    expect(items).toEqual([]);
    questions.length = 0;
    await read(Number.POSITIVE_INFINITY);
    // The first is too wide: after an empty window more is hoped for.
    expect(questions).toHaveLength(2);
    expect(questions.every(({ window }) => window !== null)).toBe(true);
  });

  test("is read whole after an empty window, because most of the next ones are empty too", async () => {
    const { read, questions } = list();
    await read(Number.POSITIVE_INFINITY);
    await read(NOW - 200 * DAY);
    const { since, items } = await read(NOW - 250 * DAY);
    expect([since, items.length]).toEqual([Number.NEGATIVE_INFINITY, ROWS.length]);
    expect(questions.at(-1)?.window).toBeNull();
  });
});
