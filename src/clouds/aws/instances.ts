import type { Row } from "../../domain/row.js";
import { membersOf } from "../estate/members.js";
import type { ElastiCacheInstance } from "../estate/types.js";
import type { Action, CloudCall, CloudContext } from "../vendorCloud.js";
import type { Ordered } from "./markers.js";
import { ACCOUNT, askedPage, checkNames, flagOf, isoOf, MARKER_PAGES } from "./params.js";
import { refused, textOf } from "./params.js";

const PRODUCT = "AWS_ELASTICACHE";
const SIZES = { least: 20, most: 100, usual: 100 };

/** A cache cluster: a single one, or a member of a group. */
interface Cluster {
  readonly id: string;
  readonly owner: ElastiCacheInstance;
}

/** Lists of instances are ordered by creation and id. */
export const byCreation: Ordered<unknown>["compare"] = (a, b) =>
  a.startedAt - b.startedAt || (a.nativeId < b.nativeId ? -1 : a.nativeId > b.nativeId ? 1 : 0);

/** The existing groups and single clusters of a call's region. */
export const elastiCachesOf = (
  { region }: CloudCall,
  { estate }: CloudContext,
): readonly ElastiCacheInstance[] =>
  estate.instances(PRODUCT, region ?? "") as readonly ElastiCacheInstance[];

/**
 * DescribeReplicationGroups: the groups of a region. Their rows have no engine version.
 *
 * Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeReplicationGroups.html,
 * read 2026-11-29.
 */
export const describeReplicationGroups: Action = (call, context) => {
  const { params } = call;
  checkNames(params, ["ReplicationGroupId", "Marker", "MaxRecords"]);
  const id = textOf(params, "ReplicationGroupId");
  const groups = elastiCachesOf(call, context).filter(
    ({ kind, nativeId }) => kind === "group" && (id === null || nativeId === id),
  );
  if (id !== null && groups.length === 0)
    throw refused("ReplicationGroupNotFoundFault", `ReplicationGroup ${id} not found.`, 404);
  const list = { rows: groups, placeOf: placeOfInstance, compare: byCreation };
  const page = askedPage(call, { list, sizes: SIZES, protocol: MARKER_PAGES }, context);
  return {
    Marker: page.next,
    ReplicationGroups: { ReplicationGroup: page.rows.map(groupRow) },
  };
};

/** The place of an instance in a list. */
export const placeOfInstance = ({
  createdAt,
  nativeId,
}: {
  readonly createdAt: number;
  readonly nativeId: string;
}) => ({ startedAt: createdAt, nativeId, instanceNativeId: "" });

