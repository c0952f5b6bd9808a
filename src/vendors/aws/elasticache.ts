import type { Row } from "../../domain/row.js";
import type { MappedBackup } from "../../domain/backup.js";
import type { BackupListing, InstanceListing, ListScope } from "../../listing/declaration.js";
import {
  child,
  count,
  earliest,
  flag,
  instantUtc,
  isForeign,
  NOTHING_SAID,
  optionalText,
  ownerOf,
  tagsOf,
  text,
  withoutLinks,
  word,
  xmlList,
} from "../kit/decode.js";
import {
  expiryOf,
  INSTANCE_STATUS,
  instanceFacts,
  isMemcached,
  scheduledRows,
  shapeOf,
  SNAPSHOT_SOURCE,
  SNAPSHOT_STATUS,
  tagsBy,
} from "./words.js";

/*
 * Amazon ElastiCache, API version 2015-02-02.
 *
 * Pages:  Marker and MaxRecords (20 to 100, snapshots 20 to 50), or NextToken and MaxResults (at most 50) for
 *         serverless caches. Order, window and count: none. Times: ISO 8601 in UTC.
 * Sizes:  of nodes as text such as `41 MB`, whose unit is not documented; of serverless caches in bytes.
 * Source: the pages of the actions in https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/, and
 *         https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups.html, read 2026-11-29.
 *
 * Left out: ShowNodeGroupConfig (slots and zones of shards); node types, networks, windows of maintenance.
 */

const markerOf = (payload: Row): string | null => optionalText(payload, "Marker");
const tokenOf = (payload: Row): string | null => optionalText(payload, "NextToken");

/** Codes for a token that has expired. The first page was accepted, so nothing else can be wrong. */
const TOKEN_REFUSED = ["InvalidParameterValue", "InvalidParameterCombination"];

/** The members of an optional list. */
const members = (row: Row, path: string, member: string): readonly unknown[] =>
  row[path] === undefined ? [] : xmlList(row, path, member);

/**
 * Replication groups: action DescribeReplicationGroups.
 *
 * Snapshots of a group without cluster mode name the member that they were taken of, and not the group. Whether
 * the list of the group's snapshots shows them is not documented, so they are read from the region's list.
 */
export const replicationGroups: InstanceListing = {
  name: "replication-groups",
  action: "elasticache:DescribeReplicationGroups",
  scope: "region",
  statuses: INSTANCE_STATUS,
  shape: shapeOf("Marker", 100),
  params: () => ({}),
  rows: (payload) => xmlList(payload, "ReplicationGroups", "ReplicationGroup"),
  total: () => null,
  nextToken: markerOf,
  tokenRefusedOn: TOKEN_REFUSED,
  keyOf: (row) => text(row, "ReplicationGroupId"),
  map: (row) => {
    if (isMemcached(row)) return null;
    const group = {
      ...instanceFacts(row, text(row, "ReplicationGroupId"), "Status"),
      engineVersion: null,
      createdAt: instantUtc(row, "ReplicationGroupCreateTime"),
      shardCount: members(row, "NodeGroups", "NodeGroup").length || null,
      encrypted: flag(row, "AtRestEncryptionEnabled"),
    };
    if (flag(row, "ClusterEnabled") === true) return { ...group, listing: "group-snapshots" };
    const clusters = members(row, "MemberClusters", "ClusterId");
    const own = clusters.filter((id) => typeof id === "string");
    return { ...group, members: own, listing: "snapshots" };
  },
};

