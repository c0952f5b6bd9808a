import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startClouds } from "../../src/clouds/clouds.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { BackupRow, ElastiCacheInstance } from "../../src/clouds/estate/types.js";
import { isRow } from "../../src/domain/row.js";
import type { Row } from "../../src/domain/row.js";
import { askElastiCache, elastiCache, group, members, serverless } from "./awsWire.js";
import type { AwsAnswer, AwsChanges } from "./awsWire.js";
import { NOW, rowAt } from "./wire.js";

const HOUR = 3_600_000;

let now: number;
let clouds: Clouds;
beforeEach(async () => {
  now = NOW;
  clouds = await startClouds({ now: () => now, estate: { instances: 0, backupsEach: 0 } });
});
afterEach(() => clouds.close());

const put = (instance: ElastiCacheInstance, facts: Partial<BackupRow> = {}): BackupRow =>
  clouds.estate.insertBackup({
    product: "AWS_ELASTICACHE",
    instanceNativeId: instance.nativeId,
    startedAt: NOW - HOUR,
    ...facts,
  });

function owner(changes: Partial<ElastiCacheInstance> = {}): ElastiCacheInstance {
  const instance = group(changes);
  clouds.estate.insertInstance(instance);
  return instance;
}

const snapshots = async (params: Record<string, string> = {}): Promise<Row[]> =>
  members(await elastiCache(clouds, "DescribeSnapshots", params), "Snapshots", "Snapshot");
const namesOf = (rows: readonly Row[]) => rows.map(({ SnapshotName }) => SnapshotName);

const errorOf = ({ status, body }: AwsAnswer) => {
  const error = rowAt(rowAt(body, "ErrorResponse"), "Error");
  return { status, code: error.Code };
};
const refusal = async (
  action: string,
  params: Record<string, string> = {},
  changes: AwsChanges = {},
) => errorOf(await askElastiCache(clouds, action, params, changes));

/** Every page of a list by its marker. */
async function walk(
  action: string,
  params: Record<string, string>,
  [wrapper, member]: readonly [string, string],
): Promise<Row[][]> {
  const pages: Row[][] = [];
  const name = "MaxResults" in params ? "NextToken" : "Marker";
  let marker: unknown;
  do {
    const asked = marker === undefined ? params : { ...params, [name]: String(marker) };
    const result = await elastiCache(clouds, action, asked);
    pages.push(members(result, wrapper, member));
    marker = result[name];
  } while (marker !== undefined && pages.length < 100);
  return pages;
}

describe("who may ask", () => {
  test.each<{ what: string; changes: AwsChanges; status: number; code: string }>([
    {
      what: "another key",
      changes: { id: "AKIDother" },
      status: 403,
      code: "InvalidClientTokenId",
    },
    {
      what: "another secret",
      changes: { secret: "no" },
      status: 403,
      code: "SignatureDoesNotMatch",
    },
    { what: "a token", changes: { token: "t" }, status: 403, code: "InvalidClientTokenId" },
    {
      what: "a clock six minutes off",
      changes: { at: NOW - 360_000 },
      status: 403,
      code: "SignatureDoesNotMatch",
    },
    {
      what: "an unknown region",
      changes: { region: "eu-mars-1" },
      status: 403,
      code: "SignatureDoesNotMatch",
    },
    {
      what: "another service",
      changes: { service: "memorydb" },
      status: 403,
      code: "SignatureDoesNotMatch",
    },
    {
      what: "another version",
      changes: { version: "2012-11-15" },
      status: 400,
      code: "InvalidAction",
    },
  ])("$what is refused with $code", async ({ changes, status, code }) => {
    expect(await refusal("DescribeSnapshots", {}, changes)).toEqual({ status, code });
  });

  test("an unsigned request and one without an action are refused", async () => {
    const send = async (form: Record<string, string>) => {
      const response = await fetch(clouds.endpoints.aws, {
        method: "POST",
        body: new URLSearchParams(form),
      });
      return [response.status, await response.text()];
    };
    const [status, text] = await send({ Action: "DescribeSnapshots", Version: "2015-02-02" });
    expect(status).toBe(403);
    expect(text).toContain("<Code>MissingAuthenticationToken</Code>");
    expect((await send({}))[1]).toContain("<Code>MissingAction</Code>");
  });

  test("an answer has the namespace, the result and a request id", async () => {
    const { headers, text } = await askElastiCache(clouds, "DescribeSnapshots");
    const id = headers.get("x-amzn-requestid") ?? "";
    expect(headers.get("content-type")).toBe("text/xml");
    expect(text).toBe(
      '<DescribeSnapshotsResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/">' +
        "<DescribeSnapshotsResult><Snapshots/></DescribeSnapshotsResult>" +
        `<ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata></DescribeSnapshotsResponse>\n`,
    );
  });

  test("a region has its own list, named by the signature alone", async () => {
    put(owner());
    const other = await elastiCache(clouds, "DescribeSnapshots", {}, { region: "us-east-1" });
    expect(members(other, "Snapshots", "Snapshot")).toEqual([]);
    expect(await snapshots()).toHaveLength(1);
    expect(clouds.calls.entries().map(({ region }) => region)).toEqual(["us-east-1", "eu-west-1"]);
  });
});

