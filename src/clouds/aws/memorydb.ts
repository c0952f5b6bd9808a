import { isRow } from "../../domain/row.js";
import type { Row } from "../../domain/row.js";
import { REGIONS } from "../estate/regions.js";
import type { BackupRow, MemoryDbInstance } from "../estate/types.js";
import type { Action, CloudCall, CloudContext, Reply, VendorCloud } from "../vendorCloud.js";
import { refusal } from "../verify/request.js";
import type { ReceivedRequest, Refusal } from "../verify/request.js";
import { sigV4ScopeOf, verifySigV4 } from "../verify/sigv4.js";
import type { SigV4Fault } from "../verify/sigv4.js";
import { arnOf, byCreation, nodeTypeOf, placeOfInstance, shardName } from "./instances.js";
import { pageOfMarker } from "./markers.js";
import { askedPage, checkNames, flagOf, JSON_PAGES, refused, sourceOf, textOf } from "./params.js";
import { isMade, orderedRows, shardStart, sizeTextOf } from "./snapshots.js";
import { resourceOf, tagRows } from "./tags.js";

const PRODUCT = "AWS_MEMORYDB";
const TARGET = "AmazonMemoryDB.";
const SIZES = { least: 1, most: 100, usual: 100 };
/** Common errors come from a library of the vendor, whose name is part of them. */
const COMMON = "com.amazon.coral.service#";

const FAULTS: Readonly<Record<SigV4Fault["kind"], string>> = {
  missing: "MissingAuthenticationTokenException",
  malformed: "IncompleteSignatureException",
  unknownKey: "UnrecognizedClientException",
  token: "UnrecognizedClientException",
  scope: "InvalidSignatureException",
  skewed: "InvalidSignatureException",
  expired: "InvalidSignatureException",
  content: "InvalidSignatureException",
  signature: "InvalidSignatureException",
};

const describeClusters: Action = (call, context) => {
  const { params } = call;
  checkNames(params, ["ClusterName", "MaxResults", "NextToken", "ShowShardDetails"]);
  const isDetailed = flagOf(params, "ShowShardDetails", JSON_PAGES);
  const name = textOf(params, "ClusterName");
  const rows = clustersOf(call, context).filter(
    ({ nativeId }) => name === null || nativeId === name,
  );
  if (name !== null && rows.length === 0) throw noCluster(name);
  const list = { rows, placeOf: placeOfInstance, compare: byCreation };
  const page = askedPage(call, { list, sizes: SIZES, protocol: JSON_PAGES }, context);
  return { NextToken: page.next, Clusters: page.rows.map((row) => clusterRow(row, isDetailed)) };
};

const clustersOf = ({ region }: CloudCall, { estate }: CloudContext): readonly MemoryDbInstance[] =>
  estate.instances(PRODUCT, region ?? "") as readonly MemoryDbInstance[];

const noCluster = (name: string) => refused("ClusterNotFoundFault", `Cluster not found: ${name}`);

/** There is no creation time in any answer. */
function clusterRow(cluster: MemoryDbInstance, isDetailed: boolean): Row {
  const { nativeId, region, engineVersion } = cluster;
  return {
    Name: nativeId,
    Description: cluster.description,
    Status: cluster.status,
    NumberOfShards: cluster.shardCount,
    ...(isDetailed ? { Shards: shardsOf(cluster) } : {}),
    AvailabilityMode: "multiaz",
    ClusterEndpoint: {
      Address: `clustercfg.${nativeId}.x1y2z3.memorydb.${region}.amazonaws.com`,
      Port: 6379,
    },
    NodeType: nodeTypeOf(cluster, "db"),
    Engine: cluster.engine,
    EngineVersion: engineVersion.split(".").slice(0, 2).join("."),
    EnginePatchVersion: engineVersion,
    ParameterGroupName: `default.memorydb-${cluster.engine}7`,
    ParameterGroupStatus: "in-sync",
    SecurityGroups: [{ SecurityGroupId: "sg-0a1b2c3d", Status: "active" }],
    SubnetGroupName: "default",
    TLSEnabled: true,
    ...(cluster.kmsKey === null ? {} : { KmsKeyId: cluster.kmsKey }),
    ARN: arnOf(region, `cluster/${nativeId}`, "memorydb"),
    SnapshotRetentionLimit: cluster.retentionDays,
    MaintenanceWindow: "sun:05:00-sun:06:00",
    SnapshotWindow: "03:00-04:00",
    ACLName: "open-access",
    AutoMinorVersionUpgrade: true,
    DataTiering: "false",
  };
}

