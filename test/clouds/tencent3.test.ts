import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Row } from "../../src/domain/row.js";
import { startClouds } from "../../src/clouds/clouds.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { beijingTextOf } from "../../src/clouds/beijingTime.js";
import { askTencent, codeOf, NOW, rowsIn } from "./wire.js";
import type { Params, Tc3Changes } from "./wire.js";

const DAY = 86_400_000;
const ALL = [1, 2, 3, 4, -1, -2];

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds({ now: () => NOW });
});
afterAll(() => clouds.close());
afterEach(() => clouds.knobs.reset());

const backups = (params: Params = {}, changes: Tc3Changes = {}): Promise<Row> =>
  askTencent(clouds, ["DescribeInstanceBackups", params], changes);
const idsOf = (body: Row) => rowsIn(body, "BackupSet").map((row) => row.BackupId);
const instanceNamed = (name: string) => {
  const regions = clouds.estate.regions.TENCENT_REDIS;
  const all = regions.flatMap((region) => [...clouds.estate.instances("TENCENT_REDIS", region)]);
  const found = all.find((one) => one.name.startsWith(name));
  if (found === undefined) throw new Error(`No instance ${name}.`);
  return found;
};
const truthOf = (region: string) =>
  clouds.estate.truth().filter((one) => one.product === "TENCENT_REDIS" && one.region === region);

async function walk(params: Params, region: string): Promise<unknown[]> {
  const ids: unknown[] = [];
  for (;;) {
    const page = idsOf(await backups({ ...params, Offset: ids.length, Limit: 100 }, { region }));
    ids.push(...page);
    if (page.length < 100) return ids;
  }
}

describe("who may ask", () => {
  const list = { Limit: 1 };
  test.each<{ what: string; changes: Tc3Changes; code: string }>([
    { what: "another key", changes: { id: "AKIDother" }, code: "AuthFailure.SecretIdNotFound" },
    { what: "another secret", changes: { secret: "no" }, code: "AuthFailure.SignatureFailure" },
    {
      what: "a clock six minutes off",
      changes: { at: NOW - 360_000 },
      code: "AuthFailure.SignatureExpire",
    },
    { what: "an unknown region", changes: { region: "ap-mars" }, code: "UnsupportedRegion" },
    { what: "no region", changes: { region: "" }, code: "MissingParameter" },
    { what: "another version", changes: { version: "2017-03-12" }, code: "NoSuchVersion" },
  ])("$what is refused with $code", async ({ changes, code }) => {
    expect(codeOf(await backups(list, changes))).toBe(code);
  });

  test("a clock four minutes off is taken", async () => {
    expect(codeOf(await backups(list, { at: NOW + 240_000 }))).toBeNull();
  });

  test("an unknown action is refused", async () => {
    expect(codeOf(await askTencent(clouds, ["constructor", {}]))).toBe("InvalidAction");
  });
});

describe("parameter rules", () => {
  const at = (ago: number) => beijingTextOf(NOW - ago);
  const INVALID = "InvalidParameter.InvalidParameter";
  test.each<{ what: string; params: Params; code: string }>([
    { what: "a limit over 100", params: { Limit: 101 }, code: INVALID },
    { what: "a limit of 0", params: { Limit: 0 }, code: INVALID },
    { what: "an offset that is no multiple", params: { Limit: 20, Offset: 30 }, code: INVALID },
    {
      what: "an offset that is no multiple of the default limit",
      params: { Offset: 10 },
      code: INVALID,
    },
    { what: "a negative offset", params: { Offset: -20 }, code: INVALID },
    { what: "a limit in text", params: { Limit: "20" }, code: "InvalidParameter" },
    { what: "a state that is no list", params: { Status: 2 }, code: "InvalidParameter" },
    { what: "an unknown state", params: { Status: [5] }, code: INVALID },
    { what: "an unknown name", params: { Foo: 1 }, code: "UnknownParameter" },
    { what: "a time with a zone", params: { BeginTime: "2026-01-01T00:00:00Z" }, code: INVALID },
    {
      what: "an end before its begin",
      params: { BeginTime: at(0), EndTime: at(DAY) },
      code: INVALID,
    },
    {
      what: "a span over 30 days",
      params: { BeginTime: at(30 * DAY + 1000), EndTime: at(0) },
      code: INVALID,
    },
    {
      what: "an unknown instance",
      params: { InstanceId: "crs-none" },
      code: "ResourceNotFound.InstanceNotExists",
    },
  ])("$what is refused with $code", async ({ params, code }) => {
    expect(codeOf(await backups(params))).toBe(code);
  });

  test("a span of 30 days is taken", async () => {
    expect(codeOf(await backups({ BeginTime: at(30 * DAY), EndTime: at(0) }))).toBeNull();
  });

  test("an instance of another region or a deleted one is not found", async () => {
    const { nativeId } = instanceNamed("legacy-tokyo");
    const gone = truthOf("ap-guangzhou").find(
      ({ instanceNativeId: id }) => clouds.estate.instance("TENCENT_REDIS", id)?.deletedAt !== null,
    );
    for (const InstanceId of [nativeId, gone?.instanceNativeId ?? ""])
      expect(codeOf(await backups({ InstanceId }))).toBe("ResourceNotFound.InstanceNotExists");
  });
});

