import { count, instantSeconds, optionalText, text, word } from "../kit/decode.js";
import type { BackupListing } from "../../listing/declaration.js";
import { isForeign, NOTHING_SAID, ownerOf, withoutLinks } from "../kit/rows.js";
import { dataSetOf, pagedBy, totalOf } from "./lists.js";
import { BACKUP_STATE, BACKUP_TYPE } from "./words.js";

/**
 * The backups of one space: UCloud UMem, action DescribeUMemBackup (the API has no version).
 *
 * Order: not documented. Page: Offset and Limit, 10 rows by default, 100 at most (see lists.ts).
 * Times: Unix seconds. Sizes: none usable. Window: none. The total may be absent.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_umem_backup, read 2026-11-21.
 *
 * A row is documented both as one backup with `BlockCount` shards and as one shard of a backup, so
 * rows are told apart by `BackupId` alone. Left out: BlockSize (its unit is not stated, and sizes
 * here are exact bytes); Protocol (the space has been chosen by it). Failures have no word.
 */
export const umemSpace: BackupListing = {
  name: "umem-space",
  action: "DescribeUMemBackup",
  scope: "instance",
  shape: pagedBy(10),
  refusedBy: [],
  params: ({ instance }) => ({ Zone: instance?.zone, SpaceId: instance?.nativeId }),
  rows: dataSetOf,
  total: totalOf,
  keyOf: (row) => text(row, "BackupId"),
  map: (row, scope) =>
    isForeign(row, "SpaceId", scope)
      ? null
      : {
          ...NOTHING_SAID,
          zone: scope.instance?.zone ?? null,
          instanceNativeId: ownerOf(row, "SpaceId", scope),
          nativeId: text(row, "BackupId"),
          name: optionalText(row, "BackupName"),
          status: word(row, "State", BACKUP_STATE, "UNKNOWN"),
          vendorStatus: optionalText(row, "State") ?? "",
          trigger: word(row, "BackupType", BACKUP_TYPE, "UNKNOWN"),
          startedAt: instantSeconds(row, "CreateTime"),
          shardCount: count(row, "BlockCount"),
        },
  withoutLinks,
};
