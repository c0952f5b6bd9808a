import { expect, test } from "vitest";
import type { Instance } from "../../../src/domain/instance.js";
import { isRow, type Row } from "../../../src/domain/row.js";
import type { BackupListing, InstanceListing } from "../../../src/listing/declaration.js";
import { parseXml } from "../../../src/listing/decoder.js";
import * as elasticache from "../../../src/vendors/aws/elasticache.js";
import { aws } from "../../../src/vendors/aws/index.js";
import * as memorydb from "../../../src/vendors/aws/memorydb.js";
import { awsAccount } from "../accounts.js";
import { fixture } from "../fixture.js";

const api = aws.api(awsAccount);
const scope = { region: { id: "eu-west-1", endpoint: null }, instance: null };

const read = ({ rows, map }: BackupListing | InstanceListing, file: string): unknown[] =>
  rows(api.open(fixture(`aws/${file}`), 200, {}))
    .filter(isRow)
    .map((row) => map(row, scope));

const DAY = 86_400_000;

test("a snapshot of nodes starts with its first node, and its size is not exact", () => {
  const start = Date.parse("2026-05-31T03:02:11Z");
  expect(read(elasticache.snapshots, "DescribeSnapshots.xml")).toMatchObject([
    {
      instanceNativeId: "orders",
      nativeId: "automatic.orders-2026-05-31-03-00",
      status: "SUCCEEDED",
      trigger: "AUTOMATIC",
      kind: "FULL",
      startedAt: start,
      expiresAt: start + 7 * DAY,
      sizeBytes: null,
      shardCount: 2,
      engineVersion: "8.0.1",
      encrypted: true,
    },
    {
      // The member of a group without cluster mode.
      instanceNativeId: "sessions-002",
      nativeId: "before-upgrade",
      status: "SUCCEEDED",
      vendorStatus: "Available",
      trigger: "MANUAL",
      startedAt: Date.parse("2026-05-30T12:00:00Z"),
      expiresAt: null,
      shardCount: 1,
      encrypted: null,
    },
    // Its nodes have not begun.
    { instanceNativeId: "orders", status: "RUNNING", startedAt: null, expiresAt: null },
  ]);
});

test("only rows that name no group are owned by a member", () => {
  const owned = elasticache.snapshots
    .rows(api.open(fixture("aws/DescribeSnapshots.xml"), 200, {}))
    .map((row) => elasticache.snapshots.ownedByMember?.(row as Row));
  expect(owned).toEqual([false, true, false]);
});

test("groups have their schedule and encryption; those without cluster mode their members", () => {
  const groups = read(elasticache.replicationGroups, "DescribeReplicationGroups.xml");
  expect(groups).toMatchObject([
    {
      nativeId: "orders",
      status: "RUNNING",
      createdAt: Date.parse("2026-01-02T07:55:00Z"),
      shardCount: 2,
      listing: "group-snapshots",
      encrypted: true,
      automaticBackups: true,
      retentionMs: 7 * DAY,
      factsAt: "arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:orders",
    },
    {
      nativeId: "sessions",
      status: "RUNNING",
      vendorStatus: "snapshotting",
      members: ["sessions-001", "sessions-002"],
      listing: "snapshots",
      encrypted: false,
      automaticBackups: false,
      retentionMs: null,
    },
  ]);
  expect(groups[0]).not.toHaveProperty("members");
});

test("clusters outside groups are instances, those of memcached and of groups are not", () => {
  expect(read(elasticache.cacheClusters, "DescribeCacheClusters.xml")).toMatchObject([
    {
      nativeId: "single",
      zone: "eu-west-1a",
      engineVersion: "7.1.0",
      automaticBackups: true,
      listing: "cluster-snapshots",
    },
    null,
    null,
  ]);
});

