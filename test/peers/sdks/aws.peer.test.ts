import { describe, expect, test } from "vitest";
import { DEMO_KEYS } from "../../../src/clouds/accounts.js";
import type { CloudProduct } from "../../../src/clouds/estate/regions.js";
import { embeddedClouds, peerModule, rejectionOf, skipWithout } from "./peer.js";

// Later versions will want Node 22. These run on 20, too.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

type ElastiCache = typeof import("@aws-sdk/client-elasticache");
type MemoryDb = typeof import("@aws-sdk/client-memorydb");

const elastiCache = peerModule<ElastiCache>("@aws-sdk/client-elasticache");
const memoryDb = peerModule<MemoryDb>("@aws-sdk/client-memorydb");
skipWithout(elastiCache === null || memoryDb === null ? null : elastiCache);

const REGIONS = ["eu-west-1", "us-east-1"] as const;
type Region = (typeof REGIONS)[number];

const clouds = embeddedClouds();

const configOf = (region: Region, secret: string = DEMO_KEYS.aws.secret) => ({
  endpoint: clouds().endpoints.aws,
  region,
  credentials: { accessKeyId: DEMO_KEYS.aws.id, secretAccessKey: secret },
  maxAttempts: 1,
});

/** The elements of all pages. */
async function every<Page, T>(
  pages: AsyncIterable<Page>,
  rowsOf: (page: Page) => readonly T[] | undefined,
): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...(rowsOf(page) ?? []));
  return all;
}

/** Name, owner, start and state of each backup, as the clouds know them. */
const truth = (product: CloudProduct, region: Region) =>
  clouds()
    .estate.truth()
    .filter((one) => one.product === product && one.region === region)
    .map(({ nativeId, startedAt }) => `${nativeId} ${startedAt}`)
    .sort();

/** The facts of rows that have a start, which is that of their first part. */
const facts = (rows: readonly { name?: string | undefined; starts: (Date | undefined)[] }[]) =>
  rows
    .flatMap(({ name, starts }) => {
      const times = starts.flatMap((start) => (start === undefined ? [] : [start.getTime()]));
      return times.length === 0 ? [] : [`${name} ${Math.min(...times)}`];
    })
    .sort();

const ids = (product: CloudProduct, region: Region) =>
  clouds()
    .estate.instances(product, region)
    .map(({ nativeId }) => nativeId);

describe.each(["newestFirst", "oldestFirst", "shuffled"] as const)("rows %s", (order) => {
  test.each(REGIONS)("@aws-sdk/client-elasticache walks every snapshot in %s", async (region) => {
    clouds().knobs.set("aws", { order });
    const { paginateDescribeSnapshots: paginate, ElastiCacheClient } = elastiCache!;
    const client = new ElastiCacheClient(configOf(region));
    for (const pageSize of [20, 50]) {
      const rows = await every(paginate({ client, pageSize }, {}), (page) => page.Snapshots);
      const seen = rows.map(({ SnapshotName: name, NodeSnapshots: nodes = [] }) => ({
        name,
        starts: nodes.map(({ SnapshotCreateTime }) => SnapshotCreateTime),
      }));
      expect(facts(seen)).toEqual(truth("AWS_ELASTICACHE", region));
    }
    client.destroy();
  });

  test.each(REGIONS)(
    "@aws-sdk/client-elasticache walks serverless caches in %s",
    async (region) => {
      clouds().knobs.set("aws", { order });
      const { paginateDescribeServerlessCacheSnapshots: paginate, ElastiCacheClient } =
        elastiCache!;
      const client = new ElastiCacheClient(configOf(region));
      const rows = await every(
        paginate({ client, pageSize: 7 }, {}),
        (page) => page.ServerlessCacheSnapshots,
      );
      const seen = rows.map(({ ServerlessCacheSnapshotName: name, CreateTime }) => ({
        name,
        starts: [CreateTime],
      }));
      expect(facts(seen)).toEqual(truth("AWS_ELASTICACHE_SERVERLESS", region));
      client.destroy();
    },
  );

  test.each(REGIONS)("@aws-sdk/client-memorydb walks every snapshot in %s", async (region) => {
    clouds().knobs.set("aws", { order });
    const { paginateDescribeSnapshots: paginate, MemoryDBClient } = memoryDb!;
    const client = new MemoryDBClient(configOf(region));
    const pages = paginate({ client, pageSize: 9 }, { ShowDetail: true });
    const rows = await every(pages, (page) => page.Snapshots);
    const seen = rows.map(({ Name: name, ClusterConfiguration: cluster }) => ({
      name,
      starts: (cluster?.Shards ?? []).map(({ SnapshotCreationTime }) => SnapshotCreationTime),
    }));
    expect(facts(seen)).toEqual(truth("AWS_MEMORYDB", region));
    client.destroy();
  });
});

