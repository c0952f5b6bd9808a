import type { Row } from "../../domain/row.js";
import type { InstanceStatus } from "../../domain/words.js";
import { SourceError } from "../../errors.js";
import type { InstanceListing, Region, WholeListing } from "../../listing/declaration.js";
import {
  bytes,
  count,
  flag,
  instantUtc,
  list,
  MEBIBYTE,
  optionalText,
  text,
  word,
} from "../kit/decode.js";
import { REGION_ID } from "./api.js";

/** The gateway calls hosts of the vendor's own domain only; for others the rule of the SDKs applies. */
const ENDPOINT = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+aliyuncs\.com$/;

function idOf(row: Row): string {
  const id = text(row, "RegionId");
  if (REGION_ID.test(id)) return id;
  throw new SourceError("BAD_RESPONSE", "A row has no usable RegionId.");
}

/**
 * The regions of the product: Alibaba R-kvstore, action DescribeRegions, version 2015-01-01.
 *
 * Order: not documented. Page: none, the answer is whole; a region may come more than once.
 * Left out: LocalName, ZoneIds and ZoneIdList, which no call here needs; AcceptLanguage.
 * Source: https://help.aliyun.com/document_detail/473763.html, read 2026-11-21.
 */
export const kvstoreRegions: WholeListing<Region> = {
  name: "kvstore-regions",
  action: "DescribeRegions",
  params: () => ({}),
  rows: (payload) => list(payload, "RegionIds.KVStoreRegion"),
  keyOf: idOf,
  map: (row) => {
    const endpoint = optionalText(row, "RegionEndpoint")?.toLowerCase() ?? "";
    return { id: idOf(row), endpoint: ENDPOINT.test(endpoint) ? endpoint : null };
  },
};

/** States of instances. */
const INSTANCE_STATUS: Readonly<Record<string, InstanceStatus>> = Object.freeze({
  normal: "RUNNING",
  creating: "CREATING",
  changing: "CHANGING",
  flushing: "CHANGING",
  transforming: "CHANGING",
  migrating: "CHANGING",
  backuprecovering: "CHANGING",
  minorversionupgrading: "CHANGING",
  majorversionupgrading: "CHANGING",
  networkmodifying: "CHANGING",
  sslmodifying: "CHANGING",
  inactive: "STOPPED",
  unavailable: "STOPPED",
  // Its creation failed.
  error: "FAILED",
  released: "DELETED",
});

const total = (payload: Row): number | null => count(payload, "TotalCount");

/** Clusters outside the classic architecture have a backup list of their own; DescribeBackups refuses them. */
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
export const kvstoreInstances: InstanceListing = {
  name: "kvstore-instances",
  action: "DescribeInstances",
  scope: "region",
  statuses: INSTANCE_STATUS,
  shape: {
    page: { style: "pageNumber", page: "PageNumber", size: "PageSize", max: 50 },
    window: null,
    defaultSize: 30,
    order: "unknown",
    counts: "rows",
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