describe("snapshots", () => {
  test("a group with cluster mode shows a start and a rounded size for each shard", async () => {
    const orders = owner({ shardCount: 3, description: 'Orders & "carts" <prod>' });
    const row = put(orders, { sizeBytes: 3 * 41 * 1_048_576 });
    const [shown = {}] = await snapshots({ ShowNodeGroupConfig: "true" });
    expect(shown).toMatchObject({
      SnapshotName: "automatic.orders-2026-03-10-11-34",
      ReplicationGroupId: "orders",
      ReplicationGroupDescription: 'Orders & "carts" <prod>',
      SnapshotStatus: "available",
      SnapshotSource: "automated",
      Engine: "valkey",
      EngineVersion: "8.0.1",
      NumNodeGroups: "3",
      SnapshotRetentionLimit: "7",
      ARN: "arn:aws:elasticache:eu-west-1:111122223333:snapshot:automatic.orders-2026-03-10-11-34",
    });
    expect(shown).not.toHaveProperty("CacheClusterId");
    const nodes = members(shown, "NodeSnapshots", "NodeSnapshot");
    expect(nodes.map(({ NodeGroupId }) => NodeGroupId)).toEqual(["0001", "0002", "0003"]);
    expect(nodes.every((node) => isRow(node.NodeGroupConfiguration))).toBe(true);
    const starts = nodes.map(({ SnapshotCreateTime }) => Date.parse(String(SnapshotCreateTime)));
    expect(Math.min(...starts)).toBe(row.startedAt);
    expect(new Set(starts).size).toBe(3);
    expect(nodes.map(({ CacheSize }) => CacheSize)).toContain("41 MB");
  });

  test("one of a group without cluster mode names the last member only", async () => {
    put(owner({ clusterMode: false, replicas: 2 }));
    const [shown = {}] = await snapshots();
    expect(shown).toMatchObject({ CacheClusterId: "orders-003", NumCacheNodes: "1" });
    expect(shown).not.toHaveProperty("ReplicationGroupId");
    expect(shown).not.toHaveProperty("NumNodeGroups");
    const [group = {}] = members(
      await elastiCache(clouds, "DescribeReplicationGroups"),
      "ReplicationGroups",
      "ReplicationGroup",
    );
    expect(rowAt(group, "MemberClusters").ClusterId).toEqual([
      "orders-001",
      "orders-002",
      "orders-003",
    ]);
    expect(await snapshots({ CacheClusterId: "orders-003" })).toHaveLength(1);
    expect(await snapshots({ CacheClusterId: "orders-001" })).toHaveLength(0);
    expect(await snapshots({ ReplicationGroupId: "orders" })).toHaveLength(0);
    clouds.knobs.set("aws", { groupFilter: "finds" });
    expect(await snapshots({ ReplicationGroupId: "orders" })).toHaveLength(1);
  });

  test("one that is being made has no start and no size, and gets both when it is done", async () => {
    const orders = owner({ shardCount: 2 });
    const { nativeId } = put(orders, { status: "creating" });
    const [young = {}] = await snapshots();
    const nodes = members(young, "NodeSnapshots", "NodeSnapshot");
    expect(nodes).toHaveLength(2);
    expect(nodes.every((node) => !("SnapshotCreateTime" in node) && node.CacheSize === "")).toBe(
      true,
    );
    expect(clouds.estate.truth()).toEqual([]);
    const ref = { product: "AWS_ELASTICACHE", instanceNativeId: "orders", nativeId } as const;
    clouds.estate.updateBackup(ref, { status: "available", sizeBytes: 5_000_000 });
    const [done = {}] = await snapshots();
    const starts = members(done, "NodeSnapshots", "NodeSnapshot").map(
      ({ SnapshotCreateTime }) => SnapshotCreateTime,
    );
    expect(starts).toContain(new Date(NOW - HOUR).toISOString().replace(".000Z", "Z"));
    expect(clouds.estate.truth()).toMatchObject([{ nativeId, status: "SUCCEEDED" }]);
  });

  test("filters by owner, source and name", async () => {
    const [orders, single] = [owner(), owner({ nativeId: "single", kind: "cluster" })];
    const [nightly, byHand] = [put(orders), put(orders, { trigger: "manual" })];
    const alone = put(single, { startedAt: NOW - 2 * HOUR });
    const all = [nightly, byHand, alone].map(({ nativeId }) => nativeId);
    expect(namesOf(await snapshots()).sort()).toEqual(all.sort());
    expect(namesOf(await snapshots({ SnapshotSource: "user" }))).toEqual([byHand.nativeId]);
    expect(namesOf(await snapshots({ CacheClusterId: "single" }))).toEqual([alone.nativeId]);
    expect(await snapshots({ ReplicationGroupId: "single" })).toEqual([]);
    expect(await snapshots({ ReplicationGroupId: "nobody" })).toEqual([]);
    expect(namesOf(await snapshots({ SnapshotName: alone.nativeId }))).toEqual([alone.nativeId]);
  });

  test("manual ones outlive their owner, whose group nothing names any more", async () => {
    const sharded = owner({ nativeId: "sharded" });
    const plain = owner({ nativeId: "plain", clusterMode: false });
    for (const each of [sharded, plain]) {
      put(each);
      put(each, { trigger: "manual" });
      clouds.estate.deleteInstance("AWS_ELASTICACHE", each.nativeId);
    }
    const rows = await snapshots();
    expect(rows.map(({ SnapshotSource }) => SnapshotSource)).toEqual(["manual", "manual"]);
    expect(rows.map((row) => row.ReplicationGroupId ?? row.CacheClusterId).sort()).toEqual([
      "plain-002",
      "sharded",
    ]);
    const owners = clouds.estate.truth().map(({ instanceNativeId }) => instanceNativeId);
    expect(owners.sort()).toEqual(["plain-002", "sharded"]);
    expect(await snapshots({ CacheClusterId: "plain-002" })).toHaveLength(1);
  });

  test.each([
    { params: { MaxRecords: "19" }, code: "InvalidParameterValue" },
    { params: { MaxRecords: "51" }, code: "InvalidParameterValue" },
    { params: { MaxRecords: "many" }, code: "InvalidParameterValue" },
    { params: { SnapshotSource: "automated" }, code: "InvalidParameterValue" },
    { params: { ShowNodeGroupConfig: "yes" }, code: "InvalidParameterValue" },
    { params: { Marker: "bm9uc2Vuc2U=" }, code: "InvalidParameterValue" },
    {
      params: { ReplicationGroupId: "a", CacheClusterId: "b" },
      code: "InvalidParameterCombination",
    },
    { params: { SnapshotName: "nothing" }, code: "SnapshotNotFoundFault", status: 404 },
    { params: { CacheClusterId: "nobody" }, code: "CacheClusterNotFound", status: 404 },
    { params: { MaxResults: "20" }, code: "ValidationError" },
  ])("$params is refused with $code", async ({ params, code, status = 400 }) => {
    const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value));
    expect(await refusal("DescribeSnapshots", given)).toEqual({ status, code });
  });
});

