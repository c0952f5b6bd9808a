import type { BackupStatus } from "./generated/graphql.js";

/** Milliseconds of a day in UTC, where every day has the same length. */
export const DAY_MS = 86_400_000;

/** The number of days on the page, including today. */
export const DAYS = 30;

/**
 * The outcome of the backups that started on one day in UTC, best first.
 *
 * `none` means that no backup of that day exists, `unknown` that this cannot be known, and `open` that
 * the day is not over.
 */
export const OUTCOMES = ["good", "running", "unknown", "failed", "none", "open"] as const;
export type DayOutcome = (typeof OUTCOMES)[number];

/** The number of backups of one day in each state. */
export type DayCounts = Partial<Record<BackupStatus, number>>;

/** The midnights of the last days in UTC, oldest first, in epoch milliseconds. */
export function lastDays(now: number): number[] {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  return Array.from({ length: DAYS }, (_, index) => today - (DAYS - 1 - index) * DAY_MS);
}

/** The index in `days` of the day of an instant. A vendor's clock may be ahead. */
export function dayIndexOf(days: readonly number[], instant: number): number | null {
  const index = Math.floor((instant - (days[0] ?? 0)) / DAY_MS);
  return index < 0 ? null : Math.min(index, days.length - 1);
}

/**
 * The outcome of one day: that of its best backup, because one good backup is enough to restore.
 *
 * As in coverage, a good backup wins. Next come backups that are running, then lists that could not be
 * read completely (`doubtful`) and unknown states, because all of these may still turn out good. Failed
 * backups come after them. Expired and deleted backups do not count.
 */
export function outcomeOf(counts: DayCounts, doubtful: boolean): DayOutcome {
  if (counts.SUCCEEDED) return "good";
  if (counts.RUNNING) return "running";
  if (doubtful || counts.LOCKED || counts.UNKNOWN) return "unknown";
  return counts.FAILED ? "failed" : "none";
}

const STATUS_WORDS: readonly (readonly [BackupStatus, string])[] = [
  ["SUCCEEDED", "good"],
  ["RUNNING", "running"],
  ["LOCKED", "locked"],
  ["UNKNOWN", "of unknown state"],
  ["FAILED", "failed"],
  ["EXPIRED", "expired"],
  ["DELETED", "deleted"],
];

/** The backups of a day as text, such as `2 good, 1 failed`. Empty if there are none. */
export const wordsOfCounts = (counts: DayCounts): string =>
  STATUS_WORDS.flatMap(([status, word]) =>
    counts[status] ? [`${counts[status]} ${word}`] : [],
  ).join(", ");
