import { Calendar } from "./calendar.js";
import { unreadableEntry, type Entry, type Provider } from "./entries.js";
import type { Issue } from "./issues.js";
import type { Coverage } from "./readCoverage.js";

/** What has been read of one provider. */
export interface Reading {
  readonly provider: Provider;
  readonly entries: readonly Entry[];
  /** Epoch milliseconds; null where no report has come yet. */
  readonly checkedAt: number | null;
  readonly calendar: Calendar;
  readonly coverageIssues: readonly Issue[];
  readonly backupIssues: readonly Issue[];
  /** Whether the coverage is being read, for the first time or anew. */
  readonly isChecking: boolean;
  /** Whether the backups are being walked. */
  readonly isWalking: boolean;
}

/** A reading that begins: what an earlier one knew stays until there is something newer. */
export const beginning = (
  provider: Provider,
  days: readonly number[],
  earlier: Reading | undefined,
): Reading => ({
  provider,
  entries: earlier?.entries ?? [],
  checkedAt: earlier?.checkedAt ?? null,
  calendar: earlier?.calendar ?? new Calendar(days),
  coverageIssues: earlier?.coverageIssues ?? [],
  backupIssues: earlier?.backupIssues ?? [],
  isChecking: true,
  isWalking: true,
});

/** What a reading becomes when a report has come. */
export const covered = ({ entries, issues, checkedAt }: Coverage): Partial<Reading> => ({
  entries,
  checkedAt,
  coverageIssues: issues,
});

/** What a reading becomes when its coverage could not be asked at all. */
export const uncovered = (provider: Provider, issue: Issue): Partial<Reading> => ({
  entries: [unreadableEntry(provider, issue)],
  coverageIssues: [issue],
});

/** All issues of a reading. */
export const issuesOf = ({ coverageIssues, backupIssues }: Reading): readonly Issue[] => [
  ...coverageIssues,
  ...backupIssues,
];
