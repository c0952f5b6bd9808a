import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Row } from "../../src/domain/row.js";
import { startClouds } from "../../src/clouds/clouds.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { UMemInstance } from "../../src/clouds/estate/types.js";
import { askUCloud, NOW, originOf, rowsIn, signedUCloud } from "./wire.js";
import type { Carrier, Params } from "./wire.js";

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds({ now: () => NOW });
});
afterAll(() => clouds.close());
afterEach(() => clouds.knobs.reset());

const WIDE = { Action: "DescribeURedisBackup", Region: "cn-bj2", RegionType: "normal" };
const idsOf = (body: Row) => rowsIn(body, "DataSet").map((row) => row.BackupId);
const truthOf = (product: string, region: string) =>
  clouds.estate.truth().filter((one) => one.product === product && one.region === region);

/** Every row of a list, page by page. */
async function walk(params: Params, limit = 100): Promise<unknown[]> {
  const ids: unknown[] = [];
  for (;;) {
    const page = idsOf(await askUCloud(clouds, { ...params, Offset: ids.length, Limit: limit }));
    ids.push(...page);
    if (page.length < limit) return ids;
  }
}

describe("how calls travel", () => {
  test.each<Carrier>(["get", "form", "json"])("a signed %s is answered", async (carrier) => {
    const body = await askUCloud(clouds, { Action: "GetRegion" }, carrier);
    expect(body).toMatchObject({ RetCode: 0, Action: "GetRegionResponse" });
    const zones = rowsIn(body, "Regions").map(({ Region, Zone }) => `${Region}/${Zone}`);
    expect(zones).toEqual(["cn-bj2/cn-bj2-02", "cn-bj2/cn-bj2-05", "hk/hk-02", "hk/hk-03"]);
  });

  test("the request id is in a header", async () => {
    const query = new URLSearchParams(signedUCloud({ Action: "GetRegion" }));
    const { headers, status } = await fetch(`${originOf(clouds, "ucloud")}/?${query}`);
    expect(status).toBe(200);
    expect(headers.get("x-ucloud-request-uuid")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    { what: "no action", signed: signedUCloud({ Region: "hk" }), code: 160 },
    { what: "an unknown action", signed: signedUCloud({ Action: "Nope" }), code: 161 },
    { what: "no signature", signed: { Action: "GetRegion" }, code: 170 },
    {
      what: "a wrong signature",
      signed: { ...signedUCloud({ Action: "GetRegion" }), Region: "hk" },
      code: 171,
    },
    {
      what: "another key",
      signed: { Action: "GetRegion", PublicKey: "x", Signature: "y" },
      code: 172,
    },
    {
      what: "an unknown project",
      signed: signedUCloud({ Action: "GetRegion", ProjectId: "org-x" }),
      code: 292,
    },
  ])("$what is refused with RetCode $code and HTTP 200", async ({ signed, code }) => {
    const query = new URLSearchParams(signed as Record<string, string>);
    const response = await fetch(`${originOf(clouds, "ucloud")}/?${query}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ RetCode: code, Message: expect.any(String) });
  });

  test("RetCode is text where the knob says so", async () => {
    clouds.knobs.set("ucloud", { retCode: "text" });
    expect(await askUCloud(clouds, { Action: "GetRegion" })).toMatchObject({ RetCode: "0" });
    expect(await askUCloud(clouds, { Action: "Nope" })).toMatchObject({ RetCode: "161" });
  });

  test("the account has one project", async () => {
    const body = await askUCloud(clouds, { Action: "GetProjectList" });
    const [project] = rowsIn(body, "ProjectSet");
    expect(project).toMatchObject({ IsDefault: true });
    const again = { Action: "GetRegion", ProjectId: String(project?.ProjectId) };
    expect(await askUCloud(clouds, again)).toMatchObject({ RetCode: 0 });
  });
});

describe("parameter rules", () => {
  const { Region, RegionType, ...action } = WIDE;
  test.each<{ what: string; params: Params; code: number; message: string }>([
    { what: "no region", params: { ...action, RegionType }, code: 220, message: "[Region]" },
    {
      what: "an unknown region",
      params: { ...WIDE, Region: "mars" },
      code: 230,
      message: "[Region]",
    },
    {
      what: "neither group nor region type",
      params: { ...action, Region },
      code: 220,
      message: "[GroupId]",
    },
    {
      what: "an unknown region type",
      params: { ...WIDE, RegionType: "x" },
      code: 230,
      message: "[RegionType]",
    },
    { what: "a negative offset", params: { ...WIDE, Offset: -1 }, code: 230, message: "[Offset]" },
    { what: "a limit in words", params: { ...WIDE, Limit: "ten" }, code: 230, message: "[Limit]" },
    {
      what: "no zone",
      params: { Action: "DescribeUMemBackup", Region: "hk", SpaceId: "s" },
      code: 220,
      message: "[Zone]",
    },
    {
      what: "no space",
      params: { Action: "DescribeUMemBackup", Region: "hk", Zone: "hk-02" },
      code: 220,
      message: "[SpaceId]",
    },
    {
      what: "an unknown protocol",
      params: { Action: "DescribeUMemSpace", Region: "hk", Protocol: "smtp" },
      code: 230,
      message: "[Protocol]",
    },
  ])("$what is refused with RetCode $code", async ({ params, code, message }) => {
    const body = await askUCloud(clouds, params);
    expect(body).toMatchObject({ RetCode: code, Message: expect.stringContaining(message) });
  });

  test("an empty parameter is an absent one", async () => {
    const body = await askUCloud(clouds, { ...WIDE, GroupId: "", Offset: "" });
    expect(body).toMatchObject({ RetCode: 0 });
  });
});

describe("DescribeURedisBackup", () => {
  test("region-wide shows all that the truth has of the region, newest first", async () => {
    const ids = await walk(WIDE);
    const truth = truthOf("UCLOUD_UREDIS", "cn-bj2");
    expect(ids.length).toBeGreaterThan(100);
    expect([...ids].sort()).toEqual(truth.map(({ nativeId }) => nativeId).sort());
    const starts = rowsIn(await askUCloud(clouds, { ...WIDE, Limit: 100 }), "DataSet");
    const times = starts.map((row) => Number(row.BackupTime));
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  test("has 10 rows where no limit is asked, and never more than 100", async () => {
    expect(idsOf(await askUCloud(clouds, WIDE))).toHaveLength(10);
    const body = await askUCloud(clouds, { ...WIDE, Limit: 500 });
    expect(idsOf(body)).toHaveLength(100);
    expect(body.TotalCount).toBe(truthOf("UCLOUD_UREDIS", "cn-bj2").length);
  });

  test.each(["oldestFirst", "shuffled"] as const)(
    "walks to the same rows in order %s, in pages that agree with each other",
    async (order) => {
      clouds.knobs.setAll({ order });
      const [byTens, byHundreds] = [await walk(WIDE, 10), await walk(WIDE)];
      expect(byTens).toEqual(byHundreds);
      expect(new Set(byTens).size).toBe(truthOf("UCLOUD_UREDIS", "cn-bj2").length);
    },
  );

  test("one group's list has only its rows; a deleted group's has none", async () => {
    const truth = truthOf("UCLOUD_UREDIS", "hk");
    const groups = [...new Set(truth.map(({ instanceNativeId }) => instanceNativeId))];
    const isGone = (id: string) => clouds.estate.instance("UCLOUD_UREDIS", id)?.deletedAt !== null;
    expect(groups.some(isGone)).toBe(true);
    for (const GroupId of groups) {
      const ids = await walk({ Action: WIDE.Action, Region: "hk", GroupId });
      const own = truth.filter(({ instanceNativeId }) => instanceNativeId === GroupId);
      expect([...ids].sort()).toEqual(isGone(GroupId) ? [] : own.map((one) => one.nativeId).sort());
    }
  });

  test("the region-wide form can be refused, and a group's is not", async () => {
    clouds.knobs.set("ucloud", { wide: "refused" });
    expect(await askUCloud(clouds, WIDE)).toMatchObject({
      RetCode: 220,
      Message: "Missing params [GroupId]",
    });
    const [one] = clouds.estate.truth().filter(({ product }) => product === "UCLOUD_UREDIS");
    const params = {
      Action: WIDE.Action,
      Region: one?.region ?? "",
      GroupId: one?.instanceNativeId ?? "",
    };
    expect(idsOf(await askUCloud(clouds, params)).length).toBeGreaterThan(0);
  });

  test("BackupId asks for one row", async () => {
    const [first] = idsOf(await askUCloud(clouds, WIDE));
    const body = await askUCloud(clouds, { ...WIDE, BackupId: String(first) });
    expect([idsOf(body), body.TotalCount]).toEqual([[first], 1]);
  });

  test("copies of other regions are none of this estate", async () => {
    expect(idsOf(await askUCloud(clouds, { ...WIDE, RegionType: "source" }))).toEqual([]);
  });

  test("types are words, and the numbers of the first document in one group", async () => {
    const rows = rowsIn(await askUCloud(clouds, { ...WIDE, Region: "hk", Limit: 100 }), "DataSet");
    const types = new Set(rows.map(({ BackupType }) => BackupType));
    expect([...types]).toEqual(expect.arrayContaining(["Auto", "Manual", 0, 1]));
  });
});

describe("DescribeUMemBackup", () => {
  const spaces = () => clouds.estate.instances("UCLOUD_UMEM", "cn-bj2") as readonly UMemInstance[];
  const busy = (): UMemInstance => {
    const found = spaces().find(({ name }) => name.startsWith("ticker"));
    if (found === undefined) throw new Error("No busy space.");
    return found;
  };
  const paramsOf = ({ region, zone, nativeId }: UMemInstance) => ({
    Action: "DescribeUMemBackup",
    Region: region,
    Zone: zone,
    SpaceId: nativeId,
  });

  test("the spaces of a region show all that the truth has", async () => {
    const redis = spaces().filter(({ protocol }) => protocol === "redis");
    const ids = (await Promise.all(redis.map((space) => walk(paramsOf(space))))).flat();
    const truth = truthOf("UCLOUD_UMEM", "cn-bj2").map(({ nativeId }) => nativeId);
    expect([...ids].sort()).toEqual(truth.sort());
  });

  test("a space has no backups in another zone", async () => {
    const space = busy();
    const Zone = space.zone === "cn-bj2-02" ? "cn-bj2-05" : "cn-bj2-02";
    expect(idsOf(await askUCloud(clouds, { ...paramsOf(space), Zone }))).toEqual([]);
  });

  test("the total can be left out", async () => {
    expect(await askUCloud(clouds, paramsOf(busy()))).toHaveProperty("TotalCount", 261);
    clouds.knobs.set("ucloud", { umemTotal: "absent" });
    expect(await askUCloud(clouds, paramsOf(busy()))).not.toHaveProperty("TotalCount");
  });

  test("a backup can be listed once a shard", async () => {
    clouds.knobs.set("ucloud", { umemRows: "perShard" });
    const { shardCount } = busy();
    const body = await askUCloud(clouds, { ...paramsOf(busy()), Limit: shardCount });
    expect(new Set(idsOf(body)).size).toBe(1);
    expect([idsOf(body).length, body.TotalCount]).toEqual([shardCount, 261 * shardCount]);
  });
});

describe("instances", () => {
  test("groups are the living ones of the region", async () => {
    const body = await askUCloud(clouds, {
      Action: "DescribeURedisGroup",
      Region: "hk",
      Limit: 100,
    });
    const ids = rowsIn(body, "DataSet").map(({ GroupId }) => GroupId);
    const listed = clouds.estate.instances("UCLOUD_UREDIS", "hk");
    expect(ids).toEqual(listed.map(({ nativeId }) => nativeId));
    expect(body.TotalCount).toBe(listed.length);
  });

  test("spaces can be asked for by protocol", async () => {
    const list = { Action: "DescribeUMemSpace", Region: "hk", Limit: 100 };
    const protocols = async (params: Params) =>
      rowsIn(await askUCloud(clouds, params), "DataSet").map(({ Protocol }) => Protocol);
    expect(new Set(await protocols(list))).toEqual(new Set(["redis", "memcache"]));
    expect(new Set(await protocols({ ...list, Protocol: "redis" }))).toEqual(new Set(["redis"]));
  });
});

describe("links", () => {
  test("a group's link ends in a line feed and says when it expires", async () => {
    const one = truthOf("UCLOUD_UREDIS", "hk").find(({ status }) => status === "SUCCEEDED");
    const body = await askUCloud(clouds, {
      Action: "DescribeURedisBackupURL",
      Region: "hk",
      BackupId: one?.nativeId ?? "",
    });
    expect(body.BackupPath).toMatch(/^http:\/\/[^\n]+Expires=\d+&Signature=[0-9a-f]+\n$/);
    expect(body.InnerBackupPath).toMatch(/internal/);
  });

  test("a space has one link a shard, or the one that is asked for", async () => {
    const one = truthOf("UCLOUD_UMEM", "hk").find(
      ({ status, shardCount }) => status === "SUCCEEDED" && (shardCount ?? 0) > 1,
    );
    const space = clouds.estate.instance("UCLOUD_UMEM", one?.instanceNativeId ?? "");
    const params = {
      Action: "DescribeUMemBackupURL",
      Region: "hk",
      Zone: space?.zone ?? "",
      SpaceId: space?.nativeId ?? "",
      BackupId: one?.nativeId ?? "",
    };
    expect((await askUCloud(clouds, params)).BackupURL).toHaveLength(one?.shardCount ?? 0);
    expect((await askUCloud(clouds, { ...params, BlockId: "1" })).BackupURL).toHaveLength(1);
  });

  test.each([
    { Action: "DescribeURedisBackupURL", Region: "hk", BackupId: "none" },
    { Action: "DescribeUMemBackupURL", Region: "hk", Zone: "hk-02", SpaceId: "s", BackupId: "b" },
  ])("an unknown backup has none: $Action", async (params) => {
    expect(await askUCloud(clouds, params)).toMatchObject({ RetCode: 230 });
  });
});