test("serverless caches are encrypted, and their snapshots have exact sizes and ends", () => {
  expect(read(elasticache.serverlessCaches, "DescribeServerlessCaches.xml")).toMatchObject([
    {
      nativeId: "carts",
      status: "RUNNING",
      vendorStatus: "AVAILABLE",
      engineVersion: "8.0",
      createdAt: Date.parse("2026-03-01T06:30:00.120Z"),
      encrypted: true,
      automaticBackups: true,
      retentionMs: 3 * DAY,
    },
    null,
  ]);
  const file = "DescribeServerlessCacheSnapshots.xml";
  expect(read(elasticache.serverlessSnapshots, file)).toMatchObject([
    {
      instanceNativeId: "carts",
      startedAt: Date.parse("2026-05-31T05:00:03.250Z"),
      expiresAt: Date.parse("2026-06-03T05:00:03.250Z"),
      sizeBytes: 1_234_567_890,
      encrypted: true,
    },
    null,
    { instanceNativeId: "carts", status: "RUNNING", startedAt: null },
  ]);
});

test("clusters of MemoryDB have no creation, and their snapshots start with the first shard", () => {
  expect(read(memorydb.clusters, "DescribeClusters")).toMatchObject([
    {
      nativeId: "ledger",
      status: "RUNNING",
      engineVersion: "7.2.6",
      createdAt: null,
      shardCount: 2,
      encrypted: true,
      automaticBackups: false,
      retentionMs: null,
    },
  ]);
  expect(read(memorydb.snapshots, "DescribeMemoryDbSnapshots")).toMatchObject([
    {
      instanceNativeId: "ledger",
      trigger: "AUTOMATIC",
      startedAt: 1_780_200_130_000,
      expiresAt: 1_780_200_130_000 + 5 * DAY,
      sizeBytes: null,
      shardCount: 2,
    },
    { instanceNativeId: "ledger", status: "RUNNING", startedAt: null },
  ]);
});

test.each([
  { word: "available", status: "SUCCEEDED" },
  { word: "AVAILABLE", status: "SUCCEEDED" },
  { word: "restoring", status: "SUCCEEDED" },
  { word: "copying", status: "LOCKED" },
  { word: "creating", status: "RUNNING" },
  { word: "deleting", status: "DELETED" },
  { word: "failed", status: "FAILED" },
  { word: "thawing", status: "UNKNOWN" },
])("a snapshot that is $word is $status", ({ word, status }) => {
  const row = { Name: "s", Status: word, ClusterConfiguration: { Name: "c" } };
  expect(memorydb.snapshots.map(row, scope)).toMatchObject({ status, vendorStatus: word });
});

test("tags are read by the instance's ARN, and only then", () => {
  const instance = { nativeId: "orders", factsAt: "arn:1" } as Instance;
  for (const { tags, arn } of [
    { tags: elasticache.tags, arn: "ResourceName" },
    { tags: memorydb.tags, arn: "ResourceArn" },
  ]) {
    expect(tags.params([instance], scope.region)).toEqual({ [arn]: "arn:1" });
    expect(tags.appliesTo?.(instance)).toBe(true);
    expect(tags.appliesTo?.({ nativeId: "orders" } as Instance)).toBe(false);
  }
  const ofXml = (list: string): unknown => {
    const payload = api.open(
      parseXml(
        `<ListTagsForResourceResponse><ListTagsForResourceResult>${list}</ListTagsForResourceResult></ListTagsForResourceResponse>`,
      ),
      200,
      {},
    );
    return elasticache.tags.map(payload, [instance]).get("orders");
  };
  const one = "<Tag><Key>env</Key><Value>prod</Value></Tag>";
  expect(ofXml(`<TagList>${one}</TagList>`)).toEqual({ tags: [{ key: "env", value: "prod" }] });
  expect(ofXml("<TagList/>")).toEqual({ tags: [] });
  expect(() => ofXml("<Tags/>")).toThrow("TagList");
  const payload = { TagList: [{ Key: "env", Value: "prod" }, { Key: "team" }] };
  expect(memorydb.tags.map(payload, [instance]).get("orders")).toEqual({
    tags: [
      { key: "env", value: "prod" },
      { key: "team", value: "" },
    ],
  });
  expect(() => memorydb.tags.map({}, [instance])).toThrow("TagList");
});