/** Clusters of single nodes, outside replication groups: action DescribeCacheClusters. */
export const cacheClusters: InstanceListing = {
  name: "cache-clusters",
  action: "elasticache:DescribeCacheClusters",
  scope: "region",
  statuses: INSTANCE_STATUS,
  shape: shapeOf("Marker", 100),
  params: () => ({ ShowCacheClustersNotInReplicationGroups: true }),
  rows: (payload) => xmlList(payload, "CacheClusters", "CacheCluster"),
  total: () => null,
  nextToken: markerOf,
  tokenRefusedOn: TOKEN_REFUSED,
  keyOf: (row) => text(row, "CacheClusterId"),
  map: (row) =>
    isMemcached(row) || optionalText(row, "ReplicationGroupId") !== null
      ? null
      : {
          ...instanceFacts(row, text(row, "CacheClusterId"), "CacheClusterStatus"),
          zone: optionalText(row, "PreferredAvailabilityZone"),
          engineVersion: optionalText(row, "EngineVersion"),
          createdAt: instantUtc(row, "CacheClusterCreateTime"),
          shardCount: 1,
          encrypted: flag(row, "AtRestEncryptionEnabled"),
          listing: "cluster-snapshots",
        },
};

/** The group that a snapshot belongs to, else the cluster. */
const ownerFieldOf = (row: Row): "ReplicationGroupId" | "CacheClusterId" =>
  optionalText(row, "ReplicationGroupId") === null ? "CacheClusterId" : "ReplicationGroupId";

function mapSnapshot(row: Row, scope: ListScope): MappedBackup | null {
  const owner = ownerFieldOf(row);
  if (isMemcached(row) || isForeign(row, owner, scope)) return null;
  const nodes = members(row, "NodeSnapshots", "NodeSnapshot");
  const startedAt = earliest(nodes, "SnapshotCreateTime", instantUtc);
  const trigger = word(row, "SnapshotSource", SNAPSHOT_SOURCE, "UNKNOWN");
  return {
    ...NOTHING_SAID,
    instanceNativeId: ownerOf(row, owner, scope),
    nativeId: text(row, "SnapshotName"),
    name: optionalText(row, "SnapshotName"),
    status: word(row, "SnapshotStatus", SNAPSHOT_STATUS, "UNKNOWN"),
    vendorStatus: optionalText(row, "SnapshotStatus") ?? "",
    trigger,
    kind: "FULL",
    startedAt,
    expiresAt: expiryOf(row, { startedAt, trigger }),
    shardCount: count(row, "NumNodeGroups") ?? (nodes.length || null),
    engineVersion: optionalText(row, "EngineVersion"),
    // Without a key of its own it may be encrypted with one of AWS, or not at all.
    encrypted: optionalText(row, "KmsKeyId") === null ? null : true,
  };
}

/**
 * All snapshots of a region, also of deleted groups and clusters: action DescribeSnapshots.
 *
 * A snapshot has no start of its own: it starts with the first of its nodes. One that is being created has none
 * at all yet.
 */
export const snapshots: BackupListing = {
  name: "snapshots",
  action: "elasticache:DescribeSnapshots",
  scope: "region",
  statuses: SNAPSHOT_STATUS,
  shape: shapeOf("Marker", 50),
  refusedBy: ["AccessDenied"],
  ownedByMember: (row) => ownerFieldOf(row) === "CacheClusterId",
  expectedRows: scheduledRows,
  params: () => ({}),
  rows: (payload) => xmlList(payload, "Snapshots", "Snapshot"),
  total: () => null,
  nextToken: markerOf,
  tokenRefusedOn: TOKEN_REFUSED,
  keyOf: (row) => text(row, "SnapshotName"),
  sizes: "inexact",
  map: mapSnapshot,
  withoutLinks,
};

const ofInstance = (
  name: string,
  field: "ReplicationGroupId" | "CacheClusterId",
): BackupListing => {
  const { ownedByMember: _, ...rest } = snapshots;
  return {
    ...rest,
    name,
    scope: "instance",
    refusedBy: [],
    params: ({ instance }) => ({ [field]: instance?.nativeId }),
  };
};

/** The snapshots of one group with cluster mode. */
export const groupSnapshots = ofInstance("group-snapshots", "ReplicationGroupId");