const shardsOf = ({ shardCount, nativeId, zone, replicas, status }: MemoryDbInstance): Row[] =>
  Array.from({ length: shardCount }, (_, index) => ({
    Name: shardName(index),
    Status: status,
    Slots: slotsOf(index, shardCount),
    Nodes: Array.from({ length: replicas + 1 }, (_node, place) => ({
      Name: `${nativeId}-${shardName(index)}-${String(place + 1).padStart(3, "0")}`,
      Status: status,
      AvailabilityZone: zone,
    })),
    NumberOfNodes: replicas + 1,
  }));

function slotsOf(index: number, shards: number): string {
  const from = (at: number): number => Math.ceil((at * 16_384) / shards);
  return `${from(index)}-${from(index + 1) - 1}`;
}

const describeSnapshots: Action = (call, context) => {
  const { params } = call;
  checkNames(params, [
    "ClusterName",
    "MaxResults",
    "NextToken",
    "ShowDetail",
    "SnapshotName",
    "Source",
  ]);
  const isDetailed = flagOf(params, "ShowDetail", JSON_PAGES);
  const source = sourceOf(params, "Source", JSON_PAGES);
  const name = textOf(params, "SnapshotName");
  const scope = { product: PRODUCT, region: call.region ?? "" } as const;
  const rows = context
    .rows({ ...scope, instance: textOf(params, "ClusterName") })
    .filter(
      ({ nativeId, trigger }) =>
        (name === null || nativeId === name) && (source === null || trigger === source),
    );
  if (name !== null && rows.length === 0)
    throw refused("SnapshotNotFoundFault", `Snapshot not found: ${name}`);
  const list = orderedRows(rows, context);
  const page = askedPage(call, { list, sizes: SIZES, protocol: JSON_PAGES }, context);
  return {
    NextToken: page.next,
    Snapshots: page.rows.map((row) => snapshotRow(row, isDetailed, context)),
  };
};

/** Only the details have times and sizes, and those only for each shard. */
function snapshotRow(row: BackupRow, isDetailed: boolean, { estate }: CloudContext): Row {
  const cluster = estate.instance(PRODUCT, row.instanceNativeId) as MemoryDbInstance;
  return {
    Name: row.nativeId,
    Status: row.status,
    Source: row.trigger,
    ...(cluster.kmsKey === null ? {} : { KmsKeyId: cluster.kmsKey }),
    ARN: arnOf(row.region, `snapshot/${row.nativeId}`, "memorydb"),
    ClusterConfiguration: {
      Name: row.instanceNativeId,
      Description: cluster.description,
      NodeType: nodeTypeOf(cluster, "db"),
      Engine: cluster.engine,
      EngineVersion: row.engineVersion,
      MaintenanceWindow: "sun:05:00-sun:06:00",
      Port: 6379,
      ParameterGroupName: `default.memorydb-${cluster.engine}7`,
      SubnetGroupName: "default",
      VpcId: "vpc-0a1b2c3d",
      SnapshotRetentionLimit: cluster.retentionDays,
      SnapshotWindow: "03:00-04:00",
      NumShards: row.blockCount ?? cluster.shardCount,
      ...(isDetailed ? { Shards: shardDetails(row, cluster) } : {}),
    },
    DataTiering: "false",
  };
}

