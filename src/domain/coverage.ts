import type { Backup } from "./backup.js";
import type { InstanceFilter } from "./filter.js";
import type { Instance } from "./instance.js";
import type { SourceIssue } from "./issue.js";

export const COVERAGE_STATES = ["PROTECTED", "VIOLATING", "UNKNOWN"] as const;
export type CoverageState = (typeof COVERAGE_STATES)[number];

/** Whether one instance is protected, and how that is known. */
export interface InstanceCoverage {
  readonly state: CoverageState;
  readonly reason: string;
  /** The newest good backup that started within the RPO; an older one was not looked for. */
  readonly lastSuccess: Backup | null;
  /** Epoch milliseconds. */
  readonly checkedAt: number;
}

/** The coverage of many instances at one moment. */
export interface CoverageReport {
  readonly rpoMs: number;
  readonly filter: InstanceFilter | null;
  /** Epoch milliseconds. */
  readonly checkedAt: number;
  readonly entries: readonly { readonly instance: Instance; readonly coverage: InstanceCoverage }[];
  /** Provider regions whose instance list cannot be read; each counts one unknown. */
  readonly unknownRegions: number;
  readonly complete: boolean;
  readonly issues: readonly SourceIssue[];
}
