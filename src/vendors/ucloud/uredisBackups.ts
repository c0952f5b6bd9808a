import type { MappedBackup } from "../../domain/backup.js";
import type { Row } from "../../domain/row.js";
import { count, instantSeconds, optionalText, text, word } from "../kit/decode.js";
import type { BackupListing, ListScope } from "../../listing/declaration.js";
import { isForeign, NOTHING_SAID, ownerOf, withoutLinks } from "../kit/rows.js";
import { MISSING_PARAMETER } from "./codes.js";
import { dataSetOf, pagedBy, totalOf } from "./lists.js";
import { BACKUP_STATE, BACKUP_TYPE } from "./words.js";

/*
 * UCloud URedis, action DescribeURedisBackup (the API has no version).
 * Order: not documented. Page: Offset and Limit, 10 rows by default, 100 at most (see lists.ts).
 * Times: Unix seconds. Sizes: bytes. Window: none.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_uredis_backup, read 2026-11-21.
 *
 * Left out: SlaveZone and BackupId of the request (the lists are read whole; older gateways do not
 * know BackupId and would answer with everything); GroupName (the instance has it); MemorySize (the
 * source's capacity, its unit is not stated); SrcRegionName and DstRegionName (copies to other
 * regions have a RegionType of their own, which is not asked for).
 */

const map = (row: Row, scope: ListScope): MappedBackup => ({
  ...NOTHING_SAID,
  zone: optionalText(row, "Zone"),
  instanceNativeId: ownerOf(row, "GroupId", scope),
  nativeId: text(row, "BackupId"),
  name: optionalText(row, "BackupName"),
  status: word(row, "State", BACKUP_STATE, "UNKNOWN"),
  vendorStatus: optionalText(row, "State") ?? "",
  trigger: word(row, "BackupType", BACKUP_TYPE, "UNKNOWN"),
  startedAt: instantSeconds(row, "BackupTime"),
  sizeBytes: count(row, "BackupSize"),
  engineVersion: optionalText(row, "RedisVersion"),
});

const common = {
  action: "DescribeURedisBackup",
  shape: pagedBy(10),
  rows: dataSetOf,
  total: totalOf,
  keyOf: (row: Row) => text(row, "BackupId"),
  withoutLinks,
};

/** All backups of a region, also those of deleted groups; accounts that must name a group get 220. */
export const uredisRegion: BackupListing = {
  ...common,
  name: "uredis-region",
  scope: "region",
  refusedBy: [MISSING_PARAMETER],
  params: () => ({ RegionType: "normal" }),
  map,
};

/** The backups of one group. */
export const uredisGroup: BackupListing = {
  ...common,
  name: "uredis-group",
  scope: "instance",
  refusedBy: [],
  params: ({ instance }) => ({ GroupId: instance?.nativeId }),
  map: (row, scope) => (isForeign(row, "GroupId", scope) ? null : map(row, scope)),
};
