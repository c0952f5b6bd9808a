import { expect, test } from "vitest";
import { isRow } from "../../../src/domain/row.js";
import { redis2Instance, totalOf } from "../../../src/vendors/tencent/v2Lists.js";
import { fixture } from "../fixture.js";

const list = redis2Instance("Asia/Shanghai");
const scope = {
  region: { id: "ap-guangzhou", endpoint: null },
  instance: { nativeId: "crs-izbob1wh", zone: null, shardCount: null },
};

test("the document's example is read", () => {
  const rows = list.rows(fixture("tencent/GetRedisBackupList")).filter(isRow);
  expect(rows.map((row) => list.map(row, scope))).toEqual([
    {
      startedAt: Date.parse("2017-02-08T08:46:34Z"),
      instanceNativeId: "crs-izbob1wh",
      nativeId: "19266626-eddb-11e6-890a-525400394272",
      status: "SUCCEEDED",
      vendorStatus: "2",
      trigger: "MANUAL",
      locked: false,
      encrypted: null,
      remark: "testAPI",
      failureReason: null,
      zone: null,
      name: null,
      method: "UNKNOWN",
      kind: "UNKNOWN",
      finishedAt: null,
      expiresAt: null,
      sizeBytes: null,
      shardCount: null,
      engineVersion: null,
      shard: null,
    },
    expect.objectContaining({
      startedAt: Date.parse("2017-02-08T11:09:26Z"),
      trigger: "AUTOMATIC",
      remark: null,
    }),
  ]);
});

test.each([
  { status: 1, ours: "LOCKED" },
  { status: "1", ours: "LOCKED" },
  { status: 2, ours: "SUCCEEDED" },
  { status: 3, ours: "SUCCEEDED" },
  { status: 4, ours: "SUCCEEDED" },
  { status: -1, ours: "EXPIRED" },
  { status: 0, ours: "UNKNOWN" },
])("status $status is $ours: API 2.0 does not show running backups", ({ status, ours }) => {
  expect(list.map({ backupId: "b", status }, scope)?.status).toBe(ours);
});

test("the instance is asked for, by row offset, in a window on starts", () => {
  expect(list.params(scope)).toEqual({ redisId: "crs-izbob1wh" });
  expect(list.shape.page).toMatchObject({ style: "offset", aligned: false });
  expect(list.shape.window).toMatchObject({ selects: "start", longestMs: 0, mandatory: false });
});

test("the total stands beside the data or in it", () => {
  expect(totalOf({ totalCount: 3, data: {} })).toBe(3);
  expect(totalOf({ data: { totalCount: "4" } })).toBe(4);
  expect(totalOf({ data: [] })).toBeNull();
});
