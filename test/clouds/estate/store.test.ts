import { beforeEach, describe, expect, test } from "vitest";
import { REGIONS } from "../../../src/clouds/estate/regions.js";
import { makeEstate } from "../../../src/clouds/estate/store.js";
import type { Estate, EstateView, URedisInstance } from "../../../src/clouds/estate/types.js";
import { alibabaInstance, tencentInstance } from "../askCloud.js";

const START = Date.parse("2026-03-10T12:00:00Z");
const DAY = 86_400_000;
const group: URedisInstance = {
  product: "UCLOUD_UREDIS",
  region: "hk",
  zone: "hk-02",
  nativeId: "uredis-one",
  name: "one",
  status: "Running",
  engineVersion: "6.0",
  memoryMb: 1024,
  createdAt: START - 100 * DAY,
  deletedAt: null,
  shardCount: 1,
};

let now: number;
let view: EstateView;
let estate: Estate;
beforeEach(() => {
  now = START;
  view = {
    accounts: { ucloud: "u", tencent: "t", alibaba: "a", aws: "w", s3: "s" },
    tencentApi: "3.0",
    tencentStatuses: "all",
    ucloudWide: "allowed",
  };
  estate = makeEstate({ planned: [], regions: REGIONS, now: () => now, view: () => view });
  estate.insertInstance(group);
  estate.insertInstance(tencentInstance());
  estate.insertInstance(alibabaInstance());
});

const insertGroupRow = (facts: object = {}) =>
  estate.insertBackup({
    product: "UCLOUD_UREDIS",
    instanceNativeId: group.nativeId,
    startedAt: now - 5000,
    ...facts,
  });
const insertTencentRow = (facts: object = {}) =>
  estate.insertBackup({
    product: "TENCENT_REDIS",
    instanceNativeId: "crs-plain",
    startedAt: now - 5000,
    ...facts,
  });
const wide = () =>
  estate.rows({ product: "UCLOUD_UREDIS", region: "hk", instance: null }, "newestFirst");

describe("rows", () => {
  test("an inserted row is in its instance's list, in its region's, and in the truth", () => {
    expect(wide()).toEqual([]);
    const row = insertGroupRow({ trigger: "Manual" });
    const scope = { product: "UCLOUD_UREDIS", region: "hk", instance: group.nativeId } as const;
    expect(estate.rows(scope, "newestFirst")).toEqual([row]);
    expect(wide()).toEqual([row]);
    expect(estate.truth()).toMatchObject([
      {
        provider: "u/uredis",
        nativeId: row.nativeId,
        status: "SUCCEEDED",
        trigger: "MANUAL",
        sizeBytes: row.sizeBytes,
        shardCount: null,
      },
    ]);
  });

  test("a start is a whole second, as every vendor shows it", () => {
    expect(insertGroupRow({ startedAt: START - 1234 }).startedAt).toBe(START - 2000);
  });

  test("a row of an unknown instance is refused", () => {
    expect(() => insertGroupRow({ instanceNativeId: "uredis-none" })).toThrow(RangeError);
  });

  test("a deleted row is in no list, and cannot be deleted twice", () => {
    const { product, instanceNativeId, nativeId } = insertGroupRow();
    const ref = { product, instanceNativeId, nativeId };
    expect(estate.row(ref)?.nativeId).toBe(nativeId);
    expect(estate.deleteBackup(ref)).toBe(true);
    expect([estate.row(ref), wide(), estate.truth()]).toEqual([null, [], []]);
    expect(estate.deleteBackup(ref)).toBe(false);
  });

  test("an updated row keeps its id and start whatever the update says", () => {
    const row = insertGroupRow({ status: "Backuping" });
    const { product, instanceNativeId, nativeId } = row;
    const updated = estate.updateBackup(
      { product, instanceNativeId, nativeId },
      { status: "Success", sizeBytes: 7, nativeId: "other", startedAt: 0 },
    );
    expect(updated).toEqual({ ...row, status: "Success", sizeBytes: 7 });
    expect(wide()).toEqual([updated]);
  });

  test("a classic Alibaba row is listed once its backup has ended", () => {
    estate.insertBackup({
      product: "ALIBABA_KVSTORE",
      instanceNativeId: "r-bp1plain",
      startedAt: START,
      finishedAt: START + 60_000,
    });
    expect(estate.truth()).toEqual([]);
    now = START + 60_000;
    expect(estate.truth()).toHaveLength(1);
  });
});

