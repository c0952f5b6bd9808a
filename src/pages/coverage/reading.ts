import { Calendar } from "./calendar.js";
import { unreadableEntry, type Entry, type Provider } from "./entries.js";
import type { Issue } from "./issues.js";
import type { Coverage } from "./readCoverage.js";
import type { DailyBackups } from "./readDays.js";

/** What has been read from one provider. */
export interface Reading {
  readonly provider: Provider;
  readonly entries: readonly Entry[];
  /** Epoch milliseconds. Null before the first report. */
  readonly checkedAt: number | null;
  readonly calendar: Calendar;
  /** Null before the first count of these days. */
  readonly daily: DailyBackups | null;
  readonly coverageIssues: readonly Issue[];
  readonly backupIssues: readonly Issue[];
  /** Whether the entries are those of a reading that has not ended, or of another RPO. */
  readonly isPartial: boolean;
  /** Whether the coverage is being read. */
  readonly isChecking: boolean;
  /** Whether the backups are being walked. */
  readonly isWalking: boolean;
  /** Whether the backups are being counted. */
  readonly isCounting: boolean;
}

/** The start of a reading. Earlier data stays until newer data arrives. */
export const beginning = (
  provider: Provider,
  days: readonly number[],
  earlier: Reading | undefined,
): Reading => ({
  provider,
  entries: earlier?.entries ?? [],
  checkedAt: earlier?.checkedAt ?? null,
  calendar: earlier?.calendar ?? new Calendar(days),
  // Figures of other days have other places.
  daily: earlier?.calendar.days[0] === days[0] ? (earlier?.daily ?? null) : null,
  coverageIssues: earlier?.coverageIssues ?? [],
  backupIssues: earlier?.backupIssues ?? [],
  isPartial: earlier?.isPartial ?? true,
  isChecking: true,
  isWalking: true,
  isCounting: true,
});

/** The reading after a report has arrived. */
export const covered = ({ entries, issues, checkedAt }: Coverage): Partial<Reading> => ({
  entries,
  checkedAt,
  coverageIssues: issues,
});

/** The reading after its coverage could not be read. */
export const uncovered = (provider: Provider, issue: Issue): Partial<Reading> => ({
  entries: [unreadableEntry(provider, issue)],
  coverageIssues: [issue],
});

/** All issues of a reading. */
export const issuesOf = ({ coverageIssues, backupIssues }: Reading): readonly Issue[] => [
  ...coverageIssues,
  ...backupIssues,
];