/** The snapshots of one cluster outside groups. */
export const clusterSnapshots = ofInstance("cluster-snapshots", "CacheClusterId");

/** Serverless caches, which are always encrypted: action DescribeServerlessCaches. */
export const serverlessCaches: InstanceListing = {
  name: "serverless-caches",
  action: "elasticache:DescribeServerlessCaches",
  scope: "region",
  statuses: INSTANCE_STATUS,
  shape: shapeOf("NextToken", 50),
  params: () => ({}),
  rows: (payload) => xmlList(payload, "ServerlessCaches", "member"),
  total: () => null,
  nextToken: tokenOf,
  tokenRefusedOn: TOKEN_REFUSED,
  keyOf: (row) => text(row, "ServerlessCacheName"),
  map: (row) =>
    isMemcached(row)
      ? null
      : {
          ...instanceFacts(row, text(row, "ServerlessCacheName"), "Status"),
          engineVersion:
            optionalText(row, "FullEngineVersion") ?? optionalText(row, "MajorEngineVersion"),
          createdAt: instantUtc(row, "CreateTime"),
          shardCount: null,
          encrypted: true,
          listing: "serverless-cache-snapshots",
        },
};

const SERVERLESS_OWNER = "ServerlessCacheName";

function mapServerlessSnapshot(row: Row, scope: ListScope): MappedBackup | null {
  const cache = child(row, "ServerlessCacheConfiguration") ?? {};
  if (isMemcached(cache) || isForeign(cache, SERVERLESS_OWNER, scope)) return null;
  return {
    ...NOTHING_SAID,
    instanceNativeId: ownerOf(cache, SERVERLESS_OWNER, scope),
    nativeId: text(row, "ServerlessCacheSnapshotName"),
    name: optionalText(row, "ServerlessCacheSnapshotName"),
    status: word(row, "Status", SNAPSHOT_STATUS, "UNKNOWN"),
    vendorStatus: optionalText(row, "Status") ?? "",
    trigger: word(row, "SnapshotType", SNAPSHOT_SOURCE, "UNKNOWN"),
    kind: "FULL",
    startedAt: instantUtc(row, "CreateTime"),
    expiresAt: instantUtc(row, "ExpiryTime"),
    sizeBytes: count(row, "BytesUsedForCache"),
    engineVersion: optionalText(cache, "MajorEngineVersion"),
    encrypted: true,
  };
}

/** All snapshots of serverless caches of a region, also of deleted ones: action DescribeServerlessCacheSnapshots. */
export const serverlessSnapshots: BackupListing = {
  name: "serverless-snapshots",
  action: "elasticache:DescribeServerlessCacheSnapshots",
  scope: "region",
  statuses: SNAPSHOT_STATUS,
  shape: shapeOf("NextToken", 50),
  refusedBy: ["AccessDenied"],
  expectedRows: scheduledRows,
  params: () => ({}),
  rows: (payload) => xmlList(payload, "ServerlessCacheSnapshots", "ServerlessCacheSnapshot"),
  total: () => null,
  nextToken: tokenOf,
  tokenRefusedOn: TOKEN_REFUSED,
  keyOf: (row) => text(row, "ServerlessCacheSnapshotName"),
  sizes: "exact",
  map: mapServerlessSnapshot,
  withoutLinks,
};

/** The snapshots of one serverless cache. */
export const serverlessCacheSnapshots: BackupListing = {
  ...serverlessSnapshots,
  name: "serverless-cache-snapshots",
  scope: "instance",
  refusedBy: [],
  params: ({ instance }) => ({ ServerlessCacheName: instance?.nativeId }),
};

/** The tags of a group, a cluster or a serverless cache: action ListTagsForResource. */
export const tags = tagsBy("elasticache:ListTagsForResource", "ResourceName", (payload) =>
  tagsOf(xmlList(payload, "TagList", "Tag"), { key: "Key", value: "Value" }),
);
