import type { Row } from "../../domain/row.js";
import { bytes, count, flag, instantUtc, list, optionalText, text, word } from "../kit/decode.js";
import type { Listing, MappedInstance } from "../../listing/declaration.js";
import { MEBIBYTE } from "../kit/rows.js";
import { INSTANCE_STATUS } from "./words.js";

const total = (payload: Row): number | null => count(payload, "TotalCount");

/** Clusters outside the classic architecture have their own backup list; DescribeBackups refuses them. */
const isCloudNativeCluster = (row: Row): boolean =>
  optionalText(row, "ArchitectureType") === "cluster" && flag(row, "IsRds") === false;

/**
 * Instances of a region: Alibaba R-kvstore, action DescribeInstances, version 2015-01-01.
 *
 * Order: not documented. Page: PageNumber from 1, PageSize 30 by default, 50 at most. Window: none.
 * Times: `YYYY-MM-DDTHH:mm:ssZ`. Sizes: MB.
 * Source: https://help.aliyun.com/document_detail/473754.html, read 2026-11-21.
 *
 * Left out: InstanceClass, NodeType, CloudType, EndTime, networks, ports, charges and tags. That
 * "cluster, and not IsRds" means cloud-native is read from examples: no page states the rule.
 */
export const kvstoreInstances: Listing<MappedInstance> = {
  name: "kvstore-instances",
  action: "DescribeInstances",
  scope: "region",
  shape: {
    page: { style: "pageNumber", page: "PageNumber", size: "PageSize", max: 50 },
    window: null,
    defaultSize: 30,
  },
  params: ({ region }) => ({ RegionId: region?.id }),
  rows: (payload) => list(payload, "Instances.KVStoreInstance", total(payload)),
  total,
  keyOf: (row) => text(row, "InstanceId"),
  map: (row) =>
    optionalText(row, "InstanceType")?.toLowerCase() === "memcache"
      ? null
      : {
          nativeId: text(row, "InstanceId"),
          name: optionalText(row, "InstanceName"),
          zone: optionalText(row, "ZoneId"),
          status: word(row, "InstanceStatus", INSTANCE_STATUS, "UNKNOWN"),
          vendorStatus: optionalText(row, "InstanceStatus"),
          engineVersion: optionalText(row, "EngineVersion"),
          memoryBytes: bytes(row, "Capacity", MEBIBYTE),
          createdAt: instantUtc(row, "CreateTime"),
          shardCount: count(row, "ShardCount") || null,
          listing: isCloudNativeCluster(row) ? "kvstore-cluster" : "kvstore-backups",
        },
};
