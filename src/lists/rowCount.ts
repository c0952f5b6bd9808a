import type { Key } from "../domain/id.js";
import { SourceError } from "../errors.js";
import { instantAfter, type MergeSource } from "../paging/slice.js";
import type { KeyRange } from "./walk.js";

/** Counts the matching rows of sources; null if one fails, is stale, or has something to report. */
export async function countRows<T extends Key>(
  sources: readonly MergeSource<T>[],
  matches: (row: T) => boolean,
  range: KeyRange,
): Promise<number | null> {
  const counts = await Promise.all(sources.map((source) => countSource(source, matches, range)));
  return counts.reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}

async function countSource<T extends Key>(
  source: MergeSource<T>,
  matches: (row: T) => boolean,
  { low, high }: KeyRange,
): Promise<number | null> {
  let instant: number | null = high === null ? Number.POSITIVE_INFINITY : high.startedAt - 1;
  let count = 0;
  while (instant !== null && (low === null || instant >= low.startedAt)) {
    const asked: number = instant;
    const slice = source.peek(asked, "newestFirst") ?? (await source.read(asked, "newestFirst"));
    if (slice instanceof SourceError || slice.stale !== null || slice.notices.length > 0)
      return null;
    // A slice may begin above the instant, where rows have been counted already.
    const isNew = ({ startedAt }: Key) =>
      startedAt <= asked &&
      (low === null || startedAt >= low.startedAt) &&
      (high === null || startedAt < high.startedAt);
    count += slice.rows.filter((row) => isNew(row) && matches(row)).length;
    instant = instantAfter("newestFirst", slice);
  }
  return count;
}
