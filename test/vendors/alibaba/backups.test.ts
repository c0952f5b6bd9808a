import { describe, expect, test } from "vitest";
import { isRow, type Row } from "../../../src/domain/row.js";
import { alibabaApi } from "../../../src/vendors/alibaba/api.js";
import { kvstoreBackups } from "../../../src/vendors/alibaba/backups.js";
import { alibabaAccount } from "../accounts.js";
import { fixture } from "../fixture.js";

const scopeOf = (nativeId: string) => ({
  region: { id: "cn-hangzhou", endpoint: null },
  instance: { nativeId, zone: null, shardCount: null },
});
const rowsOf = (name: string): Row[] =>
  kvstoreBackups
    .rows(alibabaApi(alibabaAccount).open(fixture(`alibaba/${name}`), 200, {}))
    .filter(isRow);
const standard = scopeOf("r-bp1xxxxxxxxxxxxx");
const cluster = scopeOf("r-bp1cluster");

test("the document's wrapped example, all of text, is read", () => {
  expect(
    rowsOf("DescribeBackups.wrapped").map((row) => kvstoreBackups.map(row, standard))[0],
  ).toEqual({
    startedAt: Date.parse("2019-03-14T05:28:50Z"),
    finishedAt: Date.parse("2019-03-14T05:31:13Z"),
    expiresAt: null,
    instanceNativeId: "r-bp1xxxxxxxxxxxxx",
    nativeId: "336077354",
    status: "SUCCEEDED",
    vendorStatus: "Success",
    trigger: "AUTOMATIC",
    method: "PHYSICAL",
    kind: "FULL",
    sizeBytes: 1024,
    engineVersion: "4.0",
    shard: null,
    zone: null,
    name: null,
    shardCount: null,
    locked: null,
    encrypted: null,
    remark: null,
    failureReason: null,
  });
});

describe("a cluster", () => {
  test("has a row for every node, each with its shard and key", () => {
    const rows = rowsOf("DescribeBackups");
    expect(rows.map((row) => kvstoreBackups.map(row, cluster))).toMatchObject([
      {
        nativeId: "336077354",
        shard: "r-bp1cluster-db-0",
        status: "SUCCEEDED",
        trigger: "MANUAL",
        method: "LOGICAL",
        kind: "FULL",
        sizeBytes: 2048,
        engineVersion: "4",
        expiresAt: Date.parse("2026-06-08T18:12:10Z"),
      },
      { nativeId: "336077355", shard: "r-bp1cluster-db-1", status: "FAILED", kind: "INCREMENTAL" },
    ]);
    expect(rows.map((row) => kvstoreBackups.keyOf(row))).toEqual([
      "336077354/r-bp1cluster-db-0",
      "336077355/r-bp1cluster-db-1",
    ]);
  });

  test("whose nodes share an id still has a key for each", () => {
    const rows = ["db-0", "db-1"].map((NodeInstanceId) => ({ BackupId: 1, NodeInstanceId }));
    expect(new Set(rows.map((row) => kvstoreBackups.keyOf(row))).size).toBe(2);
  });
});

test("a row without a node is a backup by itself", () => {
  expect(kvstoreBackups.map({ BackupId: 1 }, standard)?.shard).toBeNull();
});

test("an id beyond 2^53 keeps its digits", () => {
  expect(kvstoreBackups.map({ BackupId: "12345678901234567890" }, standard)?.nativeId).toBe(
    "12345678901234567890",
  );
});

test("the instance is asked for, in a window of whole minutes that must be given", () => {
  expect(kvstoreBackups.params(standard)).toEqual({ InstanceId: "r-bp1xxxxxxxxxxxxx" });
  expect(kvstoreBackups.shape.window).toMatchObject({ mandatory: true, precisionMs: 60_000 });
  expect(kvstoreBackups.shape.page).toMatchObject({ style: "pageNumber", max: 300 });
  expect(kvstoreBackups.formatInstant?.(Date.parse("2026-06-01T18:10:59Z"))).toBe(
    "2026-06-01T18:10Z",
  );
});

test("rows are shown without their links, whatever else they hold", () => {
  const [row] = rowsOf("DescribeBackups");
  expect(kvstoreBackups.withoutLinks(row ?? {})).toEqual({
    BackupId: 336077354,
    BackupJobID: 1022,
    BackupStatus: "Success",
    BackupStartTime: "2026-06-01T18:10:00Z",
    BackupEndTime: "2026-06-01T18:12:10Z",
    BackupType: "FullBackup",
    BackupMode: "Manual",
    BackupMethod: "Logical",
    BackupSize: 2048,
    BackupDBNames: "all",
    EngineVersion: 4,
    NodeInstanceId: "r-bp1cluster-db-0",
    ExpectExpireTime: "2026-06-08T18:12:10Z",
    RecoverConfigMode: { mode: "x" },
  });
});
