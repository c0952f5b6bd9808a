import type { MappedBackup } from "../../domain/backup.js";
import type { Instance, InstanceTag } from "../../domain/instance.js";
import type { Row } from "../../domain/row.js";
import type { BackupStatus, BackupTrigger, InstanceStatus } from "../../domain/words.js";
import type { FactsDeclaration } from "../../listing/declaration.js";
import type { ListShape } from "../../listing/shape.js";
import { count, days, optionalText, tableOf, type Words } from "../kit/decode.js";

/**
 * States of snapshots. There is none for a failed one: it is not listed. While a snapshot is restored or copied
 * it is whole, but `copying` may also be the copy that is being made.
 */
export const SNAPSHOT_STATUS: Words<BackupStatus> = Object.freeze({
  creating: "RUNNING",
  available: "SUCCEEDED",
  restoring: "SUCCEEDED",
  exporting: "SUCCEEDED",
  copying: "LOCKED",
  deleting: "DELETED",
  failed: "FAILED",
  "create-failed": "FAILED",
});

/** Rows say `automated`, although the filter for them is called `system`. */
export const SNAPSHOT_SOURCE: Words<BackupTrigger> = Object.freeze({
  automated: "AUTOMATIC",
  automatic: "AUTOMATIC",
  system: "AUTOMATIC",
  manual: "MANUAL",
  user: "MANUAL",
});

/** States of replication groups, cache clusters, serverless caches and MemoryDB clusters. */
export const INSTANCE_STATUS: Words<InstanceStatus> = tableOf({
  RUNNING: ["available", "snapshotting"],
  CREATING: ["creating"],
  CHANGING: ["modifying", "updating", "rebooting cluster nodes", "upgrading"],
  DELETED: ["deleting", "deleted"],
  FAILED: ["create-failed", "restore-failed", "incompatible-network"],
});

const SIZES = { Marker: { size: "MaxRecords", min: 20 }, NextToken: { size: "MaxResults" } };

/**
 * Pages by an opaque token, at most 100 rows of ElastiCache's older lists and 50 of all others; with `Marker`, at
 * least 20. No document says that a token names a row, states an order or offers a window, and no answer has a
 * count.
 */
export const shapeOf = (token: "Marker" | "NextToken", max: 50 | 100): ListShape => ({
  page: { style: "token", token, max, ...SIZES[token] },
  window: null,
  defaultSize: max,
  order: "unknown",
  counts: "none",
});

/** The schedule and the name for calls about tags, which groups, clusters and caches have in common. */
export function instanceFacts(row: Row) {
  // The retention of automatic snapshots, in days: 0 turns them off.
  const kept = count(row, "SnapshotRetentionLimit");
  const arn = optionalText(row, "ARN");
  return {
    automaticBackups: kept === null ? null : kept > 0,
    retentionMs: days(row, "SnapshotRetentionLimit"),
    ...(arn !== null && { factsAt: arn }),
  };
}

const DAY_MS = 86_400_000;

/** The snapshots that a schedule has left of an instance: one a day. Null if its age is not known. */
export function scheduledRows(
  { automaticBackups, retentionMs, createdAt }: Instance,
  now: number,
): number | null {
  if (automaticBackups !== true || retentionMs === null || createdAt === null) return null;
  return Math.floor(Math.min(retentionMs, Math.max(0, now - createdAt)) / DAY_MS);
}

/** The end of an automatic snapshot, which is kept for a number of days. */
export function expiryOf(
  row: Row,
  { startedAt, trigger }: Pick<MappedBackup, "startedAt" | "trigger">,
): number | null {
  const keptMs = trigger === "AUTOMATIC" ? days(row, "SnapshotRetentionLimit") : null;
  return startedAt === null || keptMs === null ? null : startedAt + keptMs;
}

/** The tags of one instance, which no list shows: a call for each ARN. AWS refuses it unless the instance is available. */
export const tagsBy = (
  action: string,
  arn: string,
  read: (payload: Row) => readonly InstanceTag[] | null,
): FactsDeclaration => ({
  name: "tags",
  action,
  shows: ["tags"],
  most: 1,
  appliesTo: ({ factsAt }) => factsAt !== undefined,
  params: ([instance]) => ({ [arn]: instance?.factsAt }),
  map: (payload, [instance]) => new Map([[instance?.nativeId ?? "", { tags: read(payload) }]]),
});
