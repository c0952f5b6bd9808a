import { expect, test } from "vitest";
import { isRow } from "../../../src/domain/row.js";
import { kvstoreRegions } from "../../../src/vendors/alibaba/instances.js";
import { fixture, refusalOf } from "../fixture.js";

const scope = { region: null, instance: null };

test("regions come with their host; a host outside the vendor's domain is not taken", () => {
  const rows = kvstoreRegions.rows(fixture("alibaba/DescribeRegions")).filter(isRow);
  expect(rows.map((row) => kvstoreRegions.map(row, scope))).toEqual([
    { id: "cn-hangzhou", endpoint: "r-kvstore.aliyuncs.com" },
    { id: "cn-hangzhou", endpoint: "r-kvstore.aliyuncs.com" },
    { id: "ap-southeast-1", endpoint: "r-kvstore.ap-southeast-1.aliyuncs.com" },
    { id: "us-east-1", endpoint: null },
  ]);
});

test.each([
  "evil.example",
  "aliyuncs.com",
  "x.aliyuncs.com.evil.example",
  "evilaliyuncs.com",
  "x.aliyuncs.com:444",
  "x.aliyuncs.com/path",
  "user@x.aliyuncs.com",
  "-x.aliyuncs.com",
  "x..aliyuncs.com",
])("the endpoint %s is not taken", (RegionEndpoint) => {
  expect(kvstoreRegions.map({ RegionId: "cn-1", RegionEndpoint }, scope)?.endpoint).toBeNull();
});

test("a region whose id could not be a part of a host is BAD_RESPONSE", () => {
  const error = refusalOf(() => kvstoreRegions.map({ RegionId: "evil.example/" }, scope));
  expect(error.kind).toBe("BAD_RESPONSE");
  expect(error.message).not.toContain("evil");
});
