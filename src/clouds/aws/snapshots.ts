import type { Row } from "../../domain/row.js";
import { membersOf } from "../estate/members.js";
import { hashOf } from "../estate/random.js";
import { compareRows } from "../estate/shelf.js";
import type { BackupRow, ElastiCacheInstance } from "../estate/types.js";
import type { Action, CloudCall, CloudContext } from "../vendorCloud.js";
import { arnOf, clustersOf, noCluster, nodeTypeOf, shardName } from "./instances.js";
import { askedPage, checkNames, flagOf, isoOf, MARKER_PAGES } from "./params.js";
import { refused, sourceOf, textOf } from "./params.js";

const PRODUCT = "AWS_ELASTICACHE";
const SIZES = { least: 20, most: 50, usual: 50 };
const SECOND = 1000;
const MEBIBYTE = 1_048_576;

/**
 * DescribeSnapshots: the snapshots of a region, of a group or of a cluster, in no documented order.
 *
 * A snapshot has a start only for each node, and none while it is being made. One of a group without
 * cluster mode names the member that it was made of instead of the group. Manual snapshots stay after
 * their owner is deleted.
 * Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeSnapshots.html,
 * read 2026-11-29.
 */
export const describeSnapshots: Action = (call, context) => {
  const { params } = call;
  checkNames(params, [
    "CacheClusterId",
    "Marker",
    "MaxRecords",
    "ReplicationGroupId",
    "ShowNodeGroupConfig",
    "SnapshotName",
    "SnapshotSource",
  ]);
  const isConfigShown = flagOf(params, "ShowNodeGroupConfig", MARKER_PAGES);
  const source = sourceOf(params, "SnapshotSource", MARKER_PAGES);
  const rows = askedRows(call, context).filter(({ trigger }) => trigger === (source ?? trigger));
  const page = askedPage(
    call,
    { list: orderedRows(rows, context), sizes: SIZES, protocol: MARKER_PAGES },
    context,
  );
  return {
    Marker: page.next,
    Snapshots: { Snapshot: page.rows.map((row) => wireRow(row, isConfigShown, context)) },
  };
};

/** The rows of a list of backups in the order of the vendor's knob. */
export const orderedRows = (rows: readonly BackupRow[], { knobs }: CloudContext) => ({
  rows,
  placeOf: (row: BackupRow) => row,
  compare: compareRows(knobs.aws.order),
});

function askedRows(call: CloudCall, context: CloudContext): readonly BackupRow[] {
  const group = textOf(call.params, "ReplicationGroupId");
  const cluster = textOf(call.params, "CacheClusterId");
  if (group !== null && cluster !== null)
    throw refused(
      MARKER_PAGES.invalidCombination,
      "Only one of ReplicationGroupId and CacheClusterId may be given.",
    );
  const rows = rowsOf(call, { group, cluster }, context);
  const name = textOf(call.params, "SnapshotName");
  if (name === null) return rows;
  const named = rows.filter(({ nativeId }) => nativeId === name);
  if (named.length === 0)
    throw refused("SnapshotNotFoundFault", `Snapshot ${name} not found.`, 404);
  return named;
}

/**
 * No document says whether the filter by group finds the snapshots of its members, so a knob does. They
 * can always be found by the member.
 */
function rowsOf(
  call: CloudCall,
  { group, cluster }: { readonly group: string | null; readonly cluster: string | null },
  context: CloudContext,
): readonly BackupRow[] {
  const scope = { product: PRODUCT, region: call.region ?? "" } as const;
  if (group !== null)
    return context
      .rows({ ...scope, instance: group })
      .filter(
        (row) =>
          ownerOf(row, context).kind === "group" &&
          (row.shard === null || context.knobs.aws.groupFilter === "finds"),
      );
  const all = context.rows({ ...scope, instance: null });
  if (cluster === null) return all;
  const rows = all.filter((row) => memberOf(row, context) === cluster);
  if (rows.length === 0 && !clustersOf(call, context).some(({ id }) => id === cluster))
    throw noCluster(cluster);
  return rows;
}