/** The ARN of something of this account. */
export const arnOf = (region: string, resource: string, service = "elasticache"): string =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${resource}`;

/** The type of the nodes, by their memory. */
export const nodeTypeOf = ({ memoryMb }: { readonly memoryMb: number }, prefix = "cache"): string =>
  `${prefix}.r7g.${memoryMb < 4096 ? "large" : memoryMb < 16_384 ? "xlarge" : "2xlarge"}`;

function groupRow(group: ElastiCacheInstance): Row {
  const { nativeId, region, status, clusterMode, retentionDays } = group;
  return {
    ReplicationGroupId: nativeId,
    Description: group.description,
    Status: status,
    PendingModifiedValues: "",
    MemberClusters: { ClusterId: membersOf(group) },
    NodeGroups: { NodeGroup: status === "creating" ? [] : shardsOf(group).map(nodeGroup) },
    ...(retentionDays > 0 ? { SnapshottingClusterId: membersOf(group).at(-1) } : {}),
    AutomaticFailover: group.replicas > 0 ? "enabled" : "disabled",
    MultiAZ: group.replicas > 0 ? "enabled" : "disabled",
    ...(clusterMode
      ? { ConfigurationEndpoint: { Address: `clustercfg.${addressOf(group)}`, Port: 6379 } }
      : {}),
    SnapshotRetentionLimit: retentionDays,
    SnapshotWindow: "03:00-04:00",
    ClusterEnabled: clusterMode,
    CacheNodeType: nodeTypeOf(group),
    AuthTokenEnabled: false,
    TransitEncryptionEnabled: true,
    AtRestEncryptionEnabled: group.encrypted,
    ...(group.kmsKey === null ? {} : { KmsKeyId: group.kmsKey }),
    ARN: arnOf(region, `replicationgroup:${nativeId}`),
    ReplicationGroupCreateTime: isoOf(group.createdAt),
    DataTiering: "disabled",
    AutoMinorVersionUpgrade: true,
    NetworkType: "ipv4",
    IpDiscovery: "ipv4",
    TransitEncryptionMode: "required",
    ClusterMode: clusterMode ? "enabled" : "disabled",
    Engine: group.engine,
  };
}

const addressOf = ({ nativeId, region }: ElastiCacheInstance): string =>
  `${nativeId}.x1y2z3.${region === "us-east-1" ? "use1" : "euw1"}.cache.amazonaws.com`;

/** The number of a shard, as AWS writes it. */
export const shardName = (index: number): string => String(index + 1).padStart(4, "0");

interface Shard {
  readonly group: ElastiCacheInstance;
  readonly index: number;
  readonly members: readonly string[];
}

function shardsOf(group: ElastiCacheInstance): Shard[] {
  const each = group.replicas + 1;
  return Array.from({ length: group.shardCount }, (_, index) => ({
    group,
    index,
    members: membersOf(group).slice(index * each, (index + 1) * each),
  }));
}

const nodeGroup = ({ group, index, members }: Shard): Row => ({
  NodeGroupId: shardName(index),
  Status: "available",
  ...(group.clusterMode
    ? {}
    : { PrimaryEndpoint: { Address: `master.${addressOf(group)}`, Port: 6379 } }),
  NodeGroupMembers: {
    NodeGroupMember: members.map((id, place) => ({
      CacheClusterId: id,
      CacheNodeId: "0001",
      PreferredAvailabilityZone: group.zone,
      ...(group.clusterMode ? {} : { CurrentRole: place === 0 ? "primary" : "replica" }),
    })),
  },
});

/**
 * DescribeCacheClusters: single clusters, and unless a flag says otherwise the members of groups.
 *
 * Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeCacheClusters.html,
 * read 2026-11-29.
 */
export const describeCacheClusters: Action = (call, context) => {
  const { params } = call;
  checkNames(params, [
    "CacheClusterId",
    "Marker",
    "MaxRecords",
    "ShowCacheClustersNotInReplicationGroups",
    "ShowCacheNodeInfo",
  ]);
  const id = textOf(params, "CacheClusterId");
  flagOf(params, "ShowCacheNodeInfo", MARKER_PAGES);
  const isSingleOnly = flagOf(params, "ShowCacheClustersNotInReplicationGroups", MARKER_PAGES);
  const clusters = clustersOf(call, context).filter(
    (cluster) =>
      (id === null || cluster.id === id) && !(isSingleOnly && cluster.owner.kind === "group"),
  );
  if (id !== null && clusters.length === 0) throw noCluster(id);
  const page = askedPage(
    call,
    {
      list: { rows: clusters, placeOf: placeOfCluster, compare: byCreation },
      sizes: SIZES,
      protocol: MARKER_PAGES,
    },
    context,
  );
  return { Marker: page.next, CacheClusters: { CacheCluster: page.rows.map(clusterRow) } };
};

/** The refusal of an unknown cluster. */
export const noCluster = (id: string) =>
  refused("CacheClusterNotFound", `CacheCluster not found: ${id}`, 404);

/** All clusters of a region, in the order of their list. */
export const clustersOf = (call: CloudCall, context: CloudContext): readonly Cluster[] =>
  elastiCachesOf(call, context)
    .flatMap((owner) => membersOf(owner).map((id) => ({ id, owner })))
    .sort((a, b) => byCreation(placeOfCluster(a), placeOfCluster(b)));

const placeOfCluster = ({ id, owner }: Cluster) =>
  placeOfInstance({ createdAt: owner.createdAt, nativeId: id });

const clusterRow = ({ id, owner }: Cluster): Row => ({
  CacheClusterId: id,
  ...(owner.kind === "group" ? { ReplicationGroupId: owner.nativeId } : {}),
  CacheNodeType: nodeTypeOf(owner),
  Engine: owner.engine,
  EngineVersion: owner.engineVersion,
  CacheClusterStatus: owner.status,
  NumCacheNodes: 1,
  PreferredAvailabilityZone: owner.zone,
  CacheClusterCreateTime: isoOf(owner.createdAt),
  PreferredMaintenanceWindow: "sun:05:00-sun:06:00",
  PendingModifiedValues: "",
  CacheSecurityGroups: "",
  CacheSubnetGroupName: "default",
  AutoMinorVersionUpgrade: true,
  // Only one member of a group is snapshotted, and its own row says so.
  SnapshotRetentionLimit:
    owner.kind === "group" && id !== membersOf(owner).at(-1) ? 0 : owner.retentionDays,
  SnapshotWindow: "03:00-04:00",
  AuthTokenEnabled: false,
  TransitEncryptionEnabled: owner.kind === "group",
  AtRestEncryptionEnabled: owner.encrypted,
  ARN: arnOf(owner.region, `cluster:${id}`),
  NetworkType: "ipv4",
  IpDiscovery: "ipv4",
});
