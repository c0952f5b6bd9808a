import { describe, expect, test } from "vitest";
import { newListingMemory, newSourceMemory } from "../../../src/listing/read/evidence.js";
import type { ListShape } from "../../../src/listing/shape.js";
import { readSpan } from "../../../src/listing/read/readSpan.js";
import type { Direction } from "../../../src/paging/direction.js";
import { ModelList, newWorld, type ModelRow } from "../../model/modelList.js";
import { PLAIN, servePage, type Behaviour } from "../../model/modelPages.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 10, 1, 12);
const BETWEEN_ROWS_MS = 7_000;

const SHAPE: ListShape = {
  page: { style: "offset", offset: "o", limit: "l", max: 100, aligned: false },
  window: {
    since: "a",
    until: "b",
    precisionMs: MINUTE,
    mandatory: true,
    selects: "start",
    longestMs: 0,
    maxSpanMs: null,
  },
  defaultSize: 20,
  order: "unknown",
  counts: "rows",
};

/** A row every few seconds for an hour: some of them start in the same minute as any edge. */
function denseList(): ModelList {
  const list = new ModelList(newWorld(NOON));
  for (let at = NOON; at < NOON + HOUR; at += BETWEEN_ROWS_MS)
    list.insert(list.rows.length, { startedAt: at, finishedAt: at });
  return list;
}

const VENDORS = (["not", "down", "up"] as const).flatMap((windowRounds) =>
  (["inclusive", "exclusive"] as const).flatMap((windowBounds) =>
    (["newestFirst", "oldestFirst"] as const).map((direction): [string, Behaviour, Direction] => [
      `${windowBounds}, rounding ${windowRounds}, ${direction}`,
      { ...PLAIN, windowRounds, windowBounds },
      direction,
    ]),
  ),
);

describe("a slice read through a window has every row of its span", () => {
  test.each(VENDORS)("of a vendor that compares instants %s", async (_, behaviour, direction) => {
    const list = denseList();
    const spans = new Set<number>();
    for (let instant = NOON + 10 * MINUTE; instant < NOON + 12 * MINUTE; instant += 5_001) {
      const read = await readSpan<ModelRow>({
        ask: async (question) => servePage(list, { shape: SHAPE, behaviour }, question),
        shape: SHAPE,
        memory: newListingMemory(),
        scanRows: 1_000,
        source: {
          ...newSourceMemory(),
          large: true,
          rows: list.rows.length,
          density: 1 / BETWEEN_ROWS_MS,
        },
        instant,
        direction,
        bounds: { lowest: NOON - HOUR, newest: NOON + 2 * HOUR },
        groupMs: 0,
        isTooWide: () => false,
      });
      const within = ({ startedAt }: ModelRow): boolean =>
        startedAt >= read.since && startedAt < read.until;
      expect(read.items.filter(within)).toEqual(list.rows.filter(within));
      spans.add(read.until - read.since);
    }
    // Otherwise the list was read whole, and nothing was shown of edges.
    expect([...spans].every(Number.isFinite)).toBe(true);
  });
});