const ownerOf = (row: BackupRow, { estate }: CloudContext): ElastiCacheInstance =>
  estate.instance(PRODUCT, row.instanceNativeId) as ElastiCacheInstance;

/** The cluster that a row names. Null for a group with cluster mode. */
function memberOf(row: BackupRow, context: CloudContext): string | null {
  const owner = ownerOf(row, context);
  return owner.kind === "cluster" ? owner.nativeId : row.shard;
}

function wireRow(row: BackupRow, isConfigShown: boolean, context: CloudContext): Row {
  const owner = ownerOf(row, context);
  const member = memberOf(row, context);
  return {
    SnapshotName: row.nativeId,
    ...(member === null
      ? {
          ReplicationGroupId: owner.nativeId,
          ReplicationGroupDescription: owner.description,
          AutomaticFailover: "enabled",
        }
      : {
          CacheClusterId: member,
          NumCacheNodes: 1,
          PreferredAvailabilityZone: row.zone,
          CacheClusterCreateTime: isoOf(owner.createdAt),
          AutomaticFailover: "disabled",
        }),
    SnapshotStatus: row.status,
    SnapshotSource: row.trigger,
    CacheNodeType: nodeTypeOf(owner),
    Engine: owner.engine,
    EngineVersion: row.engineVersion,
    PreferredMaintenanceWindow: "sun:05:00-sun:06:00",
    Port: 6379,
    CacheParameterGroupName: `default.${owner.engine}${owner.engineVersion.slice(0, 1)}`,
    CacheSubnetGroupName: "default",
    VpcId: "vpc-0a1b2c3d",
    AutoMinorVersionUpgrade: true,
    SnapshotRetentionLimit: owner.retentionDays,
    SnapshotWindow: "03:00-04:00",
    NumNodeGroups: member === null ? (row.blockCount ?? 1) : undefined,
    NodeSnapshots: { NodeSnapshot: nodesOf(row, owner, isConfigShown) },
    ...(owner.kmsKey === null ? {} : { KmsKeyId: owner.kmsKey }),
    ARN: arnOf(row.region, `snapshot:${row.nativeId}`),
    DataTiering: "disabled",
  };
}

function nodesOf(row: BackupRow, owner: ElastiCacheInstance, isConfigShown: boolean): Row[] {
  const members = membersOf(owner);
  return Array.from({ length: row.blockCount ?? 1 }, (_, index) => ({
    ...(row.shard === null && owner.kind === "group"
      ? {
          CacheClusterId: members[(index + 1) * (owner.replicas + 1) - 1],
          NodeGroupId: shardName(index),
          ...(isConfigShown ? { NodeGroupConfiguration: { ReplicaCount: owner.replicas } } : {}),
        }
      : {}),
    CacheNodeId: "0001",
    CacheSize: sizeTextOf(row, index),
    CacheNodeCreateTime: isoOf(owner.createdAt),
    ...(isMade(row) ? { SnapshotCreateTime: isoOf(shardStart(row, index)) } : {}),
  }));
}

/** Whether a snapshot has times and sizes. */
export const isMade = ({ status }: BackupRow): boolean => status !== "creating";

/**
 * When the snapshot of a shard began. Exactly one, which need not be the first, begins with the backup;
 * the others follow within seconds.
 */
export function shardStart(row: BackupRow, index: number): number {
  const shards = row.blockCount ?? 1;
  const place = (index + hashOf(row.nativeId)) % shards;
  return row.startedAt + (place === 0 ? 0 : place * SECOND + 345);
}

/** A rounded size as text. It is empty for some shards, and for all while the snapshot is being made. */
export function sizeTextOf(row: BackupRow, index: number): string {
  const shards = row.blockCount ?? 1;
  const isEmpty = index > 0 && hashOf(`${row.nativeId} ${index}`) % 5 === 0;
  if (row.sizeBytes === null || !isMade(row) || isEmpty) return "";
  return `${Math.max(1, Math.round(row.sizeBytes / shards / MEBIBYTE))} MB`;
}
