import type { MappedBackup } from "../../domain/backup.js";
import type { Row } from "../../domain/row.js";
import {
  earliest,
  flag,
  instantUtc,
  mandatory,
  optionalText,
  tagsOf,
  xmlList,
} from "../kit/decode.js";
import { backupList, instanceList } from "../kit/lists.js";
import {
  expiryOf,
  INSTANCE_STATUS,
  instanceFacts,
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

/** Codes for a token that has expired. The first page was accepted, so nothing else can be wrong. */
const TOKEN_REFUSED = ["InvalidParameterValue", "InvalidParameterCombination"];

/** Memcached shares the API. */
const MEMCACHED = { Engine: "memcached" };

/** The members of an optional list. */
const members = (row: Row, path: string, member: string): readonly unknown[] =>
  row[path] === undefined ? [] : xmlList(row, path, member);

/**
 * Replication groups: action DescribeReplicationGroups.
 *
 * Snapshots of a group without cluster mode name the member that they were taken of, and not the group. Whether
 * the list of the group's snapshots shows them is not documented, so they are read from the region's list.
 */
export const replicationGroups = instanceList({
  name: "replication-groups",
  action: "elasticache:DescribeReplicationGroups",
  scope: "region",
  shape: shapeOf("Marker", 100),
  rows: ["ReplicationGroups", "ReplicationGroup"],
  tokenRefusedOn: TOKEN_REFUSED,
  leftOut: MEMCACHED,
  fields: {
    nativeId: "ReplicationGroupId",
    status: "Status",
    createdAt: "ReplicationGroupCreateTime",
    encrypted: "AtRestEncryptionEnabled",
  },
  words: { status: INSTANCE_STATUS },
  derived(row) {
    const facts = {
      ...instanceFacts(row),
      shardCount: members(row, "NodeGroups", "NodeGroup").length || null,
    };
    if (flag(row, "ClusterEnabled") === true) return { listing: "group-snapshots", ...facts };
    const clusters = members(row, "MemberClusters", "ClusterId");
    const own = clusters.filter((id) => typeof id === "string");
    return { members: own, listing: "snapshots", ...facts };
  },
});

/** Clusters of single nodes, outside replication groups: action DescribeCacheClusters. */
export const cacheClusters = instanceList({
  name: "cache-clusters",
  action: "elasticache:DescribeCacheClusters",
  scope: "region",
  shape: shapeOf("Marker", 100),
  params: { ShowCacheClustersNotInReplicationGroups: true },
  rows: ["CacheClusters", "CacheCluster"],
  tokenRefusedOn: TOKEN_REFUSED,
  leftOut: { ...MEMCACHED, ReplicationGroupId: "*" },
  fields: {
    nativeId: "CacheClusterId",
    zone: "PreferredAvailabilityZone",
    status: "CacheClusterStatus",
    engineVersion: "EngineVersion",
    createdAt: "CacheClusterCreateTime",
    encrypted: "AtRestEncryptionEnabled",
  },
  words: { status: INSTANCE_STATUS },
  always: { shardCount: 1, listing: "cluster-snapshots" },
  derived: instanceFacts,
});

const snapshotData = {
  action: "elasticache:DescribeSnapshots",
  shape: shapeOf("Marker", 50),
  rows: ["Snapshots", "Snapshot"],
  tokenRefusedOn: TOKEN_REFUSED,
  leftOut: MEMCACHED,
  fields: {
    nativeId: "SnapshotName",
    // A snapshot belongs to a group, else to a cluster.
    instanceNativeId: ["ReplicationGroupId", "CacheClusterId"],
    name: "SnapshotName",
    status: "SnapshotStatus",
    trigger: "SnapshotSource",
    shardCount: "NumNodeGroups",
    engineVersion: "EngineVersion",
  },
  words: { status: SNAPSHOT_STATUS, trigger: SNAPSHOT_SOURCE },
  always: { kind: "FULL" },
  sizes: "inexact",
  derived(row: Row, { trigger, shardCount }: Pick<MappedBackup, "trigger" | "shardCount">) {
    const nodes = members(row, "NodeSnapshots", "NodeSnapshot");
    const startedAt = earliest(nodes, "SnapshotCreateTime", mandatory(instantUtc));
    return {
      startedAt,
      expiresAt: expiryOf(row, { startedAt, trigger }),
      shardCount: shardCount ?? (nodes.length || null),
      // Without a key of its own it may be encrypted with one of AWS, or not at all.
      encrypted: optionalText(row, "KmsKeyId") === null ? null : true,
    };
  },
} as const;

/**
 * All snapshots of a region, also of deleted groups and clusters: action DescribeSnapshots.
 *
 * A snapshot has no start of its own: it starts with the first of its nodes. One that is being created has none
 * at all yet.
 */
export const snapshots = backupList({
  ...snapshotData,
  name: "snapshots",
  scope: "region",
  refusedBy: ["AccessDenied"],
  ownedByMember: (row) => optionalText(row, "ReplicationGroupId") === null,
  expectedRows: scheduledRows,
});

/** The snapshots of one group with cluster mode. */
export const groupSnapshots = backupList({
  ...snapshotData,
  name: "group-snapshots",
  scope: "instance",
  asksFor: { instance: "ReplicationGroupId" },
});

/** The snapshots of one cluster outside groups. */
export const clusterSnapshots = backupList({
  ...snapshotData,
  name: "cluster-snapshots",
  scope: "instance",
  asksFor: { instance: "CacheClusterId" },
});

/** Serverless caches, which are always encrypted: action DescribeServerlessCaches. */
export const serverlessCaches = instanceList({
  name: "serverless-caches",
  action: "elasticache:DescribeServerlessCaches",
  scope: "region",
  shape: shapeOf("NextToken", 50),
  rows: ["ServerlessCaches", "member"],
  tokenRefusedOn: TOKEN_REFUSED,
  leftOut: MEMCACHED,
  fields: {
    nativeId: "ServerlessCacheName",
    status: "Status",
    engineVersion: ["FullEngineVersion", "MajorEngineVersion"],
    createdAt: "CreateTime",
  },
  words: { status: INSTANCE_STATUS },
  always: { encrypted: true, listing: "serverless-cache-snapshots" },
  derived: instanceFacts,
});

const serverlessData = {
  action: "elasticache:DescribeServerlessCacheSnapshots",
  shape: shapeOf("NextToken", 50),
  rows: ["ServerlessCacheSnapshots", "ServerlessCacheSnapshot"],
  tokenRefusedOn: TOKEN_REFUSED,
  leftOut: { "ServerlessCacheConfiguration.Engine": "memcached" },
  fields: {
    nativeId: "ServerlessCacheSnapshotName",
    instanceNativeId: "ServerlessCacheConfiguration.ServerlessCacheName",
    name: "ServerlessCacheSnapshotName",
    status: "Status",
    trigger: "SnapshotType",
    startedAt: "CreateTime",
    expiresAt: "ExpiryTime",
    sizeBytes: "BytesUsedForCache",
    engineVersion: "ServerlessCacheConfiguration.MajorEngineVersion",
  },
  words: { status: SNAPSHOT_STATUS, trigger: SNAPSHOT_SOURCE },
  always: { kind: "FULL", encrypted: true },
  sizes: "exact",
} as const;

/** All snapshots of serverless caches of a region, also of deleted ones: action DescribeServerlessCacheSnapshots. */
export const serverlessSnapshots = backupList({
  ...serverlessData,
  name: "serverless-snapshots",
  scope: "region",
  refusedBy: ["AccessDenied"],
  expectedRows: scheduledRows,
});

/** The snapshots of one serverless cache. */
export const serverlessCacheSnapshots = backupList({
  ...serverlessData,
  name: "serverless-cache-snapshots",
  scope: "instance",
  asksFor: { instance: "ServerlessCacheName" },
});

/** The tags of a group, a cluster or a serverless cache: action ListTagsForResource. */
export const tags = tagsBy("elasticache:ListTagsForResource", "ResourceName", (payload) =>
  tagsOf(xmlList(payload, "TagList", "Tag"), { key: "Key", value: "Value" }),
);
