import type { Backup } from "./backup.js";
import type { SourceIssue } from "./connection.js";
import { COVERAGE_VIOLATIONS, type CoverageViolation, type InstanceCoverage } from "./coverage.js";
import type { Instance, InstanceFacts } from "./instance.js";
import type { BackupPolicy } from "./policy.js";

/** What is demanded of an instance's backups: by a policy, or an RPO alone. */
export type Demands = Pick<BackupPolicy, "rpoMs" | "retentionMs" | "encrypted" | "maxSizeDrop">;

/** The demand of an RPO alone. */
export const rpoAlone = (rpoMs: number): Demands => ({
  rpoMs,
  retentionMs: null,
  encrypted: null,
  maxSizeDrop: null,
});

/** Backups that were read for one demand, newest first, and what may be missing among them. */
export interface Found {
  readonly rows: readonly Backup[];
  readonly issues: readonly SourceIssue[];
}

/** Everything that decides the coverage of an instance. */
export interface CoverageEvidence {
  /** The backups that start within the RPO; without a demand for encryption, down to the newest good one. */
  readonly recent: Found;
  /** The newest good backup before those, if it is known. */
  readonly before: Backup | null;
  /** The newest good backup, and up to `COMPARED` good ones of its kind before it. */
  readonly sizes: Found | null;
  /** A good backup that is old enough for the retention, if there is one. */
  readonly old: Found | null;
  readonly facts: Pick<InstanceFacts, "automaticBackups" | "retentionMs">;
}

/** Backups whose median size the newest one is compared with. */
export const COMPARED = 7;

/** The latest start of a backup that proves the retention. Units: epoch milliseconds. */
export const provesRetention = ({ rpoMs, retentionMs }: Demands, now: number): number =>
  now - Math.max(0, (retentionMs ?? 0) - rpoMs);

/** Whether the retention holds without any backup: the instance is young, or its vendor keeps them so long. */
export function isRetained(
  { createdAt }: Pick<Instance, "createdAt">,
  { automaticBackups, retentionMs: kept }: CoverageEvidence["facts"],
  { retentionMs }: Demands,
  now: number,
): boolean {
  if (retentionMs === null || (createdAt !== null && now - createdAt < retentionMs)) return true;
  return automaticBackups === true && kept !== null && kept >= retentionMs;
}

/** Why a demand is broken, or unknown if `violation` is null; null if it is kept. */
type Verdict = { readonly reason: string; readonly violation: CoverageViolation | null } | null;

const KEPT: Verdict = null;
const unknown = (reason: string): Verdict => ({ reason, violation: null });
const broken = (violation: CoverageViolation, reason: string): Verdict => ({ reason, violation });

/** States of a backup that may still become a good one. */
const UNDECIDED: readonly string[] = ["LOCKED", "RUNNING", "UNKNOWN"];
/** States of a backup that may be a good one already. */
const PERHAPS_GOOD: readonly string[] = ["LOCKED", "UNKNOWN"];

/** Whether a backup can be restored from. */
export const isGood = ({ status }: Backup): boolean => status === "SUCCEEDED";

/** Clocks differ by minutes. A start that is further ahead is wrong, or of another time zone. */
const MOST_AHEAD_MS = 3_600_000;

/** Whether a backup is good and has started: one that starts in the future proves nothing for years. */
export const isProof = (backup: Backup, now: number): boolean =>
  isGood(backup) && backup.startedAt <= now + MOST_AHEAD_MS;

/**
 * The coverage of an instance: VIOLATING if a demand is broken, else UNKNOWN if one is undecided, else
 * PROTECTED.
 *
 * Units: milliseconds.
 */
export function judge(
  instance: Instance,
  evidence: CoverageEvidence,
  demands: Demands,
  now: number,
): Omit<InstanceCoverage, "policy"> {
  const { recent } = evidence;
  const since = now - demands.rpoMs;
  const inside = recent.rows.filter(({ startedAt }) => startedAt >= since);
  const lastSuccess = inside.find((row) => isProof(row, now)) ?? null;
  const verdicts = [
    rpoVerdict(instance, { ...evidence, recent: { ...recent, rows: inside } }, demands, now),
    retentionVerdict(instance, evidence, demands, now),
    encryptionVerdict({ ...recent, rows: inside.filter(isGood) }, demands),
    sizeVerdict(evidence, demands),
    scheduleVerdict(evidence, inside),
  ];
  const known = { lastSuccess, checkedAt: now };
  const doubts = verdicts.filter((verdict) => verdict !== null);
  const faults = doubts.filter(({ violation }) => violation !== null);
  if (faults.length > 0) {
    const violations = COVERAGE_VIOLATIONS.filter((one) =>
      faults.some(({ violation }) => violation === one),
    );
    return { ...known, state: "VIOLATING", reason: joined(faults), violations };
  }
  if (doubts.length > 0)
    return { ...known, state: "UNKNOWN", reason: joined(doubts), violations: [] };
  const age = now - (lastSuccess?.startedAt ?? now);
  const reason = `A good backup started ${ago(age)}.`;
  return { ...known, state: "PROTECTED", reason, violations: [] };
}

