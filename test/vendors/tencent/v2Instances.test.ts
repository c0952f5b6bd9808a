import { expect, test } from "vitest";
import { isRow } from "../../../src/domain/row.js";
import { redis2Instances } from "../../../src/vendors/tencent/v2Lists.js";
import { fixture } from "../fixture.js";

const listing = redis2Instances("Asia/Shanghai");
const scope = { region: { id: "ap-guangzhou", endpoint: null }, instance: null };

test("instances are read, with numbers as text and as numbers", () => {
  const rows = listing.rows(fixture("tencent/DescribeRedis")).filter(isRow);
  expect(rows.map((row) => listing.map(row, scope))).toEqual([
    {
      nativeId: "crs-izbob1wh",
      name: "orders",
      zone: "100003",
      status: "RUNNING",
      vendorStatus: "2",
      engineVersion: null,
      memoryBytes: 1024 ** 3,
      createdAt: Date.parse("2017-01-10T07:42:18Z"),
      shardCount: null,
      project: "0",
      listing: "redis2-instance",
    },
    {
      nativeId: "crs-c7xq4kqu",
      name: "carts",
      zone: "100003",
      status: "STOPPED",
      vendorStatus: "-2",
      engineVersion: null,
      memoryBytes: 8 * 1024 ** 3,
      createdAt: null,
      shardCount: null,
      project: "0",
      listing: "redis2-instance",
    },
  ]);
});

test("the oldest are asked for first", () => {
  expect(listing.params(scope)).toEqual({ orderBy: "createtime", orderType: 0 });
});
