import type { MappedBackup } from "../../domain/backup.js";
import type { Row } from "../../domain/row.js";
import { child, earliest, instantSeconds, list, mandatory, tagsOf } from "../kit/decode.js";
import { backupList, instanceList } from "../kit/lists.js";
import {
  expiryOf,
  INSTANCE_STATUS,
  instanceFacts,
  shapeOf,
  SNAPSHOT_SOURCE,
  SNAPSHOT_STATUS,
  tagsBy,
} from "./words.js";

/*
 * Amazon MemoryDB, API version 2021-01-01.
 *
 * Pages:  NextToken and MaxResults, whose limits are not documented; 50 is taken. Order, window and count: none.
 * Times:  seconds with a fraction, as a JSON number. Sizes: of shards as text such as `33 MB`, whose unit is not
 *         documented.
 * Source: the pages of the actions in https://docs.aws.amazon.com/memorydb/latest/APIReference/, read 2026-11-29.
 *
 * Left out: ShowShardDetails (nodes and slots); node types, networks, ACLs, windows of maintenance.
 */

/** Codes for a token that has expired. The first page was accepted, so nothing else can be wrong. */
const TOKEN_REFUSED = ["InvalidParameterValueException", "InvalidParameterCombinationException"];

/** Clusters, which are always encrypted and have no time of creation: action DescribeClusters. */
export const clusters = instanceList({
  name: "memorydb-clusters",
  action: "memorydb:DescribeClusters",
  scope: "region",
  shape: shapeOf("NextToken", 50),
  rows: "Clusters",
  tokenRefusedOn: TOKEN_REFUSED,
  fields: {
    nativeId: "Name",
    status: "Status",
    engineVersion: ["EnginePatchVersion", "EngineVersion"],
    shardCount: "NumberOfShards",
  },
  words: { status: INSTANCE_STATUS },
  always: { encrypted: true, listing: "memorydb-cluster-snapshots" },
  derived: instanceFacts,
});

const snapshotData = {
  action: "memorydb:DescribeSnapshots",
  shape: shapeOf("NextToken", 50),
  // Shards, and so the start of a snapshot, are shown only if they are asked for.
  params: { ShowDetail: true },
  rows: "Snapshots",
  tokenRefusedOn: TOKEN_REFUSED,
  fields: {
    nativeId: "Name",
    instanceNativeId: "ClusterConfiguration.Name",
    name: "Name",
    status: "Status",
    trigger: "Source",
    shardCount: "ClusterConfiguration.NumShards",
    engineVersion: "ClusterConfiguration.EngineVersion",
  },
  words: { status: SNAPSHOT_STATUS, trigger: SNAPSHOT_SOURCE },
  always: { kind: "FULL", encrypted: true },
  sizes: "inexact",
  derived(row: Row, { trigger, shardCount }: Pick<MappedBackup, "trigger" | "shardCount">) {
    const cluster = child(row, "ClusterConfiguration") ?? {};
    const shards = Array.isArray(cluster["Shards"]) ? (cluster["Shards"] as unknown[]) : [];
    const startedAt = earliest(shards, "SnapshotCreationTime", mandatory(instantSeconds));
    return {
      startedAt,
      expiresAt: expiryOf(cluster, { startedAt, trigger }),
      shardCount: shardCount ?? (shards.length || null),
    };
  },
} as const;

/**
 * All snapshots of a region, also of deleted clusters: action DescribeSnapshots.
 *
 * A snapshot starts with the first of its shards.
 */
export const snapshots = backupList({
  ...snapshotData,
  name: "memorydb-snapshots",
  scope: "region",
  refusedBy: ["AccessDeniedException"],
});

/** The snapshots of one cluster. */
export const clusterSnapshots = backupList({
  ...snapshotData,
  name: "memorydb-cluster-snapshots",
  scope: "instance",
  asksFor: { instance: "ClusterName" },
});

/** The tags of a cluster: action ListTags. */
export const tags = tagsBy("memorydb:ListTags", "ResourceArn", (payload) =>
  tagsOf(list(payload, "TagList"), { key: "Key", value: "Value" }),
);
