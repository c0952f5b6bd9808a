import { describe, expect, test } from "vitest";
import { isRow, type Row } from "../../../src/domain/row.js";
import { uredisGroup, uredisRegion } from "../../../src/vendors/ucloud/uredis.js";
import { fixture, only, refusalOf } from "../fixture.js";

const region = { id: "cn-bj2", endpoint: null };
const wide = { region, instance: null };
const group = {
  region,
  instance: { nativeId: "uredis-2cwmyb", zone: "cn-bj2-05", shardCount: null },
};
const rowsOf = (name: string): Row[] => uredisRegion.rows(fixture(`ucloud/${name}`)).filter(isRow);
const row = (facts: Row): Row => ({ BackupId: "b-1", GroupId: "uredis-2cwmyb", ...facts });

test("the document's example is read", () => {
  const [first, second] = rowsOf("DescribeURedisBackup").map((each) =>
    uredisRegion.map(each, wide),
  );
  expect(first).toEqual({
    startedAt: 1403249482000,
    zone: null,
    instanceNativeId: "uredis-2cwmyb",
    nativeId: "24149c99-4df6-4b5a-99b4-8ab1ca2d7aaa",
    name: "backup-test",
    status: "SUCCEEDED",
    vendorStatus: "Success",
    trigger: "MANUAL",
    method: "UNKNOWN",
    kind: "UNKNOWN",
    finishedAt: null,
    expiresAt: null,
    sizeBytes: 1024,
    shardCount: null,
    engineVersion: null,
    locked: null,
    encrypted: null,
    remark: null,
    failureReason: null,
    shard: null,
  });
  expect(second).toMatchObject({ instanceNativeId: "uredis-0vcq2a", status: "FAILED" });
});

test("the fields of 2025 are read", () => {
  const mapped = uredisGroup.map(only(rowsOf("DescribeURedisBackup.2025")), group);
  expect(mapped).toMatchObject({
    zone: "cn-bj2-05",
    status: "RUNNING",
    vendorStatus: "Backuping",
    trigger: "MANUAL",
    sizeBytes: 18,
    engineVersion: "6.0",
    startedAt: 1748736000000,
  });
});

test.each([
  { State: "Backuping", status: "RUNNING" },
  { State: "Success", status: "SUCCEEDED" },
  { State: "Error", status: "FAILED" },
  { State: "Expired", status: "EXPIRED" },
  { State: "Paused", status: "UNKNOWN" },
  { State: "constructor", status: "UNKNOWN" },
])("state $State is $status, and the vendor's word is kept", ({ State, status }) => {
  expect(uredisRegion.map(row({ State }), wide)).toMatchObject({ status, vendorStatus: State });
});

test.each([
  { BackupType: 0, trigger: "AUTOMATIC" },
  { BackupType: 1, trigger: "MANUAL" },
  { BackupType: "0", trigger: "AUTOMATIC" },
  { BackupType: "1", trigger: "MANUAL" },
  { BackupType: "Auto", trigger: "AUTOMATIC" },
  { BackupType: "MANUAL", trigger: "MANUAL" },
  { BackupType: 2, trigger: "UNKNOWN" },
  { BackupType: undefined, trigger: "UNKNOWN" },
])("type $BackupType is $trigger", ({ BackupType, trigger }) => {
  expect(uredisRegion.map(row({ BackupType }), wide)).toMatchObject({ trigger });
});

test("a row without a start has none, and stays a row", () => {
  expect(uredisRegion.map(row({ BackupTime: 0 }), wide)).toMatchObject({ startedAt: null });
});

describe("the region-wide list", () => {
  test("asks for the region's own backups and names no group", () => {
    expect(uredisRegion.params(wide)).toEqual({ RegionType: "normal" });
  });

  test("cannot do without a row's group", () => {
    const error = refusalOf(() => uredisRegion.map({ BackupId: "b-1" }, wide));
    expect(error.message).toContain("GroupId");
  });
});

describe("the list of a group", () => {
  test("names the group", () => {
    expect(uredisGroup.params(group)).toEqual({ GroupId: "uredis-2cwmyb" });
  });

  test("knows the group of rows that do not name it", () => {
    expect(uredisGroup.map({ BackupId: "b-1" }, group)?.instanceNativeId).toBe("uredis-2cwmyb");
  });

  test("leaves out rows of another group", () => {
    expect(uredisGroup.map(row({ GroupId: "uredis-other" }), group)).toBeNull();
  });
});
