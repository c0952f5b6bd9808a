import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startClouds } from "../../src/clouds/clouds.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { BackupRow, MemoryDbInstance } from "../../src/clouds/estate/types.js";
import type { Row } from "../../src/domain/row.js";
import { askMemoryDb, memoryDb } from "./awsWire.js";
import type { AwsChanges } from "./awsWire.js";
import { NOW, rowAt, rowsIn } from "./wire.js";

const HOUR = 3_600_000;

let clouds: Clouds;
beforeEach(async () => {
  clouds = await startClouds({ now: () => NOW, estate: { instances: 0, backupsEach: 0 } });
});
afterEach(() => clouds.close());

const owner = (changes: Partial<MemoryDbInstance> = {}): void =>
  clouds.estate.insertInstance(memoryDb(changes));

const put = (facts: Partial<BackupRow> = {}): BackupRow =>
  clouds.estate.insertBackup({
    product: "AWS_MEMORYDB",
    instanceNativeId: "orders",
    startedAt: NOW - HOUR,
    ...facts,
  });

const ask = async (action: string, params: Row = {}): Promise<Row> =>
  (await askMemoryDb(clouds, action, params)).body;
const snapshots = async (params: Row = {}): Promise<Row[]> =>
  rowsIn(await ask("DescribeSnapshots", params), "Snapshots");
const refusal = async (action: string, params: Row | string = {}, changes: AwsChanges = {}) => {
  const { status, body } = await askMemoryDb(clouds, action, params, changes);
  return [status, String(body.__type).split("#").at(-1)];
};

describe("who may ask", () => {
  test.each<{ what: string; changes: AwsChanges; code: string }>([
    { what: "another key", changes: { id: "AKIDother" }, code: "UnrecognizedClientException" },
    { what: "another secret", changes: { secret: "no" }, code: "InvalidSignatureException" },
    { what: "a token", changes: { token: "t" }, code: "UnrecognizedClientException" },
    {
      what: "a clock six minutes off",
      changes: { at: NOW + 360_000 },
      code: "InvalidSignatureException",
    },
    {
      what: "the service elasticache",
      changes: { service: "elasticache" },
      code: "InvalidSignatureException",
    },
  ])("$what is refused with $code and 400", async ({ changes, code }) => {
    expect(await refusal("DescribeSnapshots", {}, changes)).toEqual([400, code]);
  });

  test("what is no JSON object, has a wrong type or an unknown action is refused", async () => {
    for (const body of ["", "[]", '{"MaxResults":"50"}', '{"ShowDetail":"true"}'])
      expect(await refusal("DescribeSnapshots", body)).toEqual([400, "SerializationException"]);
    expect(await refusal("DescribeNothing")).toEqual([400, "UnknownOperationException"]);
  });

  test("throttling is an exception with 400", async () => {
    clouds.knobs.set("aws", { throttle: { everyNth: 1 } });
    expect(await refusal("DescribeSnapshots")).toEqual([400, "ThrottlingException"]);
  });
});

