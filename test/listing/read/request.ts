import {
  newListingMemory,
  newSourceMemory,
  type SpanRequest,
} from "../../../src/listing/read/evidence.js";
import type { Item } from "../../../src/listing/shape.js";

export const DAY = 86_400_000;
export const NOW = 1_000 * DAY;

/** Rows at equal distances, the newest now. */
export const rowsOf = (count: number, everyMs: number): Item[] =>
  Array.from({ length: count }, (_, index) => {
    const startedAt = NOW - index * everyMs;
    return { key: `k${index}`, startedAt, finishedAt: startedAt };
  });

/** A request for the newest slice of a list that nothing is known of yet, as far as `parts` do not say otherwise. */
export const requestOf = (
  parts: Pick<SpanRequest<Item>, "ask" | "shape"> & Partial<SpanRequest<Item>>,
): SpanRequest<Item> => ({
  memory: newListingMemory(),
  scanRows: 20_000,
  source: newSourceMemory(),
  instant: Number.POSITIVE_INFINITY,
  direction: "newestFirst",
  bounds: { lowest: NOW - 1_890 * DAY, newest: NOW + DAY },
  groupMs: 0,
  isTooWide: () => false,
  ...parts,
});