describe("a deleted instance", () => {
  test("leaves its list at once; URedis keeps the rows for seven days", () => {
    insertGroupRow();
    expect(estate.deleteInstance("UCLOUD_UREDIS", group.nativeId)).toBe(true);
    expect(estate.instances("UCLOUD_UREDIS", "hk")).toEqual([]);
    now = START + 7 * DAY - 1;
    expect([wide().length, estate.truth().length]).toEqual([1, 1]);
    now = START + 7 * DAY;
    expect([wide().length, estate.truth().length]).toEqual([0, 0]);
  });

  test("is invisible to an account that may not ask for a whole region", () => {
    insertGroupRow();
    view = { ...view, ucloudWide: "refused" };
    expect(estate.truth()).toHaveLength(1);
    estate.deleteInstance("UCLOUD_UREDIS", group.nativeId);
    expect(estate.truth()).toEqual([]);
  });

  test("keeps its rows in Tencent's API 3.0, and not in 2.0", () => {
    insertTencentRow();
    estate.deleteInstance("TENCENT_REDIS", "crs-plain");
    expect(estate.truth()).toHaveLength(1);
    view = { ...view, tencentApi: "2.0" };
    expect(estate.truth()).toEqual([]);
  });

  test("takes its rows along at Alibaba", () => {
    const instanceNativeId = "r-bp1plain";
    estate.insertBackup({ product: "ALIBABA_KVSTORE", instanceNativeId, startedAt: START - DAY });
    expect(estate.truth()).toHaveLength(1);
    estate.deleteInstance("ALIBABA_KVSTORE", instanceNativeId);
    expect(estate.truth()).toEqual([]);
  });

  test("cannot be deleted twice", () => {
    estate.deleteInstance("UCLOUD_UREDIS", group.nativeId);
    expect(estate.deleteInstance("UCLOUD_UREDIS", group.nativeId)).toBe(false);
  });
});

describe("what Tencent's numbers stand for", () => {
  test.each([
    { status: "1", finishedAt: null, is3: "RUNNING", is2: "LOCKED" },
    { status: "1", finishedAt: START - 1000, is3: "LOCKED", is2: "LOCKED" },
    { status: "2", finishedAt: START - 1000, is3: "SUCCEEDED", is2: "SUCCEEDED" },
    { status: "3", finishedAt: START - 1000, is3: "SUCCEEDED", is2: "SUCCEEDED" },
    { status: "-1", finishedAt: START - 1000, is3: "EXPIRED", is2: "EXPIRED" },
    // Nobody can ask API 3.0 for a state that it does not name.
    { status: "7", finishedAt: START - 1000, is3: undefined, is2: "UNKNOWN" },
  ])("$status with end $finishedAt", ({ status, finishedAt, is3, is2 }) => {
    insertTencentRow({ status, finishedAt });
    expect(estate.truth()[0]?.status).toBe(is3);
    view = { ...view, tencentApi: "2.0" };
    expect(estate.truth()[0]).toMatchObject({ status: is2, sizeBytes: null });
  });

  test("API 2.0 shows neither deleted rows nor any older than seven days", () => {
    insertTencentRow({ status: "-2" });
    insertTencentRow({ startedAt: START - 8 * DAY });
    expect(estate.truth().map(({ status }) => status)).toEqual(["DELETED", "SUCCEEDED"]);
    view = { ...view, tencentApi: "2.0" };
    expect(estate.truth()).toEqual([]);
  });

  test.each([
    { tencentStatuses: "all", shown: 3 },
    { tencentStatuses: "oneAndTwo", shown: 2 },
    { tencentStatuses: "refused", shown: 1 },
  ] as const)("with states $tencentStatuses $shown of three rows can be seen", (changed) => {
    for (const status of ["1", "2", "-1"]) insertTencentRow({ status });
    view = { ...view, ...changed };
    expect(estate.truth()).toHaveLength(changed.shown);
  });
});