describe("pages", () => {
  const list = ["Snapshots", "Snapshot"] as const;
  const names = (pages: Row[][]) => namesOf(pages.flat());

  function fill(count: number): string[] {
    const archive = owner({ nativeId: "archive" });
    return Array.from(
      { length: count },
      (_, index) => put(archive, { trigger: "manual", startedAt: NOW - index * HOUR }).nativeId,
    );
  }

  test.each(["newestFirst", "oldestFirst", "shuffled"] as const)(
    "cover a list exactly once, rows %s, and end without a marker",
    async (order) => {
      const all = fill(101);
      clouds.knobs.set("aws", { order });
      for (const params of [{}, { MaxRecords: "20" }] as Record<string, string>[]) {
        const pages = await walk("DescribeSnapshots", params, list);
        expect(pages.map((page) => page.length)).toEqual(
          "MaxRecords" in params ? [20, 20, 20, 20, 20, 1] : [50, 50, 1],
        );
        expect(names(pages).sort()).toEqual([...all].sort());
      }
    },
  );

  test("a full last page ends the list", async () => {
    fill(40);
    const pages = await walk("DescribeSnapshots", { MaxRecords: "20" }, list);
    expect(pages.map((page) => page.length)).toEqual([20, 20]);
  });

  test("a marker goes on after its row, whatever appears or disappears", async () => {
    const all = fill(60);
    const first = await elastiCache(clouds, "DescribeSnapshots", { MaxRecords: "20" });
    const shown = namesOf(members(first, ...list));
    const archive = { product: "AWS_ELASTICACHE", instanceNativeId: "archive" } as const;
    clouds.estate.deleteBackup({ ...archive, nativeId: all[19] ?? "" });
    clouds.estate.deleteBackup({ ...archive, nativeId: all[3] ?? "" });
    put(group({ nativeId: "archive" }), { startedAt: NOW - 1000, trigger: "manual" });
    const rest = await elastiCache(clouds, "DescribeSnapshots", { Marker: String(first.Marker) });
    expect([...shown, ...namesOf(members(rest, ...list))]).toEqual(all);
    clouds.knobs.set("aws", { markers: "offset" });
    const shifted = await elastiCache(clouds, "DescribeSnapshots", {
      Marker: String(first.Marker),
    });
    // Two rows are gone and one has come, so one row is missed.
    expect(namesOf(members(shifted, ...list))).toEqual(all.slice(21));
  });

  test("a marker is valid for its own parameters, region and list, and not forever", async () => {
    fill(60);
    owner({ nativeId: "other" });
    const { Marker } = await elastiCache(clouds, "DescribeSnapshots", { MaxRecords: "20" });
    const marker = { Marker: String(Marker) };
    const refused = { status: 400, code: "InvalidParameterValue" };
    expect(await refusal("DescribeSnapshots", { ...marker, SnapshotSource: "user" })).toEqual(
      refused,
    );
    expect(await refusal("DescribeSnapshots", marker, { region: "us-east-1" })).toEqual(refused);
    expect(await refusal("DescribeCacheClusters", marker)).toEqual(refused);
    const damaged = `${marker.Marker.slice(0, 20)}A${marker.Marker.slice(21)}`;
    expect(await refusal("DescribeSnapshots", { Marker: damaged })).toEqual(refused);
    now += 15 * 60_000;
    const late = await elastiCache(clouds, "DescribeSnapshots", marker, { at: now });
    expect(members(late, ...list)).toHaveLength(40);
    now += 1;
    expect(await refusal("DescribeSnapshots", marker, { at: now })).toEqual(refused);
  });

  test("can be short, empty or endless", async () => {
    const all = fill(45);
    clouds.knobs.set("aws", { pageCap: 20, emptyPages: true });
    const pages = await walk("DescribeSnapshots", {}, list);
    expect(pages.map((page) => page.length)).toEqual([20, 0, 20, 0, 5]);
    expect(names(pages)).toEqual(all);
    clouds.knobs.set("aws", { markers: "repeating", emptyPages: false });
    const endless = await walk("DescribeSnapshots", {}, list);
    expect(endless).toHaveLength(100);
    expect(endless[1]).toEqual(endless[99]);
  });

  test("are counted in the log, so that a fault can begin at one", async () => {
    fill(60);
    clouds.knobs.faults.add({
      vendor: "aws",
      fromPage: 3,
      effect: { kind: "vendorError", code: "InternalFailure", status: 500 },
    });
    await expect(walk("DescribeSnapshots", { MaxRecords: "20" }, list)).rejects.toThrow(
      "InternalFailure",
    );
    expect(clouds.calls.entries().map(({ page }) => page)).toEqual([1, 2, 3]);
  });
});

