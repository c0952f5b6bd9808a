import { describe, expect, test } from "vitest";
import { isRow, type Row } from "../../../src/domain/row.js";
import { redisInstance, redisRegion } from "../../../src/vendors/tencent/v3Lists.js";
import { tencentV3Api } from "../../../src/vendors/tencent/v3Api.js";
import { tencentAccount } from "../accounts.js";
import { fixture, refusalOf } from "../fixture.js";

const wideList = redisRegion("Asia/Shanghai");
const list = redisInstance("Asia/Shanghai");
const region = { id: "ap-guangzhou", endpoint: null };
const wide = { region, instance: null };
const scope = { region, instance: { nativeId: "crs-izbob1wh", zone: null, shardCount: null } };
const map = (facts: Row) => wideList.map({ BackupId: "b-1", InstanceId: "crs-1", ...facts }, wide);

test("the document's example is read: local times, words, a long id", () => {
  const payload = tencentV3Api(tencentAccount).open(
    fixture("tencent/DescribeInstanceBackups"),
    200,
    {},
  );
  expect(
    list
      .rows(payload)
      .filter(isRow)
      .map((row) => list.map(row, scope)),
  ).toEqual([
    {
      startedAt: Date.parse("2026-05-31T18:00:08Z"),
      finishedAt: Date.parse("2026-05-31T18:00:27Z"),
      expiresAt: Date.parse("2026-06-07T18:00:27Z"),
      instanceNativeId: "crs-izbob1wh",
      nativeId: "678362566696298532848117",
      status: "SUCCEEDED",
      vendorStatus: "2",
      trigger: "AUTOMATIC",
      sizeBytes: 543534435,
      engineVersion: "6.2",
      locked: false,
      encrypted: false,
      remark: null,
      failureReason: null,
      zone: null,
      name: null,
      method: "UNKNOWN",
      kind: "UNKNOWN",
      shardCount: null,
      shard: null,
    },
    expect.objectContaining({
      startedAt: Date.parse("2026-05-31T23:44:46Z"),
      finishedAt: null,
      expiresAt: null,
      status: "RUNNING",
      vendorStatus: "1",
      trigger: "MANUAL",
      sizeBytes: null,
      engineVersion: null,
      locked: true,
      encrypted: null,
      remark: "before the release",
      failureReason: null,
    }),
  ]);
});

test.each([
  { facts: { Status: 1 }, status: "RUNNING" },
  { facts: { Status: 1, EndTime: "0000-00-00 00:00:00" }, status: "RUNNING" },
  { facts: { Status: "1", EndTime: "2026-06-01 02:00:27" }, status: "LOCKED" },
  { facts: { Status: 2 }, status: "SUCCEEDED" },
  { facts: { Status: "2" }, status: "SUCCEEDED" },
  { facts: { Status: 3 }, status: "SUCCEEDED" },
  { facts: { Status: 4 }, status: "SUCCEEDED" },
  { facts: { Status: -1 }, status: "EXPIRED" },
  { facts: { Status: -2 }, status: "DELETED" },
  { facts: { Status: 9 }, status: "UNKNOWN" },
  { facts: {}, status: "UNKNOWN" },
])("$facts is $status", ({ facts, status }) => {
  expect(map(facts)?.status).toBe(status);
});

test.each([
  { BackupType: "0", trigger: "MANUAL" },
  { BackupType: "1", trigger: "AUTOMATIC" },
  { BackupType: 1, trigger: "AUTOMATIC" },
  { BackupType: "2", trigger: "OTHER" },
  { BackupType: "manualBackupInstance", trigger: "MANUAL" },
  { BackupType: "systemBackupInstance", trigger: "AUTOMATIC" },
  { BackupType: "3", trigger: "UNKNOWN" },
])("type $BackupType is $trigger", ({ BackupType, trigger }) => {
  expect(map({ BackupType })?.trigger).toBe(trigger);
});

test("the lock flag changes no state", () => {
  expect(map({ Status: 2, Locked: 1 })).toMatchObject({ status: "SUCCEEDED", locked: true });
});

test("another zone's times are converted with its daylight saving", () => {
  const row = { BackupId: "b", InstanceId: "i", StartTime: "2026-07-01 02:00:00" };
  expect(redisRegion("Europe/Berlin").map(row, wide)?.startedAt).toBe(
    Date.parse("2026-07-01T00:00:00Z"),
  );
});

describe("what is asked", () => {
  test("is every status, for a region or an instance", () => {
    const Status = [1, 2, 3, 4, -1, -2];
    expect(wideList.params(wide)).toEqual({ Status });
    expect(list.params(scope)).toEqual({ InstanceId: "crs-izbob1wh", Status });
  });

  test("is fewer states where the vendor refuses them, at last none", () => {
    expect(list.alternatives?.map(({ params }) => params)).toEqual([
      { Status: [1, 2] },
      { Status: null },
    ]);
    expect(list.alternativesOn).toContain("InvalidParameter.InvalidParameter");
    expect(list.alternativesOn).not.toContain("InvalidParameter.PermissionDenied");
  });

  test("is local time in windows of at most 30 days", () => {
    expect(list.formatInstant?.(Date.parse("2026-05-31T18:00:08Z"))).toBe("2026-06-01 02:00:08");
    expect(list.shape.window?.maxSpanMs).toBe(30 * 86_400_000);
  });
});

test("a region's row must name its instance; an instance's row may not name another", () => {
  expect(refusalOf(() => wideList.map({ BackupId: "b-1" }, wide)).message).toContain("InstanceId");
  expect(list.map({ BackupId: "b-1" }, scope)?.instanceNativeId).toBe("crs-izbob1wh");
  expect(list.map({ BackupId: "b-1", InstanceId: "crs-other" }, scope)).toBeNull();
});

test("no rows beside a total of zero are no backups, also as null", () => {
  expect(list.rows({ TotalCount: 0, BackupSet: null })).toEqual([]);
  expect(refusalOf(() => list.rows({ TotalCount: 1, BackupSet: null })).kind).toBe("BAD_RESPONSE");
});

test.each([200, "200"])(
  "backups of Memcached (type %j) are left out of both lists",
  (InstanceType) => {
    expect(map({ InstanceType })).toBeNull();
    expect(list.map({ BackupId: "b-1", InstanceType }, scope)).toBeNull();
  },
);
