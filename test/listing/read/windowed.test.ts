import { describe, expect, test } from "vitest";
import { newListingMemory, newSourceMemory } from "../../../src/listing/read/evidence.js";
import type { Item, ListShape, PageQuestion } from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 1, 12);

const SHAPE: ListShape = {
  page: { style: "offset", offset: "o", limit: "l", max: 3, aligned: false },
  window: {
    since: "a",
    until: "b",
    precisionMs: MINUTE,
    mandatory: true,
    selects: "start",
    longestMs: 0,
    maxSpanMs: null,
  },
  defaultSize: 2,
  order: "unknown",
  counts: "rows",
};

/** The rows of one backup in shards. */
const SET: Item[] = [0, 1, 2, 3].map((node) => {
  const startedAt = NOON + node * 2 * MINUTE;
  return { key: `n${node}`, startedAt, finishedAt: startedAt };
});

const ask = async ({ window, at, size }: PageQuestion) => {
  const { since = 0, until = 0 } = window ?? {};
  const inside = SET.filter(
    ({ startedAt }) => (startedAt ?? 0) >= since && (startedAt ?? 0) <= until,
  );
  const rows = inside.slice(Number(at), Number(at) + size);
  return { rows, total: inside.length, next: null };
};

describe("a window that no page holds", () => {
  test("reports from when on the groups at its edge are whole", async () => {
    const read = await readSpan<Item>({
      ask,
      shape: SHAPE,
      memory: newListingMemory(),
      scanRows: 1_000,
      source: { ...newSourceMemory(), large: true, rows: 4, density: 1 },
      instant: NOON + 1,
      direction: "oldestFirst",
      bounds: { lowest: NOON - 86_400_000, newest: NOON + 86_400_000 },
      groupMs: 10 * MINUTE,
      isTooWide: () => false,
    });
    expect(read.since).toBe(NOON + 1);
    expect(read.wholeFrom).toBeLessThanOrEqual(NOON);
    expect(read.items.map(({ key }) => key).sort()).toEqual(["n0", "n1", "n2", "n3"]);
  });

  test("is narrowed even if the density of its rows is unknown", async () => {
    let calls = 0;
    const read = await readSpan<Item>({
      ask: async (question) => {
        calls += 1;
        expect(calls).toBeLessThan(100);
        return ask(question);
      },
      shape: SHAPE,
      memory: newListingMemory(),
      scanRows: 1_000,
      // What a source knows after an empty window, when another replica read the rest.
      source: { ...newSourceMemory(), large: true, density: 0, lastEmpty: true },
      instant: NOON + 86_400_000,
      direction: "newestFirst",
      bounds: { lowest: NOON - 1_890 * 86_400_000, newest: NOON + 86_400_000 },
      groupMs: 0,
      isTooWide: () => false,
    });
    expect(read.until).toBe(Number.POSITIVE_INFINITY);
  });
});