function shardDetails(row: BackupRow, { replicas }: MemoryDbInstance): Row[] {
  const shards = row.blockCount ?? 1;
  return Array.from({ length: shards }, (_, index) => ({
    Name: shardName(index),
    Configuration: { Slots: slotsOf(index, shards), ReplicaCount: replicas },
    Size: sizeTextOf(row, index),
    ...(isMade(row) ? { SnapshotCreationTime: shardStart(row, index) / 1000 } : {}),
  }));
}

const listTags: Action = (call, context) => {
  checkNames(call.params, ["ResourceArn"]);
  const arn = textOf(call.params, "ResourceArn") ?? "";
  const [resource = ""] = resourceOf(arn, call, "memorydb");
  const name = resource.replace(/^cluster\//, "");
  const cluster = clustersOf(call, context).find(({ nativeId }) => nativeId === name);
  if (cluster === undefined) throw noCluster(name);
  if (cluster.status !== "available")
    throw refused("InvalidClusterStateFault", `${name} is in state ${cluster.status}.`);
  return { TagList: tagRows(cluster) };
};

/**
 * MemoryDB in AWS JSON 1.1: the action is in a header, times are epoch seconds with fractions, and every
 * error has the status 400. One host serves all regions here, so the region is that of the signature.
 *
 * Source: https://docs.aws.amazon.com/memorydb/latest/APIReference/, version 2021-01-01, read 2026-11-29.
 */
export const memoryDbCloud: VendorCloud = {
  vendor: "aws",
  serves: ({ path, headers }) => path === "/" && headers["x-amz-target"] !== undefined,
  // Named as IAM names them, because the other service has actions of the same names.
  actions: {
    "memorydb:DescribeClusters": describeClusters,
    "memorydb:DescribeSnapshots": describeSnapshots,
    "memorydb:ListTags": listTags,
  },
  read: readCall,
  verify(request, check): Refusal | null {
    const service = { name: "memorydb", regions: REGIONS.AWS_MEMORYDB };
    const fault = verifySigV4(request, check, service);
    return fault === null ? null : refusal(400, COMMON + FAULTS[fault.kind], fault.message);
  },
  answer: (body, _call, context) => replyOf(200, body, context),
  refuse: ({ status, code, message }, _call, context) =>
    replyOf(status, { __type: code, message }, context),
  refusals: {
    unknownAction: () => refusal(400, `${COMMON}UnknownOperationException`, ""),
    throttled: refusal(400, "com.amazon.coral.availability#ThrottlingException", "Rate exceeded"),
    internal: refusal(500, `${COMMON}InternalFailure`, "An internal error has occurred."),
  },
};

function readCall(request: ReceivedRequest): CloudCall {
  const params = paramsOf(request.body);
  const token = params.NextToken ?? null;
  return {
    action: (request.headers["x-amz-target"] ?? "").replace(TARGET, "memorydb:"),
    params,
    region: sigV4ScopeOf(request)?.region ?? null,
    instance: textOf(params, "ClusterName"),
    page: pageOfMarker(token),
  };
}

const TYPES: Readonly<Record<string, string>> = {
  MaxResults: "number",
  ShowDetail: "boolean",
  ShowShardDetails: "boolean",
};

/** The parameters as text. */
function paramsOf(body: string): Readonly<Record<string, string>> {
  const given = Object.entries(jsonOf(body)).filter(([, value]) => value !== null);
  const wrong = given.find(
    ([name, value]) =>
      typeof value !== ((Object.hasOwn(TYPES, name) ? TYPES[name] : undefined) ?? "string"),
  );
  if (wrong !== undefined)
    throw refused(`${COMMON}SerializationException`, `${wrong[0]} has a wrong type.`);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

function jsonOf(body: string): Row {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isRow(parsed)) return parsed;
  } catch {
    // Refused below, like JSON that is not an object.
  }
  throw refused(`${COMMON}SerializationException`, "The body is not a JSON object.");
}

const replyOf = (status: number, body: Row, { requestId }: CloudContext): Reply => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId },
  body: JSON.stringify(body),
});
