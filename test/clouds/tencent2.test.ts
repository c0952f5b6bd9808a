import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Row } from "../../src/domain/row.js";
import type { Estate, NewBackup } from "../../src/clouds/estate/types.js";
import { beijingTextOf } from "../../src/clouds/beijingTime.js";
import { startClouds } from "../../src/clouds/clouds.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { REGIONS } from "../../src/clouds/estate/regions.js";
import { tencentV2Cloud } from "../../src/clouds/tencent2/cloud.js";
import { cloudOver, DAY, emptyEstate, KEY, NOW, rowsAt, tencentInstance } from "./askCloud.js";
import { signTencentV2 } from "./documentedSigning.js";
import type { ClientCall } from "./documentedSigning.js";
import { askTencent2, NOW as WIRE_NOW } from "./wire.js";

const PLAIN = "crs-plain";
const HOUR = 3_600_000;

let estate: Estate;
let cloud: ReturnType<typeof cloudOver>;
let nonce: number;
beforeEach(() => {
  estate = emptyEstate();
  estate.insertInstance(tencentInstance());
  cloud = cloudOver(tencentV2Cloud, estate);
  nonce = 0;
});

const callOf = (
  action: string,
  params: Record<string, string>,
  changes: Partial<ClientCall> = {},
): ClientCall => {
  nonce += 1;
  const host = "127.0.0.1:9002";
  return { key: KEY, host, action, params, now: NOW, nonce: String(nonce), ...changes };
};
const ask = (action: string, params: Record<string, string>): Row =>
  cloud.ask(signTencentV2(callOf(action, { Region: "ap-guangzhou", ...params }))).body;
const listParams = { redisId: PLAIN, limit: "20", offset: "0" };
const list = (params: Record<string, string> = {}): Row =>
  ask("GetRedisBackupList", { ...listParams, ...params });
const rows = (params: Record<string, string> = {}): Row[] =>
  rowsAt(list(params), "data", "redisBackupSet");
const insert = (facts: Partial<NewBackup> & { startedAt: number }) =>
  estate.insertBackup({ product: "TENCENT_REDIS", instanceNativeId: PLAIN, ...facts });
const at = (text: string): number => Date.parse(text);

describe("signatures", () => {
  const params = { Region: "ap-guangzhou", ...listParams, beginTime: "2026-03-08 00:00:00" };

  test.each([
    { method: "GET", digest: "HmacSHA1" },
    { method: "GET", digest: "HmacSHA256" },
    { method: "POST", digest: "HmacSHA1" },
    { method: "POST", digest: "HmacSHA256" },
  ] as const)("$digest by $method is taken", ({ method, digest }) => {
    const request = signTencentV2(callOf("GetRedisBackupList", params, { method }), digest);
    expect(cloud.ask(request)).toMatchObject({ status: 200, body: { code: 0 } });
  });

  test("what is wrong is refused in HTTP 200", () => {
    const answer = (changes: Partial<ClientCall>) =>
      cloud.ask(signTencentV2(callOf("GetRedisBackupList", params, changes)));
    expect(answer({ key: { ...KEY, secret: "another" } })).toMatchObject({
      status: 200,
      body: { code: 4100, codeDesc: "AuthFailure", message: expect.any(String) },
    });
    expect(answer({ key: { ...KEY, id: "nobody" } }).body.code).toBe(4104);
    expect(answer({ now: NOW - 301_000 }).body.code).toBe(4500);
    expect(answer({ nonce: "77" }).body.code).toBe(0);
    expect(answer({ nonce: "77" }).body.code).toBe(4500);
  });
});

