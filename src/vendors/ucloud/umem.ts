import type { UCloudAccount } from "../../domain/account.js";
import { isRow } from "../../domain/row.js";
import type { DownloadsDeclaration, FactsDeclaration } from "../../listing/declaration.js";
import { count, list, optionalText, word } from "../kit/decode.js";
import { downloadsOf } from "../kit/links.js";
import { backupList, instanceList } from "../kit/lists.js";
import { noLink } from "../kit/refusal.js";
import { BACKUPS, INSTANCES, ENABLED, linkRules } from "./api.js";

/**
 * Distributed spaces: UCloud UMem, action DescribeUMemSpace (the API has no version).
 *
 * Order: not documented. Page: Offset and Limit, 20 rows by default, 100 at most (see lists.ts).
 * Times: Unix seconds. Sizes: GB. Window: none. Their zone is a parameter of their backups' list.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_umem_space, read 2026-11-21.
 *
 * Left out: addresses, networks, charges; UsedSize (it is not the size of a backup); as a list, DescribeUMem,
 * whose `performance` rows have no documented backup list.
 */
export const umemSpaces = instanceList({
  ...INSTANCES,
  name: "umem-spaces",
  action: "DescribeUMemSpace",
  params: { Protocol: "redis" },
  leftOut: { Protocol: "memcache" },
  fields: { ...INSTANCES.fields, nativeId: "SpaceId", name: "Name" },
  always: { listing: "umem-space" },
});

/**
 * Whether a space is backed up on a schedule: UCloud UMem, action DescribeUMem (the API has no version).
 *
 * One space a call, chosen by ResourceId. An answer without the space says nothing about it.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_umem, read 2026-11-29.
 */
export const umemFacts: FactsDeclaration = {
  name: "umem-schedule",
  action: "DescribeUMem",
  shows: ["automaticBackups"],
  most: 1,
  params: ([space]) => ({
    Protocol: "redis",
    Zone: space?.zone,
    ResourceId: space?.nativeId,
    Offset: 0,
    Limit: 100,
  }),
  map: (payload) =>
    new Map(
      list(payload, "DataSet", count(payload, "TotalCount"))
        .filter(isRow)
        .map((row) => [
          optionalText(row, "ResourceId") ?? "",
          { automaticBackups: word(row, "AutoBackup", ENABLED, null) },
        ]),
    ),
};

/**
 * The backups of one space: UCloud UMem, action DescribeUMemBackup (the API has no version).
 *
 * Order: not documented. Page: Offset and Limit, 10 rows by default, 100 at most (see lists.ts).
 * Times: Unix seconds. Sizes: none usable. Window: none. The total may be absent.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_umem_backup, read 2026-11-21.
 *
 * A row is documented both as one backup with `BlockCount` shards and as one shard of a backup, so
 * `BackupId` alone identifies it, and what TotalCount counts is not clear. Left out: BlockSize (its unit
 * is not stated, and sizes here are exact bytes); Protocol (the space was chosen by it). Failures have no
 * word.
 */
export const umemSpace = backupList({
  ...BACKUPS,
  name: "umem-space",
  action: "DescribeUMemBackup",
  scope: "instance",
  asksFor: { zone: "Zone", instance: "SpaceId" },
  fields: {
    ...BACKUPS.fields,
    instanceNativeId: "SpaceId",
    startedAt: "CreateTime",
    shardCount: "BlockCount",
  },
  sizes: "none",
});

/**
 * Links: UCloud UMem, action DescribeUMemBackupURL (the API has no version).
 *
 * One public link a shard, in an order that is not documented; shards are numbered from 0. Links state
 * their end in `Expires`; a lifetime is not documented.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_umem_backup_url, read 2026-11-21.
 *
 * Left out: BlockId (all shards are asked for at once).
 */
export const umemDownloads = (account: UCloudAccount): DownloadsDeclaration => ({
  calls: ({ nativeId, instanceNativeId, zone }, region) => [
    {
      action: "DescribeUMemBackupURL",
      region,
      params: { Zone: zone, SpaceId: instanceNativeId, BackupId: nativeId },
    },
  ],
  map: (payload) =>
    downloadsOf(
      list(payload, "BackupURL").map((text, index) => {
        if (typeof text !== "string") throw noLink();
        return { text, internal: false, shard: String(index) };
      }),
      linkRules(account),
    ),
});
