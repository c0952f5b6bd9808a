import type { Backup } from "./backup.js";
import type { InstanceFilter } from "./filter.js";
import type { Instance } from "./instance.js";
import type { SourceIssue } from "./connection.js";

export const COVERAGE_STATES = ["PROTECTED", "VIOLATING", "UNKNOWN"] as const;
export type CoverageState = (typeof COVERAGE_STATES)[number];

/** Whether one instance is protected, and why. */
export interface InstanceCoverage {
  readonly state: CoverageState;
  readonly reason: string;
  /** The newest successful backup that started within the RPO. Older ones are not read. */
  readonly lastSuccess: Backup | null;
  /** Epoch milliseconds. */
  readonly checkedAt: number;
}

/** The coverage of many instances at one point in time. */
export interface CoverageReport {
  readonly rpoMs: number;
  readonly filter: InstanceFilter | null;
  /** Epoch milliseconds. */
  readonly checkedAt: number;
  readonly entries: readonly { readonly instance: Instance; readonly coverage: InstanceCoverage }[];
  /** Provider regions whose instance list cannot be read. Each counts as one unknown instance. */
  readonly unknownRegions: number;
  readonly complete: boolean;
  readonly issues: readonly SourceIssue[];
}
