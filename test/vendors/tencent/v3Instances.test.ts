import { expect, test } from "vitest";
import { isRow } from "../../../src/domain/row.js";
import { child } from "../../../src/vendors/kit/decode.js";
import { redisInstances } from "../../../src/vendors/tencent/v3Lists.js";
import { fixture } from "../fixture.js";

const listing = redisInstances("Asia/Shanghai");
const scope = { region: { id: "ap-guangzhou", endpoint: null }, instance: null };

test("instances are read; Memcached ones are left out", () => {
  const payload = child(fixture("tencent/DescribeInstances"), "Response") ?? {};
  expect(
    listing
      .rows(payload)
      .filter(isRow)
      .map((row) => listing.map(row, scope)),
  ).toEqual([
    {
      nativeId: "crs-izbob1wh",
      name: "orders",
      zone: "100003",
      status: "RUNNING",
      vendorStatus: "2",
      engineVersion: "6.2",
      memoryBytes: 4 * 1024 ** 3,
      createdAt: Date.parse("2019-01-25T08:50:34Z"),
      shardCount: 1,
      tags: [{ key: "env", value: "prod" }],
      project: "0",
      listing: "redis-instance",
    },
    {
      nativeId: "crs-newnewne",
      name: null,
      zone: "100003",
      status: "STOPPED",
      vendorStatus: "-2",
      engineVersion: "5.0",
      memoryBytes: 8 * 1024 ** 3,
      createdAt: null,
      shardCount: 3,
      tags: null,
      project: null,
      listing: "redis-instance",
    },
    null,
  ]);
});

test("the oldest are asked for first, in pages that offsets are multiples of", () => {
  expect(listing.params(scope)).toEqual({ OrderBy: "createtime", OrderType: 0 });
  expect(listing.shape.page).toMatchObject({ max: 1000, aligned: true });
});

test.each([
  { Status: 0, status: "CREATING" },
  { Status: 1, status: "CHANGING" },
  { Status: 2, status: "RUNNING" },
  { Status: -2, status: "STOPPED" },
  { Status: -3, status: "DELETED" },
  { Status: 7, status: "UNKNOWN" },
])("status $Status is $status", ({ Status, status }) => {
  expect(listing.map({ InstanceId: "i", Status }, scope)).toMatchObject({ status });
});
