import { expect, test } from "vitest";
import { isRow, type Row } from "../../../src/domain/row.js";
import { umemSpace } from "../../../src/vendors/ucloud/umem.js";
import { fixture, only } from "../fixture.js";

const scope = {
  region: { id: "cn-zj", endpoint: null },
  instance: { nativeId: "BockWwNG", zone: "cn-zj-01", shardCount: null },
};
const rowsOf = (name: string): Row[] => umemSpace.rows(fixture(`ucloud/${name}`)).filter(isRow);

test("zone and space are asked for", () => {
  expect(umemSpace.params(scope)).toEqual({ Zone: "cn-zj-01", SpaceId: "BockWwNG" });
});

test("the document's example is read: words of nonsense are unknown", () => {
  expect(umemSpace.map(only(rowsOf("DescribeUMemBackup")), scope)).toMatchObject({
    nativeId: "YKTpXALa",
    name: "wswsYgCj",
    instanceNativeId: "BockWwNG",
    zone: "cn-zj-01",
    status: "UNKNOWN",
    vendorStatus: "gvqEneLQ",
    trigger: "UNKNOWN",
    startedAt: 3000,
    shardCount: null,
    sizeBytes: null,
  });
});

test("a backup that is listed once a shard has one key, and counts its shards", () => {
  const rows = rowsOf("DescribeUMemBackup.shards");
  expect(rows.map((row) => umemSpace.keyOf(row))).toEqual(["b-1", "b-1", "b-2"]);
  expect(rows.map((row) => umemSpace.map(row, scope))).toMatchObject([
    { status: "SUCCEEDED", trigger: "AUTOMATIC", shardCount: 2, shard: null, sizeBytes: null },
    { nativeId: "b-1" },
    { status: "RUNNING", vendorStatus: "Starting", trigger: "MANUAL" },
  ]);
});

test("the total is what the vendor says, or absent", () => {
  expect(umemSpace.total(fixture("ucloud/DescribeUMemBackup"))).toBe(9);
  expect(umemSpace.total(fixture("ucloud/DescribeUMemBackup.shards"))).toBeNull();
});

test("rows of another space are left out", () => {
  expect(umemSpace.map({ BackupId: "b-1", SpaceId: "umem-other" }, scope)).toBeNull();
});
