import type { MappedBackup } from "../../domain/backup.js";
import type { Row } from "../../domain/row.js";
import type { BackupListing, InstanceListing, ListScope } from "../../listing/declaration.js";
import {
  child,
  count,
  earliest,
  instantSeconds,
  isForeign,
  list,
  NOTHING_SAID,
  optionalText,
  ownerOf,
  tagsOf,
  text,
  withoutLinks,
  word,
} from "../kit/decode.js";
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

const tokenOf = (payload: Row): string | null => optionalText(payload, "NextToken");

/** Codes for a token that has expired. The first page was accepted, so nothing else can be wrong. */
const TOKEN_REFUSED = ["InvalidParameterValueException", "InvalidParameterCombinationException"];

/** Clusters, which are always encrypted and have no time of creation: action DescribeClusters. */
export const clusters: InstanceListing = {
  name: "memorydb-clusters",
  action: "memorydb:DescribeClusters",
  scope: "region",
  statuses: INSTANCE_STATUS,
  shape: shapeOf("NextToken", 50),
  params: () => ({}),
  rows: (payload) => list(payload, "Clusters"),
  total: () => null,
  nextToken: tokenOf,
  tokenRefusedOn: TOKEN_REFUSED,
  keyOf: (row) => text(row, "Name"),
  map: (row) => ({
    ...instanceFacts(row, text(row, "Name"), "Status"),
    engineVersion: optionalText(row, "EnginePatchVersion") ?? optionalText(row, "EngineVersion"),
    createdAt: null,
    shardCount: count(row, "NumberOfShards"),
    encrypted: true,
    listing: "memorydb-cluster-snapshots",
  }),
};

function mapSnapshot(row: Row, scope: ListScope): MappedBackup | null {
  const cluster = child(row, "ClusterConfiguration") ?? {};
  if (isForeign(cluster, "Name", scope)) return null;
  const shards = Array.isArray(cluster["Shards"]) ? (cluster["Shards"] as unknown[]) : [];
  const startedAt = earliest(shards, "SnapshotCreationTime", instantSeconds);
  const trigger = word(row, "Source", SNAPSHOT_SOURCE, "UNKNOWN");
  return {
    ...NOTHING_SAID,
    instanceNativeId: ownerOf(cluster, "Name", scope),
    nativeId: text(row, "Name"),
    name: optionalText(row, "Name"),
    status: word(row, "Status", SNAPSHOT_STATUS, "UNKNOWN"),
    vendorStatus: optionalText(row, "Status") ?? "",
    trigger,
    kind: "FULL",
    startedAt,
    expiresAt: expiryOf(cluster, { startedAt, trigger }),
    shardCount: count(cluster, "NumShards") ?? (shards.length || null),
    engineVersion: optionalText(cluster, "EngineVersion"),
    encrypted: true,
  };
}

/**
 * All snapshots of a region, also of deleted clusters: action DescribeSnapshots.
 *
 * A snapshot starts with the first of its shards, which are shown only if ShowDetail asks for them.
 */
export const snapshots: BackupListing = {
  name: "memorydb-snapshots",
  action: "memorydb:DescribeSnapshots",
  scope: "region",
  statuses: SNAPSHOT_STATUS,
  shape: shapeOf("NextToken", 50),
  refusedBy: ["AccessDeniedException"],
  params: () => ({ ShowDetail: true }),
  rows: (payload) => list(payload, "Snapshots"),
  total: () => null,
  nextToken: tokenOf,
  tokenRefusedOn: TOKEN_REFUSED,
  keyOf: (row) => text(row, "Name"),
  sizes: "inexact",
  map: mapSnapshot,
  withoutLinks,
};

/** The snapshots of one cluster. */
export const clusterSnapshots: BackupListing = {
  ...snapshots,
  name: "memorydb-cluster-snapshots",
  scope: "instance",
  refusedBy: [],
  params: ({ instance }) => ({ ClusterName: instance?.nativeId, ShowDetail: true }),
};

/** The tags of a cluster: action ListTags. */
export const tags = tagsBy("memorydb:ListTags", "ResourceArn", (payload) =>
  tagsOf(list(payload, "TagList"), { key: "Key", value: "Value" }),
);