describe("DescribeInstanceBackups", () => {
  test.each(["ap-guangzhou", "ap-tokyo"])(
    "%s-wide has all that the truth has, and Memcached's besides",
    async (region) => {
      const ids = await walk({ Status: ALL }, region);
      const rows = clouds.estate.rows(
        { product: "TENCENT_REDIS", region, instance: null },
        "newestFirst",
      );
      const memcached = rows.filter(({ instanceNativeId: id }) => {
        const instance = clouds.estate.instance("TENCENT_REDIS", id);
        return instance?.product === "TENCENT_REDIS" && instance.type === 200;
      });
      // A state that no page names cannot be asked for.
      const isUnnamed = (status: string) => !ALL.includes(Number(status));
      const expected = rows.filter(({ status }) => !isUnnamed(status));
      expect([...ids].sort()).toEqual(expected.map(({ nativeId }) => nativeId).sort());
      expect(truthOf(region)).toHaveLength(expected.length - memcached.length);
    },
  );

  test("without Status only normal backups are listed", async () => {
    const { nativeId: InstanceId } = instanceNamed("ledger");
    const statuses = async (params: Params) => {
      const body = await backups({ InstanceId, Limit: 100, ...params });
      return new Set(rowsIn(body, "BackupSet").map(({ Status }) => Status));
    };
    expect(await statuses({})).toEqual(new Set([2]));
    expect(await statuses({ Status: [1, -2] })).toEqual(new Set([1, -2]));
    expect((await statuses({ Status: ALL })).size).toBeGreaterThan(3);
  });

  test.each([
    { statuses: "oneAndTwo", refused: [3], taken: [1, 2] },
    { statuses: "refused", refused: [2], taken: [] },
  ] as const)(
    "with knob $statuses states $refused are refused",
    async ({ statuses, refused, taken }) => {
      clouds.knobs.set("tencent", { statuses });
      expect(codeOf(await backups({ Status: refused }))).toBe("InvalidParameter.InvalidParameter");
      expect(codeOf(await backups({ Status: taken }))).toBeNull();
    },
  );

  test("the window's bounds are inclusive, in UTC+8, and select on the start", async () => {
    const { nativeId: InstanceId } = instanceNamed("archive");
    const { region } = instanceNamed("archive");
    const rows = clouds.estate.rows(
      { product: "TENCENT_REDIS", region, instance: InstanceId },
      "newestFirst",
    );
    const [from, to] = [rows[40], rows[10]];
    const window = {
      BeginTime: beijingTextOf(from?.startedAt ?? 0),
      EndTime: beijingTextOf(to?.startedAt ?? 0),
    };
    const body = await backups({ InstanceId, Limit: 100, ...window });
    expect(idsOf(body)).toEqual(rows.slice(10, 41).map(({ nativeId }) => nativeId));
    expect(body.TotalCount).toBe(31);
  });

  test("a row under way has no end, in one of two forms; others have one in UTC+8", async () => {
    const { nativeId: InstanceId } = instanceNamed("ledger");
    const body = await backups({ InstanceId, Limit: 100, Status: [1, 2] });
    const rows = rowsIn(body, "BackupSet");
    const running = rows.find(({ StartTime }) => StartTime === beijingTextOf(NOW - 300_000));
    expect(["", "0000-00-00 00:00:00"]).toContain(running?.EndTime);
    const locked = rows.find(({ Locked }) => Locked === 1);
    expect(locked).toMatchObject({ Status: 1, EndTime: beijingTextOf(NOW - 3_600_000) });
  });

  test.each(["oldestFirst", "shuffled"] as const)("order %s has the same rows", async (order) => {
    const newest = await walk({ Status: ALL }, "ap-tokyo");
    clouds.knobs.set("tencent", { order });
    const other = await walk({ Status: ALL }, "ap-tokyo");
    expect(other).not.toEqual(newest);
    expect([...other].sort()).toEqual([...newest].sort());
  });
});