const joined = (verdicts: readonly { readonly reason: string }[]): string =>
  [...new Set(verdicts.map(({ reason }) => reason))].join(" ");

function rpoVerdict(
  { createdAt }: Instance,
  { recent: { rows, issues }, before }: CoverageEvidence,
  { rpoMs }: Demands,
  now: number,
): Verdict {
  if (rows.some((row) => isProof(row, now))) return KEPT;
  const [issue] = issues;
  if (issue !== undefined) return unknown(doubtOf(issue));
  const undecided = rows.find(({ status }) => UNDECIDED.includes(status));
  if (undecided !== undefined) return unknown(`A backup within the RPO is ${undecided.status}.`);
  const early = rows.find(isGood);
  if (early !== undefined)
    return unknown(
      `The newest good backup starts in the future, at ${instantOf(early.startedAt)}. Check the clocks and the account's time zone.`,
    );
  const rpo = `the RPO of ${spanOf(rpoMs)}`;
  if (createdAt !== null && createdAt >= now - rpoMs)
    return unknown(`The instance was created within ${rpo}.`);
  const why =
    rows[0] === undefined
      ? `No backup started within ${rpo}.`
      : `No backup within ${rpo} is good: the newest is ${rows[0].status}.`;
  return broken(
    "RPO",
    before === null ? why : `${why} The last good one started ${when(before, now)}.`,
  );
}

const doubtOf = ({ code, message }: SourceIssue): string =>
  `The list of backups may be incomplete (${code}): ${message}`;

/** Automatic backups are off, and no good backup lies within the RPO. */
function scheduleVerdict(
  { recent: { issues }, facts: { automaticBackups } }: CoverageEvidence,
  inside: readonly Backup[],
): Verdict {
  if (automaticBackups !== false || issues.length > 0) return KEPT;
  const isCertain = !inside.some((row) => isGood(row) || PERHAPS_GOOD.includes(row.status));
  return isCertain ? broken("BACKUPS_OFF", "Automatic backups are off.") : KEPT;
}

function encryptionVerdict({ rows, issues }: Found, { encrypted }: Demands): Verdict {
  if (encrypted === null) return KEPT;
  const plain = rows.filter((row) => row.encrypted === false).at(-1);
  if (plain !== undefined)
    return broken("ENCRYPTION", `The backup of ${instantOf(plain.startedAt)} is not encrypted.`);
  const [issue] = issues;
  if (issue !== undefined) return unknown(doubtOf(issue));
  return rows.some((row) => row.encrypted === null)
    ? unknown("The vendor does not say whether the backups are encrypted.")
    : KEPT;
}

function sizeVerdict({ sizes }: CoverageEvidence, { maxSizeDrop }: Demands): Verdict {
  if (maxSizeDrop === null || sizes === null) return KEPT;
  const [issue] = sizes.issues;
  if (issue !== undefined) return unknown(doubtOf(issue));
  const [newest, ...others] = sizes.rows;
  const earlier = others.filter(({ kind }) => kind === newest?.kind).slice(0, COMPARED);
  if (newest === undefined || earlier.length === 0) return KEPT;
  const median = medianOf(earlier.flatMap(({ sizeBytes }) => sizeBytes ?? []));
  if (newest.sizeBytes === null || median === null)
    return unknown("The vendor does not say how large the backups are.");
  if (newest.sizeBytes >= (1 - maxSizeDrop) * median) return KEPT;
  // Rounded down: only an empty backup is 100% smaller.
  const drop = Math.floor(100 * (1 - newest.sizeBytes / median));
  return broken(
    "SIZE_DROP",
    `The backup of ${instantOf(newest.startedAt)} is ${drop}% smaller than the median of the ${earlier.length} before it.`,
  );
}

/** The middle value, or the mean of the two in the middle; null if there is none. */
function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function retentionVerdict(
  instance: Instance,
  { old, facts }: CoverageEvidence,
  demands: Demands,
  now: number,
): Verdict {
  const { retentionMs } = demands;
  if (retentionMs === null || isRetained(instance, facts, demands, now)) return KEPT;
  const latest = provesRetention(demands, now);
  if (old?.rows.some((row) => isGood(row) && row.startedAt <= latest) === true) return KEPT;
  const [issue] = old?.issues ?? [];
  if (issue !== undefined) return unknown(doubtOf(issue));
  if (instance.createdAt === null)
    return unknown("It is unknown whether the instance is older than the retention.");
  return broken(
    "RETENTION",
    `No good backup of ${instantOf(latest)} or earlier is kept, but the retention is ${spanOf(retentionMs)}.`,
  );
}

const when = ({ startedAt }: Backup, now: number): string =>
  `${instantOf(startedAt)}, ${ago(now - startedAt)}`;

/** The minute of an instant. */
const instantOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;

/** A duration in words, exact to the minute. */
function spanOf(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours < 2 || !Number.isInteger(hours)) return `${Math.round(ms / 60_000)} minutes`;
  return hours < 72 || hours % 24 !== 0 ? `${hours} hours` : `${hours / 24} days`;
}

function ago(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 120) return `${minutes} minutes ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 72 ? `${hours} hours ago` : `${Math.floor(hours / 24)} days ago`;
}
