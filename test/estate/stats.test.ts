import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from "vitest";
import type { Gateway } from "../../src/app.js";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";
import { CLOUD_VENDORS } from "../../src/clouds/vendorCloud.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { TrueBackup } from "../../src/clouds/estate/types.js";
import type { BackupDimension, BackupStats } from "../../src/domain/stats.js";
import { EVERY_BACKUP, type BackupFilter } from "../../src/domain/filter.js";
import { ANYONE } from "../../src/domain/principal.js";
import { sized } from "../runs.js";
import { gatewayOver, readsOf, walkPages } from "./gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";

const DAY = 86_400_000;
/** Instances in all, of three backups each, and the vendor calls of a request: a fifth of the instances. */
const MANY = sized(4_000, 10_000);
const CALLS = MANY / 5;

const statsOf = (
  gateway: Gateway,
  by: readonly BackupDimension[],
  filter: Partial<BackupFilter> = {},
  reads = readsOf(gateway),
): Promise<BackupStats> =>
  reads.backupStats({ filter: { ...EVERY_BACKUP, ...filter }, by, timeZone: "UTC" });

/** What the estate really holds, by the values of its backups. */
function truth(
  { estate }: Clouds,
  valuesOf: (backup: TrueBackup) => readonly string[],
): [string, number, number][] {
  const groups = new Map<string, TrueBackup[]>();
  for (const backup of estate.truth()) {
    const key = valuesOf(backup).join(" ");
    groups.set(key, [...(groups.get(key) ?? []), backup]);
  }
  return [...groups]
    .map(([key, own]): [string, number, number] => [
      key,
      own.length,
      own.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

const counted = ({ buckets }: BackupStats): [string, number, number][] =>
  buckets.map(({ keys, count, sizeBytes }) => [
    keys.map(({ value }) => value ?? "").join(" "),
    count,
    sizeBytes,
  ]);

const dayOf = ({ startedAt }: TrueBackup): string => new Date(startedAt).toISOString().slice(0, 10);

describe("statistics over the embedded clouds", () => {
  let clouds: Clouds;
  let gateway: Gateway;
  /** Of tests that begin with no other: it reads each list once. */
  let shared: Gateway;
  beforeAll(async () => {
    clouds = await startStillClouds({ upstream: { retries: 0, rate: 10_000, concurrency: 64 } });
    shared = gatewayOver(clouds);
  });
  beforeEach(() => void (gateway = shared));
  const begin = () => (gateway = gatewayOver(clouds));
  afterEach(async () => {
    clouds.knobs.reset();
    if (gateway !== shared) await gateway.close();
  });
  afterAll(async () => {
    await shared.close();
    await clouds.close();
  });

  test.each<[BackupDimension[], (backup: TrueBackup) => string[]]>([
    [["DAY", "STATUS"], (backup) => [dayOf(backup), backup.status]],
    [["TRIGGER"], ({ trigger }) => [trigger]],
    [["PROVIDER", "REGION"], ({ provider, region }) => [provider, region]],
    [["VENDOR"], ({ product }) => [product.split("_")[0] ?? ""]],
    [["MONTH", "PROVIDER", "STATUS"], (b) => [dayOf(b).slice(0, 7), b.provider, b.status]],
  ])("by %s equal the truth", async (by, valuesOf) => {
    const stats = await statsOf(gateway, by);
    expect([stats.complete, stats.issues]).toEqual([true, []]);
    expect(counted(stats)).toEqual(truth(clouds, valuesOf));
    const all = clouds.estate.truth();
    expect(stats.total).toMatchObject({
      keys: [],
      count: all.length,
      sizedCount: all.filter(({ sizeBytes }) => sizeBytes !== null).length,
      firstStartedAt: Math.min(...all.map(({ startedAt }) => startedAt)),
      lastStartedAt: Math.max(...all.map(({ startedAt }) => startedAt)),
    });
  });

  test("by INSTANCE name each instance, also one that is no longer listed", async () => {
    const stats = await statsOf(gateway, ["INSTANCE"]);
    const names = stats.buckets.map(({ keys: [key], count }) => [
      key?.provider,
      key?.instance?.region,
      key?.instance?.nativeId,
      count,
    ]);
    const wanted = truth(clouds, (b) => [b.provider, b.region, b.instanceNativeId]);
    expect(names.map((parts) => parts.join(" ")).sort()).toEqual(
      wanted.map(([name, count]) => `${name} ${count}`).sort(),
    );
  });

  test.each<Partial<BackupFilter>>([
    { instanceNameContains: "ORDERS" },
    { regions: ["cn-bj2"], statuses: ["FAILED"] },
    { policies: ["default"], triggers: ["MANUAL"] },
    { tags: [{ key: "no such key", values: null }] },
  ])("with the filter %j count what a list with it shows", async (filter) => {
    const pages = await walkPages(
      gateway,
      { filter: { ...EVERY_BACKUP, ...filter } },
      { size: 200 },
    );
    const rows = pages.flatMap(({ edges }) => edges.map(({ node }) => node));
    const stats = await statsOf(gateway, ["PROVIDER"], filter);
    const own = rows.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
    expect(stats.total).toMatchObject({ count: rows.length, sizeBytes: own });
    expect(stats.complete).toBe(pages.every(({ complete }) => complete));
  });

  test("take no more vendor calls than walking the same backups, and none while those are fresh", async () => {
    const filter = { startedAfter: clouds.estate.now() - 9 * DAY };
    begin();
    clouds.calls.reset();
    await walkPages(gateway, { filter: { ...EVERY_BACKUP, ...filter } }, { size: 200 });
    const walked = clouds.calls.count();
    await gateway.close();
    begin();
    clouds.calls.reset();
    const stats = await statsOf(gateway, ["DAY"], filter);
    expect(clouds.calls.count()).toBeLessThanOrEqual(walked);
    clouds.calls.reset();
    expect(await statsOf(gateway, ["DAY", "STATUS"], filter)).toMatchObject({ total: stats.total });
    expect(clouds.calls.count()).toBe(0);
  });

  test.each(CLOUD_VENDORS)("while %s fails leave out its backups, and say so", async (vendor) => {
    begin();
    clouds.knobs.faults.add({ vendor, effect: { kind: "status", status: 500 } });
    const stats = await statsOf(gateway, ["PROVIDER"]);
    expect(stats.complete).toBe(false);
    const failed = new Set(stats.issues.map(({ provider }) => provider.split("/")[0]));
    expect(failed).toEqual(new Set([`demo-${vendor}`]));
    expect(counted(stats)).toEqual(
      truth(clouds, ({ provider }) => [provider]).filter(
        ([provider]) => !provider.startsWith(`demo-${vendor}/`),
      ),
    );
  });

  test("of a vendor that fails after it was read are out of date, and say so", async () => {
    let ahead = 0;
    gateway = gatewayOver(clouds, { now: () => MOMENT + ahead });
    const { total } = await statsOf(gateway, ["DAY"]);
    ahead = 60_000;
    clouds.knobs.faults.add({ vendor: "alibaba", effect: { kind: "status", status: 500 } });
    const stats = await statsOf(gateway, ["DAY"]);
    // What started in the last seconds before the old reading is left out of it.
    expect(stats.total.count).toBeLessThanOrEqual(total.count);
    expect(stats.total.count).toBeGreaterThan(0.9 * total.count);
    expect(stats.complete).toBe(false);
    expect(new Set(stats.issues.map(({ code, provider }) => `${provider} ${code}`))).toEqual(
      new Set(["demo-alibaba/kvstore STALE"]),
    );
    expect(stats.issues.some(({ instanceNativeIds }) => instanceNativeIds.length > 0)).toBe(true);
  });

  const MANY_GROUPS = ["INSTANCE", "DAY", "STATUS"] as const;

  test("of more than a thousand groups are complete", async () => {
    const { buckets, complete } = await statsOf(gateway, MANY_GROUPS);
    expect([complete, buckets.length > 1_000]).toEqual([true, true]);
  });

  test(`of ${MANY} instances are cut at the limit of vendor calls, complete after a few requests, and limited in groups`, async () => {
    const many = await startStillClouds({
      estate: { instances: MANY / CLOUD_PRODUCTS.length, backupsEach: 3, regions: 1 },
      upstream: { retries: 0, rate: 100_000, concurrency: 64, timeoutMs: 120_000 },
    });
    onTestFinished(() => many.close());
    const all = many.estate.truth().length;
    expect(all).toBe(MANY * 3);
    gateway = gatewayOver(many);
    const open = () =>
      gateway.open(ANYONE, {
        signal: new AbortController().signal,
        deadline: Number.MAX_SAFE_INTEGER,
        vendorCalls: CALLS,
      });
    let last = 0;
    for (let requests = 0; ; requests += 1) {
      expect(requests).toBeLessThan(10);
      const { complete, total, issues } = await statsOf(gateway, ["STATUS"], {}, open());
      expect(total.count).toBeGreaterThan(last);
      last = total.count;
      if (complete) break;
      expect(issues.map(({ code }) => code)).toContain("CUT");
      expect(issues[0]?.message).toMatch(/\d+ of \d+ lists have been read\.$/);
    }
    expect(last).toBe(all);
    await expect(statsOf(gateway, MANY_GROUPS)).rejects.toMatchObject({
      code: "QUERY_TOO_COSTLY",
      message: expect.stringContaining("more than 10000 buckets by INSTANCE, DAY, STATUS"),
      extensions: { limit: 10_000 },
    });
  });
});