describe("instances", () => {
  test("groups show retention, encryption and shards; those being made have no shards", async () => {
    owner({ retentionDays: 0, encrypted: false, shardCount: 2 });
    const kmsKey = "arn:aws:kms:eu-west-1:111122223333:key/one";
    owner({ nativeId: "young", status: "creating", clusterMode: false, kmsKey });
    owner({ nativeId: "single", kind: "cluster" });
    const rows = members(
      await elastiCache(clouds, "DescribeReplicationGroups"),
      "ReplicationGroups",
      "ReplicationGroup",
    );
    expect(rows).toMatchObject([
      {
        ReplicationGroupId: "orders",
        Status: "available",
        SnapshotRetentionLimit: "0",
        AtRestEncryptionEnabled: "false",
        ClusterEnabled: "true",
        Engine: "valkey",
        ReplicationGroupCreateTime: "2025-11-30T12:34:56Z",
        ARN: "arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:orders",
      },
      { ReplicationGroupId: "young", Status: "creating", NodeGroups: "", KmsKeyId: kmsKey },
    ]);
    expect(members(rows[0] ?? {}, "NodeGroups", "NodeGroup")).toHaveLength(2);
    expect(rows[0]).not.toHaveProperty("EngineVersion");
    expect(rows[0]).not.toHaveProperty("KmsKeyId");
    const one = await elastiCache(clouds, "DescribeReplicationGroups", {
      ReplicationGroupId: "young",
    });
    expect(members(one, "ReplicationGroups", "ReplicationGroup")).toHaveLength(1);
    expect(await refusal("DescribeReplicationGroups", { ReplicationGroupId: "x" })).toEqual({
      status: 404,
      code: "ReplicationGroupNotFoundFault",
    });
    expect(await refusal("DescribeReplicationGroups", { MaxRecords: "101" })).toMatchObject({
      code: "InvalidParameterValue",
    });
  });

  test("clusters are those of groups too, unless a flag says otherwise, and Memcached ones", async () => {
    owner({ shardCount: 2 });
    owner({ nativeId: "single", kind: "cluster", engineVersion: "5.0.6" });
    owner({ nativeId: "pages", kind: "cluster", engine: "memcached" });
    const idsOf = async (params: Record<string, string>) =>
      members(
        await elastiCache(clouds, "DescribeCacheClusters", params),
        "CacheClusters",
        "CacheCluster",
      ).map(({ CacheClusterId }) => CacheClusterId);
    const singles = ["pages", "single"];
    expect(await idsOf({})).toEqual([
      "orders-0001-001",
      "orders-0001-002",
      "orders-0002-001",
      "orders-0002-002",
      ...singles,
    ]);
    expect(await idsOf({ ShowCacheClustersNotInReplicationGroups: "true" })).toEqual(singles);
    const [single = {}] = members(
      await elastiCache(clouds, "DescribeCacheClusters", { CacheClusterId: "single" }),
      "CacheClusters",
      "CacheCluster",
    );
    expect(single).toMatchObject({ Engine: "valkey", EngineVersion: "5.0.6" });
    expect(single).not.toHaveProperty("ReplicationGroupId");
    expect(await refusal("DescribeCacheClusters", { CacheClusterId: "x" })).toEqual({
      status: 404,
      code: "CacheClusterNotFound",
    });
  });

  test("tags are listed by ARN, of what is available", async () => {
    owner({ tags: { env: "prod", team: "a & b", empty: "" } });
    owner({ nativeId: "busy", status: "modifying" });
    owner({ nativeId: "single", kind: "cluster", tags: {} });
    clouds.estate.insertInstance(serverless({ tags: { env: "test" } }));
    const arn = (resource: string) => `arn:aws:elasticache:eu-west-1:111122223333:${resource}`;
    const tagsOf = async (resource: string) =>
      members(
        await elastiCache(clouds, "ListTagsForResource", { ResourceName: arn(resource) }),
        "TagList",
        "Tag",
      );
    expect(await tagsOf("replicationgroup:orders")).toEqual([
      { Key: "env", Value: "prod" },
      { Key: "team", Value: "a & b" },
      { Key: "empty", Value: "" },
    ]);
    expect(await tagsOf("cluster:single")).toEqual([]);
    expect(await tagsOf("cluster:orders-0001-001")).toHaveLength(3);
    expect(await tagsOf("serverlesscache:carts")).toEqual([{ Key: "env", Value: "test" }]);
    const refused = (ResourceName: string) => refusal("ListTagsForResource", { ResourceName });
    expect(await refused(arn("replicationgroup:busy"))).toEqual({
      status: 400,
      code: "InvalidReplicationGroupState",
    });
    expect(await refused(arn("replicationgroup:single"))).toEqual({
      status: 404,
      code: "ReplicationGroupNotFoundFault",
    });
    expect(await refused(arn("cluster:nobody"))).toMatchObject({ code: "CacheClusterNotFound" });
    expect(await refused(arn("serverlesscache:x"))).toMatchObject({
      code: "ServerlessCacheNotFoundFault",
    });
    expect(await refused("arn:aws:elasticache:eu-west-1:1:cluster:single")).toEqual({
      status: 400,
      code: "InvalidARN",
    });
  });
});

