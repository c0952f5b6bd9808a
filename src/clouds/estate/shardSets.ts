import type { BackupStatus } from "../../domain/words.js";
import type { BackupRow } from "./types.js";

const SPREAD_MS = 10 * 60_000;
const PATIENCE_MS = 6 * 3_600_000;

/** One backup of a classic cluster, made of the rows of its shards. */
export interface ShardSet {
  /** The row of the lowest node, which has the id and the start of the backup. */
  readonly lead: BackupRow;
  readonly rows: readonly BackupRow[];
  readonly status: BackupStatus;
}

/**
 * Combines the listed rows of one classic cluster into backups:
 *
 * - Rows of distinct nodes whose starts lie within ten minutes are one backup.
 * - Its native id and its start are those of the lowest node, by the number in `-db-<n>`.
 * - A set with a failed shard is FAILED.
 * - A set with fewer rows than the instance has shards is RUNNING until six hours after its earliest
 *   start, and FAILED from then on.
 * - A set that lacks its first node (`-db-0`) is not listed during these six hours, because its
 *   identity is not settled; after them it is listed as FAILED under its lowest node that is there.
 */
export function shardSetsOf(
  rows: readonly BackupRow[],
  shardCount: number,
  now: number,
): readonly ShardSet[] {
  return groupsOf(rows).flatMap((group) => {
    const [lead] = [...group].sort((a, b) => nodeNumber(a) - nodeNumber(b));
    if (lead === undefined) return [];
    const isYoung = now < earliest(group) + PATIENCE_MS;
    if (nodeNumber(lead) !== 0 && isYoung) return [];
    return [{ lead, rows: group, status: statusOf(group, shardCount, isYoung) }];
  });
}

function groupsOf(rows: readonly BackupRow[]): BackupRow[][] {
  const groups: BackupRow[][] = [];
  for (const row of [...rows].sort((a, b) => a.startedAt - b.startedAt)) {
    const open = groups.find(
      (group) =>
        row.startedAt - earliest(group) <= SPREAD_MS &&
        group.every(({ shard }) => shard !== row.shard),
    );
    if (open === undefined) groups.push([row]);
    else open.push(row);
  }
  return groups;
}

function statusOf(group: readonly BackupRow[], shardCount: number, isYoung: boolean): BackupStatus {
  if (group.some(({ status }) => status === "Failed")) return "FAILED";
  if (group.length < shardCount) return isYoung ? "RUNNING" : "FAILED";
  return group.every(({ status }) => status === "Success") ? "SUCCEEDED" : "UNKNOWN";
}

const earliest = (group: readonly BackupRow[]): number =>
  Math.min(...group.map(({ startedAt }) => startedAt));

const nodeNumber = ({ shard }: BackupRow): number =>
  Number(/-db-(\d+)$/.exec(shard ?? "")?.[1] ?? 0);
