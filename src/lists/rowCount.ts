import type { Backup } from "../domain/backup.js";
import type { Key } from "../domain/key.js";
import { SourceError } from "../errors.js";
import type { MergeSource } from "../paging/mergeSource.js";
import { instantAfter } from "../paging/slice.js";
import type { KeyRange } from "./walk.js";
import type { BackupSources } from "./foundSources.js";
import type { ViewedList } from "./viewedList.js";

/** Counts all rows of the list; null where a source fails, is old, or was not asked in time. */
export async function countRows(
  { sources, issues }: BackupSources,
  { walk, matches }: ViewedList,
  range: KeyRange,
): Promise<number | null> {
  if (walk.owed.length > 0 || issues.length > 0) return null;
  const counts = await Promise.all(sources.map((source) => countSource(source, matches, range)));
  return counts.reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}

async function countSource(
  source: MergeSource<Backup>,
  matches: (row: Backup) => boolean,
  { low, high }: KeyRange,
): Promise<number | null> {
  let instant: number | null = high === null ? Number.POSITIVE_INFINITY : high.startedAt - 1;
  let count = 0;
  try {
    while (instant !== null && (low === null || instant >= low.startedAt)) {
      const asked: number = instant;
      const slice = await source.read(asked, "newestFirst");
      if (slice.stale !== null || slice.notices.length > 0) return null;
      // A slice may reach above what was asked, where rows have been counted.
      const isNew = (row: Key) => row.startedAt <= asked && within(row, low, high);
      count += slice.rows.filter((row) => isNew(row) && matches(row)).length;
      instant = instantAfter("newestFirst", slice);
    }
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
  return count;
}

const within = ({ startedAt }: Key, low: Key | null, high: Key | null): boolean =>
  (low === null || startedAt >= low.startedAt) && (high === null || startedAt < high.startedAt);