describe("the envelope", () => {
  test("a success says so in three fields", () => {
    expect(list()).toEqual({
      code: 0,
      message: "",
      codeDesc: "Success",
      totalCount: 0,
      data: { redisBackupSet: [] },
    });
  });

  test("a module's error stands in the message and in codeDesc", () => {
    expect(list({ redisId: "crs-none" })).toEqual({
      code: 5000,
      message: "(10701)instance does not exist",
      codeDesc: "InstanceNotExists",
    });
  });

  test("the newer shape has every number as text, the code of an error too", () => {
    insert({ startedAt: NOW - HOUR, status: "3", locked: true });
    cloud.turn("tencent", { numbers: "text" });
    expect(list()).toMatchObject({ code: "0", totalCount: "1" });
    expect(rows()).toMatchObject([{ status: "3", locked: "1" }]);
    expect(list({ redisId: "crs-none" }).code).toBe("5000");
  });

  test.each([
    { offset: "0", limit: "20", page: 1 },
    { offset: "20", limit: "20", page: 2 },
    { offset: "59", limit: "20", page: 3 },
    { offset: "5", limit: "0", page: 1 },
  ])("offset $offset of $limit rows is page $page", ({ page, ...rows }) => {
    const params = { ...listParams, Region: "gz", ...rows };
    expect(tencentV2Cloud.read(signTencentV2(callOf("GetRedisBackupList", params)))).toMatchObject({
      action: "GetRedisBackupList",
      region: "ap-guangzhou",
      instance: PLAIN,
      page,
    });
  });

  test("an unknown action, a missing region and throttling have common codes", () => {
    expect(ask("constructor", {}).code).toBe(4000);
    expect(cloud.ask(signTencentV2(callOf("DescribeRedis", { limit: "1" }))).body.code).toBe(4000);
    expect(cloud.refuse("throttled")).toMatchObject({ status: 200, body: { code: 4400 } });
    expect(cloud.refuse("internal")).toMatchObject({ status: 200, body: { code: 6000 } });
  });
});

describe("GetRedisBackupList", () => {
  test("says all that a row has: no size, no end, no instance", () => {
    insert({
      startedAt: at("2026-03-09T18:05:06Z"),
      nativeId: "19266626-eddb-11e6-890a-525400394272",
      trigger: "0",
      remark: "testAPI",
    });
    expect(rows()).toEqual([
      {
        startTime: "2026-03-10 02:05:06",
        backupId: "19266626-eddb-11e6-890a-525400394272",
        backupType: "manualBackupInstance",
        status: 2,
        remark: "testAPI",
        locked: 0,
      },
    ]);
  });

  test("names what set a backup off in words", () => {
    for (const [hours, trigger] of ["1", "0", "2"].entries())
      insert({ startedAt: NOW - (hours + 1) * HOUR, trigger });
    const types = rows().map((row) => row.backupType);
    expect(types).toEqual(["systemBackupInstance", "manualBackupInstance", "2"]);
  });

  test.each(["limit", "offset", "redisId"])("%s is required", (name) => {
    expect(list({ [name]: "" })).toMatchObject({ code: 4000, codeDesc: "InvalidParameter" });
  });

  test.each([
    { name: "limit", value: "0" },
    { name: "limit", value: "-1" },
    { name: "limit", value: "ten" },
    { name: "offset", value: "-1" },
    { name: "beginTime", value: "2026-03-08T00:00:00Z" },
    { name: "endTime", value: "2026-02-31 25:00:00" },
  ])("$name $value is not valid", ({ name, value }) => {
    expect(String(list({ [name]: value }).message)).toMatch(/^\(11201\)/);
  });

  test("offset counts rows, not pages", () => {
    for (let i = 0; i < 10; i += 1) insert({ startedAt: NOW - (i + 1) * HOUR, nativeId: `b${i}` });
    const ids = rows({ offset: "3", limit: "4" }).map((row) => row.backupId);
    expect(ids).toEqual(["b3", "b4", "b5", "b6"]);
    expect(list({ offset: "3", limit: "4" }).totalCount).toBe(10);
    expect(rows({ offset: "10", limit: "4" })).toEqual([]);
  });

  test("both ends of the window count, by the start, in the zone UTC+8", () => {
    for (const second of ["15:59:59", "16:00:00", "17:00:00", "17:00:01"])
      insert({ startedAt: at(`2026-03-08T${second}Z`) });
    const window = { beginTime: "2026-03-09 00:00:00", endTime: "2026-03-09 01:00:00" };
    expect(rows(window).map((row) => row.startTime)).toEqual([
      "2026-03-09 01:00:00",
      "2026-03-09 00:00:00",
    ]);
    expect(list(window).totalCount).toBe(2);
    expect(rows({ beginTime: "2026-03-09 01:00:00" })).toHaveLength(2);
    expect(rows({ endTime: "2026-03-08 23:59:59" })).toHaveLength(1);
  });

  test("only the last seven days are kept, and no deleted backup is shown", () => {
    insert({ startedAt: NOW - 7 * DAY, nativeId: "kept" });
    insert({ startedAt: NOW - 7 * DAY - 1000, nativeId: "gone" });
    insert({ startedAt: NOW - DAY, nativeId: "deleted", status: "-2" });
    insert({ startedAt: NOW - DAY, nativeId: "expired", status: "-1" });
    expect(rows().map((row) => row.backupId)).toEqual(["expired", "kept"]);
  });

  test("a deleted instance and one of another region do not exist", () => {
    insert({ startedAt: NOW - HOUR });
    expect(list({ Region: "ap-shanghai" }).codeDesc).toBe("InstanceNotExists");
    expect(list({ Region: "gz" }).code).toBe(0);
    estate.deleteInstance("TENCENT_REDIS", PLAIN);
    expect(list().codeDesc).toBe("InstanceNotExists");
  });

  test("rows keep to the knobs of order, cap and total", () => {
    for (let i = 0; i < 10; i += 1) insert({ startedAt: NOW - (i + 1) * HOUR, nativeId: `b${i}` });
    cloud.turn("tencent", { order: "oldestFirst", pageCap: 4, totals: "absent" });
    expect(rows().map((row) => row.backupId)).toEqual(["b9", "b8", "b7", "b6"]);
    expect(list()).not.toHaveProperty("totalCount");
  });
});

