import type { Backup } from "./backup.js";
import type { InstanceFilter } from "./filter.js";
import type { Instance } from "./instance.js";
import type { SourceIssue } from "./connection.js";
import type { BackupPolicy } from "./policy.js";

export const COVERAGE_STATE = {
  PROTECTED:
    "A successful backup started within the recovery point objective (RPO), and every other demand of the policy is met.",
  VIOLATING: "A demand is not met. See violations.",
  UNKNOWN: "Unknown at the moment. See reason.",
} as const;
export type CoverageState = keyof typeof COVERAGE_STATE;
export const COVERAGE_STATES = Object.keys(COVERAGE_STATE) as CoverageState[];

/** The states in the order in which people want to see them. */
export const WORST_FIRST: readonly CoverageState[] = ["VIOLATING", "UNKNOWN", "PROTECTED"];

/** The demands of a policy that an instance does not meet. */
export const COVERAGE_VIOLATION = {
  RPO: "No successful backup started within the RPO.",
  RETENTION: "Successful backups do not reach back as far as the policy demands.",
  ENCRYPTION: "A successful backup within the RPO is not encrypted.",
  SIZE_DROP: "The newest successful backup is much smaller than those before it.",
  BACKUPS_OFF: "Automatic backups are off, and no successful backup started within the RPO.",
} as const;
export type CoverageViolation = keyof typeof COVERAGE_VIOLATION;
export const COVERAGE_VIOLATIONS = Object.keys(COVERAGE_VIOLATION) as CoverageViolation[];

/** The order of a report's instances. */
export const COVERAGE_ORDER = {
  INSTANCE: "By provider key, region and native id.",
  AGE_DESC:
    "Instances without a successful backup first, then the oldest newest backup. An instance whose age changes between two pages may come twice or not at all.",
  NAME: "By name, without regard to case.",
} as const;
export type CoverageOrder = keyof typeof COVERAGE_ORDER;

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
  readonly filter: InstanceFilter;
  /** Epoch milliseconds. */
  readonly checkedAt: number;
  readonly entries: readonly CoverageEntry[];
  /** Provider regions whose instance list cannot be read. Each counts as one unknown instance. */
  readonly unknownRegions: number;
  /** Whether no instance can be missing, whatever is unknown of those that are shown. */
  readonly isWhole: boolean;
  readonly complete: boolean;
  readonly issues: readonly SourceIssue[];
}

/** The instances of a report by their state. A region whose instances cannot be listed counts as one unknown. */
export function countsOf({
  entries,
  unknownRegions,
}: Pick<CoverageReport, "entries" | "unknownRegions">): Record<CoverageState, number> {
  const counts = { PROTECTED: 0, VIOLATING: 0, UNKNOWN: unknownRegions };
  for (const { coverage } of entries) counts[coverage.state] += 1;
  return counts;
}
