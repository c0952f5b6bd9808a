import type { UCloudAccount } from "../../domain/account.js";
import type { Row } from "../../domain/row.js";
import type { DownloadsDeclaration } from "../../listing/declaration.js";
import { count, list, optionalText } from "../kit/decode.js";
import { downloadsOf } from "../kit/links.js";
import { backupList, instanceList } from "../kit/lists.js";
import { noLink } from "../kit/refusal.js";
import { BACKUPS, ENABLED, INSTANCES, linkRules, MISSING_PARAMETER } from "./api.js";

/**
 * Master-replica groups: UCloud URedis, action DescribeURedisGroup (the API has no version).
 *
 * Order: not documented. Page: Offset and Limit, 20 rows by default, 100 at most (see lists.ts).
 * Times: Unix seconds. Sizes: GB. Window: none.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_uredis_group, read 2026-11-21.
 *
 * A read replica (Role slave) is listed as a group but has no backups. Left out: addresses, ports,
 * networks, charges and configuration, which say nothing about backups; UsedSize (it is not the size of a
 * backup); BackupTime, an hour whose zone is not stated. How long backups are kept is not listed.
 */
export const uredisGroups = instanceList({
  ...INSTANCES,
  name: "uredis-groups",
  action: "DescribeURedisGroup",
  leftOut: { Role: "slave", Protocol: "memcache" },
  fields: {
    ...INSTANCES.fields,
    nativeId: "GroupId",
    // GroupName is being retired in favour of Name.
    name: ["Name", "GroupName"],
    automaticBackups: "AutoBackup",
  },
  words: { ...INSTANCES.words, automaticBackups: ENABLED },
  always: { listing: "uredis-group" },
});

/*
 * Backups: UCloud URedis, action DescribeURedisBackup (the API has no version).
 * Order: not documented. Page: Offset and Limit, 10 rows by default, 100 at most (see lists.ts).
 * Times: Unix seconds. Sizes: bytes. Window: none.
 * TotalCount is "the number of backups of the user": whether it counts one group is not documented.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_uredis_backup, read 2026-11-21.
 *
 * Left out: SlaveZone and BackupId of the request (the lists are read whole; older gateways do not
 * know BackupId and would answer with everything); GroupName (the instance has it); MemorySize (the
 * source's capacity, its unit is not stated); SrcRegionName and DstRegionName (copies to other
 * regions have a RegionType of their own, which is not asked for).
 */
const backups = {
  ...BACKUPS,
  action: "DescribeURedisBackup",
  // A count of the whole user says nothing about a group: one without backups may have a count and no rows.
  rows: (payload: Row) =>
    list(payload, "DataSet", count(payload, BACKUPS.total) === null ? null : 0),
  fields: {
    ...BACKUPS.fields,
    instanceNativeId: "GroupId",
    zone: "Zone",
    startedAt: "BackupTime",
    sizeBytes: "BackupSize",
    engineVersion: "RedisVersion",
  },
  sizes: "exact",
} as const;

/** All backups of a region, also those of deleted groups; accounts that must name a group get 220. */
export const uredisRegion = backupList({
  ...backups,
  name: "uredis-region",
  scope: "region",
  refusedBy: [MISSING_PARAMETER],
  params: { RegionType: "normal" },
});

/** The backups of one group. */
export const uredisGroup = backupList({
  ...backups,
  name: "uredis-group",
  scope: "instance",
  asksFor: { instance: "GroupId" },
});

/**
 * Links: UCloud URedis, action DescribeURedisBackupURL (the API has no version).
 *
 * One file a backup, with a public and, undocumented, an internal link. Links state their end in
 * `Expires`; a lifetime is not documented. The example ends in a line feed, which is trimmed.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_uredis_backup_url, read 2026-11-21.
 *
 * Left out: RegionFlag, IsCrossRegion and SlaveZone (copies in other regions are not listed).
 */
export const uredisDownloads = (account: UCloudAccount): DownloadsDeclaration => ({
  calls: ({ nativeId, instanceNativeId, zone }, region) => [
    {
      action: "DescribeURedisBackupURL",
      region,
      params: { BackupId: nativeId, GroupId: instanceNativeId, Zone: zone },
    },
  ],
  map: (payload) => {
    // BackupURL is being retired in favour of BackupPath.
    const shown = optionalText(payload, "BackupPath") ?? optionalText(payload, "BackupURL");
    const inner = optionalText(payload, "InnerBackupPath");
    if (shown === null && inner === null) throw noLink();
    const links = [
      { text: shown, internal: false },
      { text: inner, internal: true },
    ];
    return downloadsOf(links, linkRules(account));
  },
});
