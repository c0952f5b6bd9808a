import type { Row } from "../../domain/row.js";
import { count, instantUtc, list, optionalText, text, word } from "../kit/decode.js";
import type { BackupListing, ListScope } from "../../listing/declaration.js";
import { NOTHING_SAID, ownerOf, withoutLinks } from "../kit/rows.js";
import { isoMinute } from "./time.js";
import { WINDOW_REFUSED, WINDOWED_SHAPE } from "./window.js";
import { BACKUP_METHOD, BACKUP_MODE, BACKUP_STATUS, BACKUP_TYPE } from "./words.js";

const total = (payload: Row): number | null => count(payload, "TotalCount");

/** Rows of DescribeBackups. @throws {SourceError} BAD_RESPONSE where they are absent or no list. */
export const nodeRowsOf = (payload: Row): readonly unknown[] =>
  list(payload, "Backups.Backup", total(payload));

/** The shard of a node's row; standard instances are their own only node. */
export function shardOf(row: Row, instance: string): string | null {
  const node = optionalText(row, "NodeInstanceId");
  return node === instance ? null : node;
}

const ownId = (scope: ListScope): string => ownerOf({}, "InstanceId", scope);

/**
 * The backups of one instance: Alibaba R-kvstore, action DescribeBackups, version 2015-01-01.
 *
 * Order: not documented. Page: PageNumber from 1, PageSize one of 30, 50, 100, 200, 300, 30 by default.
 * Times: `YYYY-MM-DDTHH:mm:ssZ`. Sizes: bytes, as the total sizes of the same answer are.
 * Window: StartTime and EndTime must be given, `YYYY-MM-DDTHH:mmZ`; see window.ts.
 * Source: https://help.aliyun.com/document_detail/473823.html and 472150.html, read 2026-11-21.
 *
 * A cluster has a row for every node (NodeInstanceId); the engine folds them. A backup under way is
 * not listed. Left out: BackupDBNames (always all); BackupJobID and RecoverConfigMode (for restores);
 * FullStorageSize, LogStorageSize and FreeSize (of the instance); AccessDeniedDetail (retired);
 * NeedAof, BackupId and BackupJobId of the request (the lists are read whole).
 */
export const kvstoreBackups: BackupListing = {
  name: "kvstore-backups",
  action: "DescribeBackups",
  scope: "instance",
  shape: WINDOWED_SHAPE,
  refusedBy: [],
  sharded: true,
  windowTooWideOn: WINDOW_REFUSED,
  params: ({ instance }) => ({ InstanceId: instance?.nativeId }),
  formatInstant: isoMinute,
  rows: nodeRowsOf,
  total,
  // Ids are those of a node's row; whether two nodes may share one is not documented.
  keyOf: (row) => `${text(row, "BackupId")}/${optionalText(row, "NodeInstanceId") ?? ""}`,
  map: (row, scope) => ({
    ...NOTHING_SAID,
    instanceNativeId: ownId(scope),
    nativeId: text(row, "BackupId"),
    status: word(row, "BackupStatus", BACKUP_STATUS, "UNKNOWN"),
    vendorStatus: optionalText(row, "BackupStatus") ?? "",
    trigger: word(row, "BackupMode", BACKUP_MODE, "UNKNOWN"),
    method: word(row, "BackupMethod", BACKUP_METHOD, "UNKNOWN"),
    kind: word(row, "BackupType", BACKUP_TYPE, "UNKNOWN"),
    startedAt: instantUtc(row, "BackupStartTime"),
    finishedAt: instantUtc(row, "BackupEndTime"),
    expiresAt: instantUtc(row, "ExpectExpireTime"),
    sizeBytes: count(row, "BackupSize"),
    engineVersion: optionalText(row, "EngineVersion"),
    shard: shardOf(row, ownId(scope)),
  }),
  withoutLinks,
};