describe("DescribeInstances", () => {
  const instances = (params: Params) => askTencent(clouds, ["DescribeInstances", params]);

  test("lists the living by creation, Memcached and unknown creations included", async () => {
    const body = await instances({ Limit: 1000, OrderBy: "createtime", OrderType: 0 });
    const rows = rowsIn(body, "InstanceSet");
    const listed = clouds.estate.instances("TENCENT_REDIS", "ap-guangzhou");
    expect(rows.map(({ InstanceId }) => InstanceId)).toEqual(listed.map((one) => one.nativeId));
    expect(rows.map(({ Type }) => Type)).toContain(200);
    expect(rows.map(({ Createtime }) => Createtime)).toContain("0000-00-00 00:00:00");
  });

  test("is newest first unless asked otherwise, and can be asked for some", async () => {
    const ids = rowsIn(await instances({ Limit: 1000 }), "InstanceSet").map((r) => r.InstanceId);
    const listed = clouds.estate.instances("TENCENT_REDIS", "ap-guangzhou");
    expect(ids).toEqual(listed.map((one) => one.nativeId).reverse());
    const two = ids.slice(0, 2) as string[];
    expect(await instances({ InstanceIds: two })).toMatchObject({ TotalCount: 2 });
    expect(await instances({ TypeList: [200] })).toMatchObject({ TotalCount: 1 });
    expect(await instances({ SearchKeys: ["ledger"] })).toMatchObject({ TotalCount: 1 });
  });

  test.each([{ Limit: 1001 }, { Limit: 10, Offset: 5 }, { OrderBy: "colour" }])(
    "%j is refused",
    async (params) => {
      expect(codeOf(await instances(params))).toBe("InvalidParameter.InvalidParameter");
    },
  );
});

describe("DescribeBackupUrl", () => {
  const ask = (params: Params) => askTencent(clouds, ["DescribeBackupUrl", params]);
  const row = (status: string) => {
    const rows = truthOf("ap-guangzhou").filter((one) => one.status === status);
    const [found] = rows;
    if (found === undefined) throw new Error(`No backup ${status}.`);
    return { InstanceId: found.instanceNativeId, BackupId: found.nativeId };
  };

  test("has one file a shard", async () => {
    const asked = row("SUCCEEDED");
    const files = rowsIn(await ask(asked), "BackupInfos");
    const instance = clouds.estate.instance("TENCENT_REDIS", asked.InstanceId);
    expect(files).toHaveLength(instance?.shardCount ?? 0);
    expect(files[0]).toMatchObject({
      DownloadUrl: expect.stringMatching(/^https:/),
      FileSize: expect.any(Number),
    });
  });

  test.each([
    {
      what: "no backup",
      params: () => ({ InstanceId: row("SUCCEEDED").InstanceId }),
      code: "MissingParameter",
    },
    {
      what: "an unknown backup",
      params: () => ({ ...row("SUCCEEDED"), BackupId: "none" }),
      code: "InvalidParameterValue.BackupNotExists",
    },
    {
      what: "an unknown instance",
      params: () => ({ ...row("SUCCEEDED"), InstanceId: "crs-none" }),
      code: "ResourceNotFound.InstanceNotExists",
    },
    {
      what: "an expired backup",
      params: () => row("EXPIRED"),
      code: "ResourceUnavailable.BackupStatusAbnormal",
    },
  ])("$what is refused with $code", async ({ params, code }) => {
    expect(codeOf(await ask(params()))).toBe(code);
  });
});
