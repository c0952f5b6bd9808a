import type { BackupStatus } from "../../domain/words.js";
import { isRow, type Row } from "../../domain/row.js";
import { count, instantUtc, list, optionalText, text, word } from "../kit/decode.js";
import type { BackupListing } from "../../listing/declaration.js";
import { NOTHING_SAID, ownerOf, withoutLinks } from "../kit/rows.js";
import { isoMinute } from "./time.js";
import { WINDOW_REFUSED, WINDOWED_SHAPE } from "./window.js";
import { BACKUP_MODE, BACKUP_STATUS } from "./words.js";

/** Rows of DescribeClusterBackupList, a plain list. @throws {SourceError} BAD_RESPONSE without it. */
export const clusterRowsOf = (payload: Row): readonly unknown[] => list(payload, "ClusterBackups");

/** The shards of a cluster's backup; empty where the row has none. */
export const partsOf = (row: Row): readonly Row[] =>
  Array.isArray(row["Backups"]) ? row["Backups"].filter(isRow) : [];

/** A failed shard makes the whole a failure, as with folded node rows. */
function statusOf(row: Row): BackupStatus {
  const status = word(row, "ClusterBackupStatus", BACKUP_STATUS, "UNKNOWN");
  const isBroken = partsOf(row).some((part) => optionalText(part, "BackupStatus") === "ERROR");
  return status === "SUCCEEDED" && isBroken ? "FAILED" : status;
}

/**
 * The backups of one cloud-native cluster: Alibaba R-kvstore, action DescribeClusterBackupList,
 * version 2015-01-01.
 *
 * Order: not documented. Page: PageNumber from 1, PageSize one of 5, 10, 15, 20, 30, 50, 100, 200, 300.
 * Total: none; MaxResults counts the rows of one answer. Times: `YYYY-MM-DDTHH:mm:ssZ`. Sizes: bytes,
 * as text or as a number. Window: as of DescribeBackups, see window.ts.
 * Source: https://help.aliyun.com/document_detail/2679168.html, read 2026-11-21.
 *
 * Left out: IsAvail and Progress (the status says it); ShardClassMemory (of the instance);
 * ClusterBackupId and NoShardBackup of the request (the lists are read whole, shards are counted).
 */
export const kvstoreCluster: BackupListing = {
  name: "kvstore-cluster",
  action: "DescribeClusterBackupList",
  scope: "instance",
  shape: WINDOWED_SHAPE,
  refusedBy: [],
  windowTooWideOn: WINDOW_REFUSED,
  params: ({ instance, region }) => ({ RegionId: region?.id, InstanceId: instance?.nativeId }),
  formatInstant: isoMinute,
  rows: clusterRowsOf,
  total: () => null,
  keyOf: (row) => text(row, "ClusterBackupId"),
  map: (row, scope) => ({
    ...NOTHING_SAID,
    instanceNativeId: ownerOf({}, "InstanceId", scope),
    nativeId: text(row, "ClusterBackupId"),
    status: statusOf(row),
    vendorStatus: optionalText(row, "ClusterBackupStatus") ?? "",
    trigger: word(row, "ClusterBackupMode", BACKUP_MODE, "UNKNOWN"),
    startedAt: instantUtc(row, "ClusterBackupStartTime"),
    finishedAt: instantUtc(row, "ClusterBackupEndTime"),
    expiresAt: instantUtc(row, "ExpectExpireTime"),
    sizeBytes: count(row, "ClusterBackupSize"),
    shardCount: partsOf(row).length || null,
  }),
  withoutLinks,
};
