import type { Backup } from "./backup.js";
import type { InstanceFilter } from "./filter.js";
import type { Instance } from "./instance.js";
import type { SourceIssue } from "./connection.js";
import type { BackupPolicy } from "./policy.js";

export const COVERAGE_STATES = ["PROTECTED", "VIOLATING", "UNKNOWN"] as const;
export type CoverageState = (typeof COVERAGE_STATES)[number];

/** The states in the order in which people want to see them. */
export const WORST_FIRST: readonly CoverageState[] = ["VIOLATING", "UNKNOWN", "PROTECTED"];

/** The demands of a policy that an instance does not meet. */
export const COVERAGE_VIOLATIONS = [
  "RPO",
  "RETENTION",
  "ENCRYPTION",
  "SIZE_DROP",
  "BACKUPS_OFF",
] as const;
export type CoverageViolation = (typeof COVERAGE_VIOLATIONS)[number];

/** The order of a report's instances. */
export const COVERAGE_ORDERS = ["INSTANCE", "AGE_DESC", "NAME"] as const;
export type CoverageOrder = (typeof COVERAGE_ORDERS)[number];

/** Which of a report's instances a page shows, and in which order. */
export interface ReportSelection {
  readonly state: CoverageState | null;
  readonly order: CoverageOrder;
}

/** Whether one instance is protected, and why. */
export interface InstanceCoverage {
  readonly state: CoverageState;
  readonly reason: string;
  /** Null if the RPO was given, or if the policy depends on tags that are unknown. */
  readonly policy: BackupPolicy | null;
  /** In the order of `COVERAGE_VIOLATIONS`. */
  readonly violations: readonly CoverageViolation[];
  /** The newest successful backup that started within the RPO. Older ones are not read. */
  readonly lastSuccess: Backup | null;
  /** Epoch milliseconds. */
  readonly checkedAt: number;
}

/** An instance of a coverage report. */
export interface CoverageEntry {
  readonly instance: Instance;
  readonly coverage: InstanceCoverage;
}

/** The coverage of many instances at one point in time. */
export interface CoverageReport {
  /** Null if each instance was checked by its policy. */
  readonly rpoMs: number | null;
  readonly filter: InstanceFilter | null;
  /** Epoch milliseconds. */
  readonly checkedAt: number;
  readonly entries: readonly CoverageEntry[];
  /** Provider regions whose instance list cannot be read. Each counts as one unknown instance. */
  readonly unknownRegions: number;
  readonly complete: boolean;
  readonly issues: readonly SourceIssue[];
}
