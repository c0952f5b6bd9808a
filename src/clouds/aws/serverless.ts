import type { Row } from "../../domain/row.js";
import type { BackupRow, ServerlessInstance } from "../estate/types.js";
import type { Action, CloudCall, CloudContext } from "../vendorCloud.js";
import { arnOf, byCreation, placeOfInstance } from "./instances.js";
import { askedPage, checkNames, isoOf, refused, sourceOf, textOf, TOKEN_PAGES } from "./params.js";
import { isMade, orderedRows } from "./snapshots.js";

const PRODUCT = "AWS_ELASTICACHE_SERVERLESS";
const SIZES = { least: 1, most: 50, usual: 50 };

/** The existing serverless caches of a call's region. */
export const serverlessOf = (
  { region }: CloudCall,
  { estate }: CloudContext,
): readonly ServerlessInstance[] =>
  estate.instances(PRODUCT, region ?? "") as readonly ServerlessInstance[];

/**
 * DescribeServerlessCaches, with Memcached ones. The elements of its list are called `member`, as in no
 * other list of this API.
 *
 * Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeServerlessCaches.html,
 * read 2026-11-29.
 */
export const describeServerlessCaches: Action = (call, context) => {
  const { params } = call;
  checkNames(params, ["MaxResults", "NextToken", "ServerlessCacheName"]);
  const name = textOf(params, "ServerlessCacheName");
  const rows = serverlessOf(call, context).filter(
    ({ nativeId }) => name === null || nativeId === name,
  );
  if (name !== null && rows.length === 0)
    throw refused("ServerlessCacheNotFoundFault", `Serverless cache ${name} not found.`, 404);
  const list = { rows, placeOf: placeOfInstance, compare: byCreation };
  const page = askedPage(call, { list, sizes: SIZES, protocol: TOKEN_PAGES }, context);
  return { NextToken: page.next, ServerlessCaches: { member: page.rows.map(cacheRow) } };
};

function cacheRow(cache: ServerlessInstance): Row {
  const { nativeId, region } = cache;
  const address = `${nativeId}-x1y2z3.serverless.${region}.cache.amazonaws.com`;
  return {
    ServerlessCacheName: nativeId,
    Description: cache.description,
    CreateTime: isoOf(cache.createdAt),
    Status: cache.status,
    Engine: cache.engine,
    MajorEngineVersion: cache.engineVersion.split(".")[0],
    FullEngineVersion: cache.engineVersion,
    ...(cache.kmsKey === null ? {} : { KmsKeyId: cache.kmsKey }),
    SecurityGroupIds: { SecurityGroupId: ["sg-0a1b2c3d"] },
    Endpoint: { Address: address, Port: 6379 },
    ReaderEndpoint: { Address: address, Port: 6380 },
    ARN: arnOf(region, `serverlesscache:${nativeId}`),
    SubnetIds: { SubnetId: ["subnet-0a1b2c3d", "subnet-1a2b3c4d"] },
    // Memcached has no snapshots.
    ...(cache.engine === "memcached"
      ? {}
      : { SnapshotRetentionLimit: cache.retentionDays, DailySnapshotTime: "03:00" }),
  };
}

/**
 * DescribeServerlessCacheSnapshots: of a region or of one cache. Sizes are bytes, as text.
 *
 * Source:
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeServerlessCacheSnapshots.html,
 * read 2026-11-29.
 */
export const describeServerlessCacheSnapshots: Action = (call, context) => {
  const { params } = call;
  checkNames(params, [
    "MaxResults",
    "NextToken",
    "ServerlessCacheName",
    "ServerlessCacheSnapshotName",
    "SnapshotType",
  ]);
  const type = sourceOf(params, "SnapshotType", TOKEN_PAGES);
  const scope = { product: PRODUCT, region: call.region ?? "" } as const;
  const name = textOf(params, "ServerlessCacheSnapshotName");
  const rows = context
    .rows({ ...scope, instance: textOf(params, "ServerlessCacheName") })
    .filter(
      ({ nativeId, trigger }) =>
        (name === null || nativeId === name) && (type === null || trigger === type),
    );
  if (name !== null && rows.length === 0)
    throw refused(
      "ServerlessCacheSnapshotNotFoundFault",
      `Serverless cache snapshot ${name} not found.`,
      404,
    );
  const list = orderedRows(rows, context);
  const page = askedPage(call, { list, sizes: SIZES, protocol: TOKEN_PAGES }, context);
  return {
    NextToken: page.next,
    ServerlessCacheSnapshots: {
      ServerlessCacheSnapshot: page.rows.map((row) => snapshotRow(row, context)),
    },
  };
};

function snapshotRow(row: BackupRow, { estate }: CloudContext): Row {
  const cache = estate.instance(PRODUCT, row.instanceNativeId) as ServerlessInstance;
  return {
    ServerlessCacheSnapshotName: row.nativeId,
    ARN: arnOf(row.region, `serverlesscachesnapshot:${row.nativeId}`),
    ...(cache.kmsKey === null ? {} : { KmsKeyId: cache.kmsKey }),
    SnapshotType: row.trigger,
    Status: row.status,
    ...(isMade(row)
      ? {
          CreateTime: isoOf(row.startedAt),
          ...(row.expiresAt === null ? {} : { ExpiryTime: isoOf(row.expiresAt) }),
          ...(row.sizeBytes === null ? {} : { BytesUsedForCache: String(row.sizeBytes) }),
        }
      : {}),
    ServerlessCacheConfiguration: {
      ServerlessCacheName: row.instanceNativeId,
      Engine: cache.engine,
      MajorEngineVersion: row.engineVersion.split(".")[0],
    },
  };
}