describe("serverless caches", () => {
  const list = ["ServerlessCacheSnapshots", "ServerlessCacheSnapshot"] as const;
  const putOf = (facts: Partial<BackupRow> = {}): BackupRow =>
    clouds.estate.insertBackup({
      product: "AWS_ELASTICACHE_SERVERLESS",
      instanceNativeId: "carts",
      startedAt: NOW - HOUR,
      ...facts,
    });

  test("are members of their list, with Memcached ones, which have no snapshots", async () => {
    clouds.estate.insertInstance(serverless());
    clouds.estate.insertInstance(serverless({ nativeId: "pages", engine: "memcached" }));
    const rows = members(
      await elastiCache(clouds, "DescribeServerlessCaches"),
      "ServerlessCaches",
      "member",
    );
    expect(rows).toMatchObject([
      {
        ServerlessCacheName: "carts",
        Status: "available",
        Engine: "valkey",
        MajorEngineVersion: "8",
        FullEngineVersion: "8.0.1",
        SnapshotRetentionLimit: "7",
        CreateTime: "2025-11-30T12:34:56Z",
      },
      { ServerlessCacheName: "pages", Engine: "memcached" },
    ]);
    expect(rows[1]).not.toHaveProperty("SnapshotRetentionLimit");
    expect(await refusal("DescribeServerlessCaches", { ServerlessCacheName: "x" })).toEqual({
      status: 404,
      code: "ServerlessCacheNotFoundFault",
    });
  });

  test("have snapshots with sizes in bytes, and an end unless they are manual or being made", async () => {
    clouds.estate.insertInstance(serverless());
    const nightly = putOf({ sizeBytes: 12_345 });
    const byHand = putOf({ trigger: "manual", sizeBytes: 1, startedAt: NOW - 2 * HOUR });
    const young = putOf({ status: "creating", trigger: "manual", startedAt: NOW - 3 * HOUR });
    const result = await elastiCache(clouds, "DescribeServerlessCacheSnapshots");
    const rows = members(result, ...list);
    expect(rows).toMatchObject([
      {
        ServerlessCacheSnapshotName: nightly.nativeId,
        SnapshotType: "automated",
        Status: "available",
        CreateTime: "2026-03-10T11:34:56Z",
        ExpiryTime: "2026-03-17T11:34:56Z",
        BytesUsedForCache: "12345",
        ServerlessCacheConfiguration: { ServerlessCacheName: "carts", MajorEngineVersion: "8" },
      },
      { ServerlessCacheSnapshotName: byHand.nativeId, SnapshotType: "manual" },
      { ServerlessCacheSnapshotName: young.nativeId, Status: "creating" },
    ]);
    expect(rows[1]).not.toHaveProperty("ExpiryTime");
    expect(rows[2]).not.toHaveProperty("CreateTime");
    expect(rows[2]).not.toHaveProperty("BytesUsedForCache");
    const named = { ServerlessCacheSnapshotName: "nothing" };
    expect(await refusal("DescribeServerlessCacheSnapshots", named)).toEqual({
      status: 404,
      code: "ServerlessCacheSnapshotNotFoundFault",
    });
    expect(clouds.estate.truth().map(({ sizeBytes }) => sizeBytes)).toEqual([12_345, 1]);
  });

  test("page by NextToken", async () => {
    clouds.estate.insertInstance(serverless());
    const all = Array.from(
      { length: 23 },
      (_, index) => putOf({ trigger: "manual", startedAt: NOW - index * HOUR }).nativeId,
    );
    const params = { ServerlessCacheName: "carts", MaxResults: "10" };
    const pages = await walk("DescribeServerlessCacheSnapshots", params, list);
    expect(pages.map((page) => page.length)).toEqual([10, 10, 3]);
    const names = pages.flat().map((row) => row.ServerlessCacheSnapshotName);
    expect(names).toEqual(all);
    expect(await refusal("DescribeServerlessCacheSnapshots", { MaxResults: "51" })).toMatchObject({
      code: "InvalidParameterValue",
    });
  });
});

describe("refusals", () => {
  test("an unknown action, throttling and a fault have the vendor's shape", async () => {
    expect(await refusal("DescribeNothing")).toEqual({ status: 400, code: "InvalidAction" });
    clouds.knobs.set("aws", { throttle: { everyNth: 1 } });
    const { status, text } = await askElastiCache(clouds, "DescribeSnapshots");
    expect(status).toBe(400);
    expect(text).toMatch(
      /^<ErrorResponse xmlns="[^"]+"><Error><Type>Sender<\/Type><Code>Throttling<\/Code><Message>Rate exceeded<\/Message><\/Error><RequestId>[\w-]{36}<\/RequestId><\/ErrorResponse>\n$/,
    );
    clouds.knobs.reset();
    const effect = { kind: "vendorError", code: "ServiceUnavailable", status: 503 } as const;
    clouds.knobs.faults.add({ vendor: "aws", effect });
    expect(await refusal("DescribeSnapshots")).toEqual({ status: 503, code: "ServiceUnavailable" });
  });
});