describe("DescribeRedis", () => {
  const describeRedis = (params: Record<string, string> = {}): Row =>
    ask("DescribeRedis", { limit: "100", offset: "0", ...params });
  const instances = (params: Record<string, string> = {}): Row[] =>
    rowsAt(describeRedis(params), "data", "redisSet");

  test("says what the document says of an instance", () => {
    estate.insertInstance(tencentInstance({ nativeId: "crs-wide", shardCount: 3 }));
    expect(instances({ redisId: PLAIN })).toMatchObject([
      {
        redisId: PLAIN,
        redisName: "orders",
        projectId: 0,
        regionId: 1,
        zoneId: 100003,
        status: 2,
        size: 4096,
        createtime: "2025-11-30 20:00:00",
        typeId: 2,
        port: 6379,
      },
    ]);
    expect(instances({ redisId: "crs-wide" })).toMatchObject([{ typeId: 1 }]);
    cloud.turn("tencent", { numbers: "text" });
    expect(instances({ redisId: PLAIN })).toMatchObject([{ status: "2", port: "6379" }]);
  });

  test("shows no creation where the vendor knows none, and no Memcached", () => {
    estate.insertInstance(tencentInstance({ nativeId: "crs-old", createTimeKnown: false }));
    estate.insertInstance(tencentInstance({ nativeId: "crs-mem", type: 200 }));
    expect(instances({ redisId: "crs-old" })).toMatchObject([
      { createtime: "0000-00-00 00:00:00" },
    ]);
    expect(instances({ redisId: "crs-mem" })).toEqual([]);
  });

  test("pages by row offset, a hundred rows at most, in the order that is asked", () => {
    for (let i = 0; i < 120; i += 1)
      estate.insertInstance(
        tencentInstance({
          nativeId: `crs-${String(i).padStart(3, "0")}`,
          createdAt: NOW - i * HOUR,
        }),
      );
    expect(instances({ limit: "200" })).toHaveLength(100);
    const walk = ["0", "50", "100"].flatMap((offset) => instances({ offset, limit: "50" }));
    expect(new Set(walk.map((row) => row.redisId)).size).toBe(121);
    expect(describeRedis({ limit: "1" }).totalCount).toBe(121);
    const first = (params: Record<string, string>) =>
      instances({ limit: "1", ...params })[0]?.redisId;
    expect(first({})).toBe("crs-000");
    expect(first({ orderBy: "createtime", orderType: "0" })).toBe(PLAIN);
    expect(first({ orderBy: "redisId", orderType: "0" })).toBe("crs-000");
    expect(describeRedis({ orderBy: "constructor" }).codeDesc).toBe("InvalidParameter");
    expect(describeRedis({ limit: "" }).codeDesc).toBe("InvalidParameter");
  });

  test("keeps to the region and to the name", () => {
    estate.insertInstance(
      tencentInstance({ nativeId: "crs-sh", region: "ap-shanghai", zone: "ap-shanghai-2" }),
    );
    estate.insertInstance(tencentInstance({ nativeId: "crs-cart", name: "cart" }));
    expect(instances({ Region: "ap-shanghai" })).toMatchObject([
      { redisId: "crs-sh", regionId: 4, zoneId: 400002 },
    ]);
    expect(instances({ redisName: "car" })).toMatchObject([{ redisId: "crs-cart" }]);
  });
});

