import { afterEach, describe, expect, test } from "vitest";
import type { Row } from "../../src/domain/row.js";
import { startClouds } from "../../src/clouds/clouds.js";
import type { Clouds, CloudsOptions } from "../../src/clouds/clouds.js";
import type { AlibabaInstance, TrueBackup } from "../../src/clouds/estate/types.js";
import { askAlibaba, askTencent2, askUCloud, NOW, rowsIn, rowAt } from "./wire.js";

const open: Clouds[] = [];
afterEach(() => Promise.all(open.splice(0).map((clouds) => clouds.close())));

async function start(options: CloudsOptions = {}): Promise<Clouds> {
  const clouds = await startClouds({ now: () => NOW, ...options });
  open.push(clouds);
  return clouds;
}

const WIDEST = { StartTime: "2020-01-01T00:00Z", EndTime: "2026-03-11T12:34Z", PageSize: "300" };

/** Every row that Alibaba lists of an instance, through the action of its kind. */
async function alibabaRows(clouds: Clouds, instance: AlibabaInstance): Promise<Row[]> {
  const isNative = instance.architecture === "cluster" && instance.cloudNative;
  const action = isNative ? "DescribeClusterBackupList" : "DescribeBackups";
  const params = {
    ...WIDEST,
    InstanceId: instance.nativeId,
    ...(isNative ? { RegionId: instance.region } : {}),
  };
  const rows: Row[] = [];
  for (let page = 1; ; page += 1) {
    const body = await askAlibaba(clouds, action, { ...params, PageNumber: String(page) });
    const shown = isNative
      ? rowsIn(body, "ClusterBackups")
      : rowsIn(rowAt(body, "Backups"), "Backup");
    rows.push(...shown);
    if (shown.length < 300) return rows;
  }
}

test("rows that are made in advance are those that the lists would make", async () => {
  const [early, late] = [await start(), await start()];
  early.fill();
  expect(early.estate.truth()).toEqual(late.estate.truth());
});

describe("Alibaba's rows and the truth", () => {
  test("agree on every instance: a set is named after a row that is listed, and folds all rows", async () => {
    const clouds = await start();
    const truth = clouds.estate.truth().filter(({ product }) => product === "ALIBABA_KVSTORE");
    const regions = clouds.estate.regions.ALIBABA_KVSTORE;
    const instances = regions.flatMap((region) =>
      clouds.estate.instances("ALIBABA_KVSTORE", region),
    ) as readonly AlibabaInstance[];
    const unsettled: string[] = [];
    for (const instance of instances) {
      const own = truth.filter(({ instanceNativeId }) => instanceNativeId === instance.nativeId);
      const rows = await alibabaRows(clouds, instance);
      const ids = new Set(rows.map((row) => String(row.BackupId ?? row.ClusterBackupId)));
      expect(own.every(({ nativeId }) => ids.has(nativeId))).toBe(true);
      const isClassic = instance.architecture === "cluster" && !instance.cloudNative;
      const parts = (one: TrueBackup) => (isClassic ? (one.shardCount ?? 0) : 1);
      const folded = own.reduce((sum, one) => sum + parts(one), 0);
      if (folded !== rows.length) unsettled.push(`${instance.name} ${rows.length - folded}`);
    }
    // Memcached is no Redis; two shards of a set whose first node has not ended belong to no backup yet.
    expect(unsettled).toEqual([
      expect.stringMatching(/^pages-cn-hangzhou \d+$/),
      "sharded-tokens-ap-southeast-1 2",
    ]);
  });
});

describe("variants", () => {
  test("accounts point at the origins, and the upstream settings can be changed", async () => {
    const { accounts } = await start({ upstream: { retries: 0 } });
    expect(accounts.map(({ id }) => id)).toEqual([
      "demo-ucloud",
      "demo-tencent",
      "demo-alibaba",
      "demo-aws",
      "demo-s3",
    ]);
    expect(accounts).toMatchObject([
      { vendor: "ucloud", regions: null, upstream: { retries: 0, timeoutMs: 10_000 } },
      { vendor: "tencent", api: "3.0", regions: ["ap-guangzhou", "ap-tokyo"] },
      { vendor: "alibaba", signature: "v3", endpoint: expect.stringMatching(/^http:\/\/127/) },
      { vendor: "aws", regions: ["eu-west-1", "us-east-1"] },
      { vendor: "s3", region: "eu-west-1", buckets: [{}, {}, {}] },
    ]);
    expect(new Set(accounts.map(({ endpoint }) => endpoint)).size).toBe(5);
  });

  test("a white label is another name for the same origins", async () => {
    const clouds = await start({ whiteLabel: true });
    expect(clouds.accounts[0]?.endpoint).toMatch(/^http:\/\/localhost:\d+$/);
    expect(await askUCloud(clouds, { Action: "GetRegion" })).toMatchObject({ RetCode: 0 });
  });

  test("with API 2.0 the truth is what that API lists, instance by instance", async () => {
    const clouds = await start({ tencentApi: "2.0", signatureMethod: "HmacSHA1" });
    expect(clouds.accounts[1]).toMatchObject({ api: "2.0", signatureMethod: "HmacSHA1" });
    const listed: string[] = [];
    for (const Region of clouds.estate.regions.TENCENT_REDIS) {
      const redis = await askTencent2(clouds, "DescribeRedis", {
        Region,
        limit: "100",
        offset: "0",
      });
      for (const { redisId } of rowsIn(rowAt(redis, "data"), "redisSet")) {
        const params = { Region, redisId: String(redisId), limit: "100", offset: "0" };
        const body = await askTencent2(clouds, "GetRedisBackupList", params);
        listed.push(
          ...rowsIn(rowAt(body, "data"), "redisBackupSet").map((r) => String(r.backupId)),
        );
      }
    }
    const truth = clouds.estate.truth().filter(({ product }) => product === "TENCENT_REDIS");
    expect(listed.sort()).toEqual(truth.map(({ nativeId }) => nativeId).sort());
    expect(truth.some(({ status }) => status === "UNKNOWN")).toBe(true);
  });

  test("an older signature can be asked for", async () => {
    const { accounts } = await start({ alibabaSignature: "v1" });
    expect(accounts[2]).toMatchObject({ signature: "v1" });
  });

  test("a plain estate of 1,000 instances a product starts without making its rows", async () => {
    const clouds = await start({ estate: { instances: 1000, backupsEach: 365 } });
    const list = { Action: "DescribeURedisGroup", Region: "hk", Limit: 100 };
    expect(await askUCloud(clouds, list)).toMatchObject({ TotalCount: 500 });
  });

  test("the truth is what the knobs let the accounts see", async () => {
    const clouds = await start();
    const count = () => clouds.estate.truth().length;
    const all = count();
    clouds.knobs.set("ucloud", { wide: "refused" });
    const narrow = count();
    clouds.knobs.set("tencent", { statuses: "refused" });
    expect(narrow).toBeLessThan(all);
    expect(count()).toBeLessThan(narrow);
    clouds.knobs.reset();
    expect(count()).toBe(all);
  });
});
