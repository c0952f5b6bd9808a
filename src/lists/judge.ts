import type { Backup } from "../domain/backup.js";
import type { InstanceCoverage } from "../domain/coverage.js";
import type { Instance } from "../domain/instance.js";
import type { SourceIssue } from "../domain/connection.js";

/** The newest backups of an instance, back to the start of the RPO. */
export interface CoverageEvidence {
  /** Newest first; those that start within the RPO. */
  readonly rows: readonly Backup[];
  readonly issues: readonly SourceIssue[];
}

/** States of a backup that may still become a good one. */
const UNDECIDED: readonly string[] = ["LOCKED", "RUNNING", "UNKNOWN"];

/**
 * The coverage of an instance: PROTECTED if a good backup started within the RPO, UNKNOWN if one may exist
 * or may still appear, else VIOLATING.
 *
 * Units: milliseconds.
 */
export function judge(
  instance: Instance,
  { rows, issues }: CoverageEvidence,
  rpoMs: number,
  now: number,
): InstanceCoverage {
  const since = now - rpoMs;
  const inside = rows.filter(({ startedAt }) => startedAt >= since);
  const lastSuccess = inside.find(({ status }) => status === "SUCCEEDED") ?? null;
  const known = { lastSuccess, checkedAt: now };
  if (lastSuccess !== null) {
    const reason = `A good backup started ${ago(now - lastSuccess.startedAt)}.`;
    return { ...known, state: "PROTECTED", reason };
  }
  const doubt = doubtOf(instance, inside, issues, since);
  if (doubt !== null) return { ...known, state: "UNKNOWN", reason: doubt };
  const reason =
    inside.length === 0
      ? "No backup started within the RPO."
      : `No backup within the RPO is good: the newest is ${inside[0]?.status}.`;
  return { ...known, state: "VIOLATING", reason };
}

function doubtOf(
  { createdAt }: Instance,
  inside: readonly Backup[],
  [issue]: readonly SourceIssue[],
  since: number,
): string | null {
  if (issue !== undefined)
    return `The list of backups may be incomplete (${issue.code}): ${issue.message}`;
  const undecided = inside.find(({ status }) => UNDECIDED.includes(status));
  if (undecided !== undefined) return `A backup within the RPO is ${undecided.status}.`;
  if (createdAt !== null && createdAt >= since) return "The instance was created within the RPO.";
  return null;
}

function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 72 ? `${hours} hours ago` : `${Math.floor(hours / 24)} days ago`;
}