describe("snapshots", () => {
  test("have times and rounded sizes for each shard, and only with their details", async () => {
    owner({ shardCount: 3 });
    const row = put({ sizeBytes: 3 * 33 * 1_048_576 });
    const [plain = {}] = await snapshots();
    expect(JSON.stringify(plain)).not.toContain('"Shards"');
    const [shown = {}] = await snapshots({ ShowDetail: true });
    expect(shown).toMatchObject({
      Name: row.nativeId,
      Status: "available",
      Source: "automated",
      ARN: `arn:aws:memorydb:eu-west-1:111122223333:snapshot/${row.nativeId}`,
      DataTiering: "false",
      ClusterConfiguration: { Name: "orders", NumShards: 3, SnapshotRetentionLimit: 7 },
    });
    const shards = rowsIn(rowAt(shown, "ClusterConfiguration"), "Shards");
    const starts = shards.map(({ SnapshotCreationTime }) => Number(SnapshotCreationTime));
    expect(Math.min(...starts) * 1000).toBe(row.startedAt);
    expect(starts.some((start) => !Number.isInteger(start))).toBe(true);
    expect(shards.map(({ Name }) => Name)).toEqual(["0001", "0002", "0003"]);
    expect(shards.map(({ Size }) => Size)).toContain("33 MB");
  });

  test("one that is being made has shards without times", async () => {
    owner();
    put({ status: "creating" });
    const [shown = {}] = await snapshots({ ShowDetail: true });
    const shards = rowsIn(rowAt(shown, "ClusterConfiguration"), "Shards");
    expect(shards).toMatchObject([{ Name: "0001", Size: "" }]);
    expect(shards[0]).not.toHaveProperty("SnapshotCreationTime");
    expect(clouds.estate.truth()).toEqual([]);
  });

  test("are filtered by owner, source and name; manual ones outlive their owner", async () => {
    owner();
    const [nightly, byHand] = [put(), put({ trigger: "manual" })];
    const names = async (params: Row) => (await snapshots(params)).map(({ Name }) => Name);
    expect(await names({ ClusterName: "orders" })).toHaveLength(2);
    expect(await names({ ClusterName: "nobody" })).toEqual([]);
    expect(await names({ Source: "system" })).toEqual([nightly.nativeId]);
    expect(await names({ SnapshotName: byHand.nativeId })).toEqual([byHand.nativeId]);
    clouds.estate.deleteInstance("AWS_MEMORYDB", "orders");
    expect(await names({})).toEqual([byHand.nativeId]);
    expect(await refusal("DescribeSnapshots", { SnapshotName: nightly.nativeId })).toEqual([
      400,
      "SnapshotNotFoundFault",
    ]);
  });

  test("page by NextToken, which is bound to the other parameters", async () => {
    owner();
    const all = Array.from(
      { length: 23 },
      (_, index) => put({ trigger: "manual", startedAt: NOW - index * HOUR }).nativeId,
    );
    const names: unknown[] = [];
    let token: unknown;
    do {
      const asked = token === undefined ? {} : { NextToken: token };
      const body = await ask("DescribeSnapshots", { MaxResults: 10, ...asked });
      names.push(...rowsIn(body, "Snapshots").map(({ Name }) => Name));
      token = body.NextToken ?? token;
      if (body.NextToken === undefined) break;
    } while (names.length < 100);
    expect(names).toEqual(all);
    expect(await refusal("DescribeSnapshots", { NextToken: token, ShowDetail: true })).toEqual([
      400,
      "InvalidParameterValueException",
    ]);
    for (const params of [{ MaxResults: 0 }, { MaxResults: 101 }, { Source: "manual" }])
      expect(await refusal("DescribeSnapshots", params)).toEqual([
        400,
        "InvalidParameterValueException",
      ]);
    expect(clouds.calls.entries()[1]).toMatchObject({
      vendor: "aws",
      action: "memorydb:DescribeSnapshots",
      region: "eu-west-1",
      page: 2,
    });
  });
});

describe("clusters", () => {
  test("have no creation time, and shards only with their details", async () => {
    owner({ retentionDays: 0, shardCount: 2 });
    const [plain = {}] = rowsIn(await ask("DescribeClusters"), "Clusters");
    expect(plain).toMatchObject({
      Name: "orders",
      Status: "available",
      NumberOfShards: 2,
      Engine: "valkey",
      EngineVersion: "8.0",
      EnginePatchVersion: "8.0.1",
      SnapshotRetentionLimit: 0,
      ARN: "arn:aws:memorydb:eu-west-1:111122223333:cluster/orders",
    });
    expect(JSON.stringify(plain)).not.toMatch(/"Shards"|Time"/);
    const named = { ClusterName: "orders", ShowShardDetails: true };
    const [shown = {}] = rowsIn(await ask("DescribeClusters", named), "Clusters");
    const shards = rowsIn(shown, "Shards");
    expect(shards.map(({ Slots }) => Slots)).toEqual(["0-8191", "8192-16383"]);
    expect(await refusal("DescribeClusters", { ClusterName: "x" })).toEqual([
      400,
      "ClusterNotFoundFault",
    ]);
  });

  test("have tags by ARN while they are available", async () => {
    owner({ tags: { env: "prod" } });
    owner({ nativeId: "young", status: "creating" });
    const arn = (name: string) => `arn:aws:memorydb:eu-west-1:111122223333:cluster/${name}`;
    expect(await ask("ListTags", { ResourceArn: arn("orders") })).toEqual({
      TagList: [{ Key: "env", Value: "prod" }],
    });
    const codeOf = async (ResourceArn: string) => (await refusal("ListTags", { ResourceArn }))[1];
    expect(await codeOf(arn("young"))).toBe("InvalidClusterStateFault");
    expect(await codeOf(arn("nobody"))).toBe("ClusterNotFoundFault");
    expect(await codeOf("orders")).toBe("InvalidARNFault");
  });
});
