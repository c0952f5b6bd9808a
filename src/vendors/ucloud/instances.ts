import type { Row } from "../../domain/row.js";
import { bytes, instantSeconds, optionalText, text, word } from "../kit/decode.js";
import type { Listing, MappedInstance } from "../../listing/declaration.js";
import { GIBIBYTE } from "../kit/rows.js";
import { dataSetOf, pagedBy, totalOf } from "./lists.js";
import { INSTANCE_STATE } from "./words.js";

/*
 * UCloud, actions DescribeURedisGroup and DescribeUMemSpace (the API has no version).
 * Order: not documented. Page: Offset and Limit, 20 rows by default, 100 at most (see lists.ts).
 * Times: Unix seconds. Sizes: GB. Window: none.
 * Source: https://docs.ucloud.cn/api/umem-api/describe_uredis_group and describe_umem_space, read
 * 2026-11-21.
 *
 * Left out: addresses, ports, networks, charges, tags and configuration, which say nothing of
 * backups; UsedSize (it is not the size of a backup); AutoBackup and BackupTime of groups, an hour
 * whose zone is not stated; DescribeUMem, whose `performance` rows have no documented backup list.
 */

const common = (row: Row): Omit<MappedInstance, "nativeId" | "name" | "listing"> => ({
  zone: optionalText(row, "Zone"),
  status: word(row, "State", INSTANCE_STATE, "UNKNOWN"),
  vendorStatus: optionalText(row, "State"),
  engineVersion: optionalText(row, "Version"),
  memoryBytes: bytes(row, "Size", GIBIBYTE) ?? bytes(row, "MemorySize", GIBIBYTE),
  createdAt: instantSeconds(row, "CreateTime"),
  // A master-replica group has one; a space's backups tell theirs row by row.
  shardCount: null,
});

const isOther = (row: Row, name: string, other: string): boolean =>
  optionalText(row, name)?.toLowerCase() === other;

/** Master-replica groups; a read replica (Role slave) is listed as a group but has no backups. */
export const uredisGroups: Listing<MappedInstance> = {
  name: "uredis-groups",
  action: "DescribeURedisGroup",
  scope: "region",
  shape: pagedBy(20),
  params: () => ({}),
  rows: dataSetOf,
  total: totalOf,
  keyOf: (row) => text(row, "GroupId"),
  map: (row) =>
    isOther(row, "Role", "slave") || isOther(row, "Protocol", "memcache")
      ? null
      : {
          ...common(row),
          nativeId: text(row, "GroupId"),
          // GroupName is being retired in favour of Name.
          name: optionalText(row, "Name") ?? optionalText(row, "GroupName"),
          listing: "uredis-group",
        },
};

/** Distributed spaces; their zone is asked for when their backups are listed. */
export const umemSpaces: Listing<MappedInstance> = {
  name: "umem-spaces",
  action: "DescribeUMemSpace",
  scope: "region",
  shape: pagedBy(20),
  params: () => ({ Protocol: "redis" }),
  rows: dataSetOf,
  total: totalOf,
  keyOf: (row) => text(row, "SpaceId"),
  map: (row) =>
    isOther(row, "Protocol", "memcache")
      ? null
      : {
          ...common(row),
          nativeId: text(row, "SpaceId"),
          name: optionalText(row, "Name"),
          listing: "umem-space",
        },
};