describe("GetBackupDownloadUrl", () => {
  const url = (params: Record<string, string>): Row =>
    ask("GetBackupDownloadUrl", { redisId: PLAIN, ...params });

  test("gives a link for each network", () => {
    insert({ startedAt: NOW - HOUR, nativeId: "b1" });
    expect(url({ backupId: "b1" })).toMatchObject({
      code: 0,
      data: {
        intranet: expect.stringMatching(/^http:\/\/10\..*\/download\/dump\.rdb\?/),
        extranet: expect.stringMatching(/^http:\/\/10\..*\/download\/dump\.rdb\?/),
      },
    });
  });

  test("distinguishes a missing backup from an expired one", () => {
    insert({ startedAt: NOW - HOUR, nativeId: "b1", status: "-1" });
    expect(url({ backupId: "b1" })).toMatchObject({ code: 5100, codeDesc: "BackupStatusAbnormal" });
    expect(url({ backupId: "b2" })).toMatchObject({ code: 5000, codeDesc: "BackupNotExists" });
    expect(url({})).toMatchObject({ code: 4000, codeDesc: "InvalidParameter" });
  });
});

describe("over HTTP, on the demo estate", () => {
  let clouds: Clouds;
  beforeAll(async () => {
    clouds = await startClouds({ tencentApi: "2.0", now: () => WIRE_NOW });
  });
  afterAll(() => clouds.close());

  async function walk(action: string, params: Record<string, string>, list: string) {
    const all: Row[] = [];
    for (;;) {
      const page = { limit: "7", offset: String(all.length), ...params };
      const found = rowsAt(await askTencent2(clouds, action, page), "data", list);
      all.push(...found);
      if (found.length < 7) return all;
    }
  }

  test.each(["newestFirst", "oldestFirst", "shuffled"] as const)(
    "a walk over every instance gives the truth: %s",
    async (order) => {
      clouds.knobs.set("tencent", { order });
      const seen: unknown[] = [];
      for (const Region of REGIONS.TENCENT_REDIS)
        for (const { redisId } of await walk("DescribeRedis", { Region }, "redisSet")) {
          const asked = { Region, redisId: String(redisId) };
          const found = await walk("GetRedisBackupList", asked, "redisBackupSet");
          seen.push(...found.map((row) => `${String(row.backupId)} ${String(row.startTime)}`));
        }
      const truth = clouds.estate
        .truth()
        .filter(({ product }) => product === "TENCENT_REDIS")
        .map(({ nativeId, startedAt }) => `${nativeId} ${beijingTextOf(startedAt)}`);
      expect(seen.sort()).toEqual(truth.sort());
      expect(seen.length).toBeGreaterThan(100);
    },
  );
});
