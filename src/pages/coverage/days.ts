import type { BackupStatus } from "./generated/graphql.js";

/** Milliseconds of a UTC day; UTC knows no longer or shorter ones. */
export const DAY_MS = 86_400_000;

/** How many days the page shows, today included. */
export const DAYS = 30;

/**
 * What became of the backups that were started on one UTC day, best first.
 *
 * `none`: no backup of that day is kept, or none was ever started; `unknown`: it cannot be told.
 */
export const OUTCOMES = ["good", "running", "unknown", "failed", "none"] as const;
export type DayOutcome = (typeof OUTCOMES)[number];

/** How many backups of one day are in each state. */
export type DayTally = Partial<Record<BackupStatus, number>>;

/** Midnights of the last days in UTC, oldest first, today last; epoch milliseconds. */
export function lastDays(now: number): number[] {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  return Array.from({ length: DAYS }, (_, index) => today - (DAYS - 1 - index) * DAY_MS);
}

/** The place among `days` of the day that an instant belongs to; a vendor's clock may run ahead. */
export function dayIndexOf(days: readonly number[], instant: number): number | null {
  const index = Math.floor((instant - (days[0] ?? 0)) / DAY_MS);
  return index < 0 ? null : Math.min(index, days.length - 1);
}

/**
 * The outcome of one day: the best of its backups, since one good backup is enough to restore from.
 *
 * As in coverage, a good backup is certain whatever else is true, and what may still hide or become
 * one comes before what has failed: first those under way, then lists that could not be read whole
 * (`doubtful`) and states that nobody can tell. What expired or was deleted is no longer there.
 */
export function outcomeOf(tally: DayTally, doubtful: boolean): DayOutcome {
  if (tally.SUCCEEDED) return "good";
  if (tally.RUNNING) return "running";
  if (doubtful || tally.LOCKED || tally.UNKNOWN) return "unknown";
  return tally.FAILED ? "failed" : "none";
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

/** The day's backups in words: `2 good, 1 failed`; empty where it has none. */
export const wordsOfTally = (tally: DayTally): string =>
  STATUS_WORDS.flatMap(([status, word]) =>
    tally[status] ? [`${tally[status]} ${word}`] : [],
  ).join(", ");
