import { isRow, type Row } from "../../domain/row.js";
import type { BackupKind, BackupMethod, BackupStatus, BackupTrigger } from "../../domain/words.js";
import type { ShardRule } from "../../listing/declaration.js";
import type { ListShape } from "../../listing/shape.js";
import { optionalText, text, type Words } from "../kit/decode.js";
import { isoMinute } from "../kit/instant.js";
import { backupList } from "../kit/lists.js";

/** Statuses of node rows and of cluster backups; a running backup shows in the cluster list only. */
const BACKUP_STATUS: Words<BackupStatus> = Object.freeze({
  success: "SUCCEEDED",
  ok: "SUCCEEDED",
  running: "RUNNING",
  failed: "FAILED",
});

/** Who asked for a backup. */
const BACKUP_MODE: Words<BackupTrigger> = Object.freeze({
  automated: "AUTOMATIC",
  manual: "MANUAL",
});

/** How a backup was made. */
const BACKUP_METHOD: Words<BackupMethod> = Object.freeze({
  physical: "PHYSICAL",
  logical: "LOGICAL",
});

/** How much a backup holds. */
const BACKUP_TYPE: Words<BackupKind> = Object.freeze({
  fullbackup: "FULL",
  incrementalbackup: "INCREMENTAL",
});

/** The largest page of both backup lists. */
export const MAX_PAGE = 300;

/**
 * The pages and windows of both backup lists: pages of up to 300, and a mandatory window of whole minutes.
 * The documents do not say which instant of a backup it selects on, nor how wide it may be.
 */
const shapeOf = (counts: ListShape["counts"]): ListShape => ({
  page: {
    style: "pageNumber",
    page: "PageNumber",
    size: "PageSize",
    max: MAX_PAGE,
    sizes: [30, 50, 100, 200, 300],
  },
  window: {
    since: "StartTime",
    until: "EndTime",
    precisionMs: 60_000,
    mandatory: true,
    selects: "unknown",
    longestMs: 6 * 3_600_000,
    maxSpanMs: null,
  },
  defaultSize: 30,
  order: "unknown",
  counts,
});

/** Codes for a window that the vendor does not accept; the documents state no largest span. */
const WINDOW_REFUSED = [
  "InvalidStartTime.Malformed",
  "InvalidEndTime.Malformed",
  "InvalidStartTimeAndEndTime.Malformed",
];

/** Nodes of one backup start within ten minutes of each other; after six hours a missing one failed. */
const NODES: ShardRule = { withinMs: 10 * 60_000, settlesMs: 6 * 3_600_000 };

/** The shard of a node's row; standard instances are their own only node. */
export function shardOf(row: Row, instance: string): string | null {
  const node = optionalText(row, "NodeInstanceId");
  return node === instance ? null : node;
}

/**
 * The backups of one instance: Alibaba R-kvstore, action DescribeBackups, version 2015-01-01.
 *
 * Order: not documented. Page: PageNumber from 1, PageSize one of 30, 50, 100, 200, 300, 30 by default.
 * Times: `YYYY-MM-DDTHH:mm:ssZ`. Sizes: bytes, as the total sizes of the same answer are.
 * Window: StartTime and EndTime must be given, `YYYY-MM-DDTHH:mmZ`.
 * Source: https://help.aliyun.com/document_detail/473823.html and 472150.html, read 2026-11-21.
 *
 * A cluster has a row for every node (NodeInstanceId), which are folded into one backup. TotalCount is "the
 * total number of backups"; if it counts rows, it is no smaller. A backup under way is not listed. Left out: BackupDBNames (always all); BackupJobID and RecoverConfigMode (for restores);
 * FullStorageSize, LogStorageSize and FreeSize (of the instance); AccessDeniedDetail (retired);
 * NeedAof, BackupId and BackupJobId of the request (the lists are read whole).
 */
export const kvstoreBackups = backupList({
  name: "kvstore-backups",
  action: "DescribeBackups",
  scope: "instance",
  shape: shapeOf("backups"),
  shards: NODES,
  windowTooWideOn: WINDOW_REFUSED,
  asksFor: { instance: "InstanceId" },
  formatInstant: isoMinute,
  rows: "Backups.Backup",
  total: "TotalCount",
  // Ids belong to a node's row; whether two nodes may share one is not documented.
  keyOf: (row) => `${text(row, "BackupId")}/${optionalText(row, "NodeInstanceId") ?? ""}`,
  fields: {
    nativeId: "BackupId",
    status: "BackupStatus",
    trigger: "BackupMode",
    method: "BackupMethod",
    kind: "BackupType",
    startedAt: "BackupStartTime",
    finishedAt: "BackupEndTime",
    expiresAt: "ExpectExpireTime",
    sizeBytes: "BackupSize",
    engineVersion: "EngineVersion",
  },
  words: {
    status: BACKUP_STATUS,
    trigger: BACKUP_MODE,
    method: BACKUP_METHOD,
    kind: BACKUP_TYPE,
  },
  derived: (row, { instanceNativeId }) => ({ shard: shardOf(row, instanceNativeId) }),
  sizes: "exact",
});

/** The shards of a cluster's backup; empty if the row has none. */
export const partsOf = (row: Row): readonly Row[] =>
  Array.isArray(row["Backups"]) ? row["Backups"].filter(isRow) : [];

/**
 * The backups of one cloud-native cluster: Alibaba R-kvstore, action DescribeClusterBackupList,
 * version 2015-01-01.
 *
 * Order: not documented. Page: PageNumber from 1, PageSize one of 5, 10, 15, 20, 30, 50, 100, 200, 300.
 * Total: none; MaxResults counts the rows of one answer. Times: `YYYY-MM-DDTHH:mm:ssZ`. Sizes: bytes,
 * as text or as a number. Window: as of DescribeBackups.
 * Source: https://help.aliyun.com/document_detail/2679168.html, read 2026-11-21.
 *
 * Left out: IsAvail and Progress (the status says it); ShardClassMemory (of the instance);
 * ClusterBackupId and NoShardBackup of the request (the lists are read whole, shards are counted).
 */
export const kvstoreCluster = backupList({
  name: "kvstore-cluster",
  action: "DescribeClusterBackupList",
  scope: "instance",
  shape: shapeOf("none"),
  windowTooWideOn: WINDOW_REFUSED,
  asksFor: { region: "RegionId", instance: "InstanceId" },
  formatInstant: isoMinute,
  rows: "ClusterBackups",
  fields: {
    nativeId: "ClusterBackupId",
    status: "ClusterBackupStatus",
    trigger: "ClusterBackupMode",
    startedAt: "ClusterBackupStartTime",
    finishedAt: "ClusterBackupEndTime",
    expiresAt: "ExpectExpireTime",
    sizeBytes: "ClusterBackupSize",
  },
  words: { status: BACKUP_STATUS, trigger: BACKUP_MODE },
  derived(row, { status }) {
    const parts = partsOf(row);
    // A failed shard makes the whole a failure, as with folded node rows.
    const isBroken = parts.some((part) => optionalText(part, "BackupStatus") === "ERROR");
    return {
      status: status === "SUCCEEDED" && isBroken ? "FAILED" : status,
      shardCount: parts.length || null,
    };
  },
  sizes: "exact",
});