describe.each(REGIONS)("the instances of %s", (region) => {
  test("are found by the paginators, with their members and tags", async () => {
    const sdk = elastiCache!;
    const client = new sdk.ElastiCacheClient(configOf(region));
    const groups = await every(
      sdk.paginateDescribeReplicationGroups({ client, pageSize: 20 }, {}),
      (page) => page.ReplicationGroups,
    );
    const singles = await every(
      sdk.paginateDescribeCacheClusters(
        { client, pageSize: 20 },
        { ShowCacheClustersNotInReplicationGroups: true },
      ),
      (page) => page.CacheClusters,
    );
    const found = [
      ...groups.map(({ ReplicationGroupId }) => ReplicationGroupId),
      ...singles.map(({ CacheClusterId }) => CacheClusterId),
    ];
    expect(found.sort()).toEqual([...ids("AWS_ELASTICACHE", region)].sort());
    expect(groups.every(({ MemberClusters = [] }) => MemberClusters.length > 1)).toBe(true);
    const caches = await every(
      sdk.paginateDescribeServerlessCaches({ client, pageSize: 2 }, {}),
      (page) => page.ServerlessCaches,
    );
    expect(caches.map(({ ServerlessCacheName }) => ServerlessCacheName).sort()).toEqual(
      [...ids("AWS_ELASTICACHE_SERVERLESS", region)].sort(),
    );
    const known = groups.find(({ Status }) => Status === "available");
    const asked = new sdk.ListTagsForResourceCommand({ ResourceName: known?.ARN });
    const { TagList = [] } = await client.send(asked);
    const instance = clouds().estate.instance("AWS_ELASTICACHE", known?.ReplicationGroupId ?? "");
    expect(Object.fromEntries(TagList.map(({ Key, Value }) => [Key, Value]))).toEqual(
      instance?.tags,
    );
    client.destroy();
  });

  test("are found in MemoryDB", async () => {
    const { paginateDescribeClusters, MemoryDBClient } = memoryDb!;
    const client = new MemoryDBClient(configOf(region));
    const clusters = await every(
      paginateDescribeClusters({ client, pageSize: 2 }, { ShowShardDetails: true }),
      (page) => page.Clusters,
    );
    expect(clusters.map(({ Name }) => Name).sort()).toEqual(
      [...ids("AWS_MEMORYDB", region)].sort(),
    );
    expect(clusters.every(({ Shards, NumberOfShards }) => Shards?.length === NumberOfShards)).toBe(
      true,
    );
    client.destroy();
  });
});

describe("the SDKs understand refusals", () => {
  test("of a wrong secret", async () => {
    const cache = new elastiCache!.ElastiCacheClient(configOf("eu-west-1", "another"));
    const asked = cache.send(new elastiCache!.DescribeSnapshotsCommand({}));
    expect(await rejectionOf(asked)).toMatchObject({ name: "SignatureDoesNotMatch" });
    const memory = new memoryDb!.MemoryDBClient(configOf("eu-west-1", "another"));
    const refused = memory.send(new memoryDb!.DescribeSnapshotsCommand({}));
    expect(await rejectionOf(refused)).toMatchObject({ name: "InvalidSignatureException" });
  });

  test("of throttling, wrong sizes and unknown names", async () => {
    const sdk = elastiCache!;
    const client = new sdk.ElastiCacheClient(configOf("eu-west-1"));
    const send = (input: object) =>
      rejectionOf(client.send(new sdk.DescribeSnapshotsCommand(input)));
    expect(await send({ MaxRecords: 19 })).toBeInstanceOf(sdk.InvalidParameterValueException);
    expect(await send({ SnapshotName: "nothing" })).toBeInstanceOf(sdk.SnapshotNotFoundFault);
    clouds().knobs.set("aws", { throttle: { everyNth: 1 } });
    expect(await send({})).toMatchObject({ name: "Throttling" });
    const memory = new memoryDb!.MemoryDBClient(configOf("eu-west-1"));
    const asked = memory.send(new memoryDb!.DescribeSnapshotsCommand({}));
    expect(await rejectionOf(asked)).toMatchObject({ name: "ThrottlingException" });
  });
});
