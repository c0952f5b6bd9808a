import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Gateway, GatewayParts } from "../../src/app.js";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";
import { CLOUD_VENDORS } from "../../src/clouds/vendorCloud.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { FaultEffect } from "../../src/clouds/knobs/faults.js";
import type { CloudVendor } from "../../src/clouds/vendorCloud.js";
import type { Backup } from "../../src/domain/backup.js";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import { ANYONE } from "../../src/domain/principal.js";
import type { InstanceQuery } from "../../src/domain/reads.js";
import type { Connection } from "../../src/domain/connection.js";
import type { EngineSettings } from "../../src/index/sliceStore.js";
import { BACKUPS, gatewayOver, readsOf } from "./gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { type PageArgs, wanted } from "../wantedPage.js";

const TTL = 30_000;
const SETTINGS: EngineSettings = {
  ttlMs: TTL,
  staleIfErrorMs: 600_000,
  scanRows: 20_000,
  cacheRows: 200_000,
};
const INSTANCES: InstanceQuery = {
  parent: { type: "Query" },
  page: wanted({}),
  filter: EVERY_INSTANCE,
  onSourceError: "PARTIAL",
};

describe("what is kept between operations", () => {
  let clouds: Clouds;
  let ahead = 0;
  const now = (): number => MOMENT + ahead;
  const open: Gateway[] = [];
  beforeAll(async () => {
    clouds = await startStillClouds({
      now,
      estate: { instances: 6, backupsEach: 4 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64 },
    });
  });
  afterEach(async () => {
    clouds.knobs.reset();
    await Promise.all(open.splice(0).map((gateway) => gateway.close()));
  });
  afterAll(() => clouds.close());

  function make(settings: Partial<EngineSettings> = {}, parts: Partial<GatewayParts> = {}) {
    const gateway = gatewayOver(clouds, { now, settings: { ...SETTINGS, ...settings }, ...parts });
    open.push(gateway);
    return gateway;
  }

  interface Read {
    readonly page: Connection<Backup>;
    readonly ids: string[];
    /** Calls that reached the vendors. */
    readonly asked: number;
    readonly calls: ReturnType<ReturnType<Gateway["open"]>["calls"]>;
  }

  async function read(
    gateway: Gateway,
    options: { vendorCalls?: number; signal?: AbortSignal; page?: PageArgs } = {},
  ): Promise<Read> {
    const { vendorCalls = 10_000, signal = new AbortController().signal, page } = options;
    const reads = gateway.open(ANYONE, { signal, deadline: now() + 20_000, vendorCalls });
    const before = clouds.calls.count();
    const args = wanted({ first: 200, ...page });
    const connection = await reads.backups({ ...BACKUPS, page: args });
    return {
      page: connection,
      ids: connection.edges.map(({ node }) => node.nativeId).sort(),
      asked: clouds.calls.count() - before,
      calls: reads.calls(),
    };
  }

  const truth = (): string[] =>
    clouds.estate
      .truth()
      .map(({ nativeId }) => nativeId)
      .sort();

  const fail = (vendor: CloudVendor, effect: FaultEffect, plan: object = {}): void =>
    void clouds.knobs.faults.add({ vendor, effect, ...plan });

  test("is asked for again when ttl is over, and not before", async () => {
    const gateway = make();
    const first = await read(gateway);
    expect([first.page.complete, first.ids]).toEqual([true, truth()]);
    ahead += TTL - 5_000;
    const second = await read(gateway);
    expect([second.asked, second.ids]).toEqual([0, first.ids]);
    expect(second.calls.every(({ count, cached }) => count === 0 && cached > 0)).toBe(true);
    ahead += 5_001;
    // The vendors' regions are kept for a day.
    const regionLists = 2;
    expect((await read(gateway)).asked).toBe(first.asked - regionLists);
  });

  test("is nothing with a ttl of nothing, and old data never stands in", async () => {
    const gateway = make({ ttlMs: 0, staleIfErrorMs: 0 });
    const first = await read(gateway);
    ahead += 1;
    const second = await read(gateway);
    expect(second.asked).toBe(first.asked - 2);
    fail("alibaba", { kind: "status", status: 500 });
    ahead += 1;
    const third = await read(gateway);
    expect(third.page.complete).toBe(false);
    expect(new Set(third.page.issues.map(({ code }) => code))).toEqual(new Set(["UNAVAILABLE"]));
    expect(third.page.edges.some(({ node }) => node.provider === "demo-alibaba/kvstore")).toBe(
      false,
    );
  });

  test("stands in for a vendor that fails, says so, and owes what is newer", async () => {
    const gateway = make();
    const readAt = now();
    const first = await read(gateway);
    ahead += TTL + 1;
    for (const vendor of CLOUD_VENDORS) fail(vendor, { kind: "status", status: 503 });
    const second = await read(gateway);
    expect(second.ids).toEqual(first.ids);
    expect(second.page.complete).toBe(false);
    expect(await second.page.totalCount()).toBeNull();
    const { issues } = second.page;
    expect(new Set(issues.map(({ code }) => code))).toEqual(new Set(["STALE"]));
    expect(new Set(issues.map(({ provider }) => provider)).size).toBe(CLOUD_PRODUCTS.length);
    for (const { asOf } of issues) {
      expect(asOf).toBeGreaterThanOrEqual(readAt);
      expect(asOf).toBeLessThan(readAt + TTL);
    }
    const { nativeId } = clouds.estate.insertBackup({
      product: "TENCENT_REDIS",
      instanceNativeId: clouds.estate.instances("TENCENT_REDIS", "ap-tokyo")[0]?.nativeId ?? "",
      startedAt: now() - 1_000,
    });
    ahead += 30_000;
    clouds.knobs.faults.clear();
    const third = await read(gateway, { page: { after: second.page.endCursor } });
    expect(third.page.edges.map(({ node, late }) => [node.nativeId, late])).toEqual([
      [nativeId, true],
    ]);
    expect(third.page.complete).toBe(true);
  });

  test("is too old to stand in when staleIfError is over", async () => {
    const gateway = make({ staleIfErrorMs: 60_000 });
    await read(gateway);
    ahead += 60_001;
    for (const vendor of CLOUD_VENDORS) fail(vendor, { kind: "status", status: 503 });
    const { page, ids } = await read(gateway);
    expect(ids).toEqual([]);
    expect(page.issues.every(({ code }) => code !== "STALE")).toBe(true);
  });

  test.each<[string, FaultEffect]>([
    ["an error", { kind: "status", status: 500 }],
    ["no JSON", { kind: "html" }],
    ["another shape", { kind: "body", body: "{}" }],
    ["half of an answer", { kind: "shortBody" }],
  ])("is never %s: the next operation asks again", async (_, effect) => {
    const gateway = make();
    for (const vendor of CLOUD_VENDORS) fail(vendor, effect, { times: 1 });
    const first = await read(gateway);
    expect(first.page.complete).toBe(false);
    const second = await read(gateway);
    expect([second.page.complete, second.ids]).toEqual([true, truth()]);
  });

  test("is what an operation of few calls could read, so that the next gets further", async () => {
    const gateway = make();
    const before = clouds.calls.count();
    for (let pages = 1; pages <= 20; pages += 1) {
      const { page, ids } = await read(gateway, { vendorCalls: 10 });
      const asked = clouds.calls.count() - before;
      // The last calls of an operation that was cut may arrive during the next one.
      expect(asked).toBeLessThanOrEqual(10 * pages);
      if (!page.complete) {
        expect(page.issues.every(({ code }) => code === "CUT")).toBe(true);
        continue;
      }
      expect(ids).toEqual(truth());
      expect(asked).toBe((await read(make())).asked);
      return;
    }
    expect.unreachable("Twenty operations do not get to the end.");
  });

  test("is read once for a hundred operations at once, also where the first leave", async () => {
    const alone = await read(make());
    const gateway = make();
    const leaving = Array.from({ length: 50 }, () => new AbortController());
    let calls = 0;
    clouds.knobs.hook = () => {
      calls += 1;
      if (calls === 3) for (const controller of leaving) controller.abort();
    };
    const before = clouds.calls.count();
    const left = leaving.map(({ signal }) => read(gateway, { signal }));
    const stayed = Array.from({ length: 50 }, () => read(gateway));
    for (const { page, ids } of await Promise.all(stayed))
      expect([page.complete, ids]).toEqual([true, alone.ids]);
    await Promise.allSettled(left);
    expect(clouds.calls.count() - before).toBeLessThanOrEqual(alone.asked + 3);
  });

  test("takes no more memory than it may", async () => {
    const cacheRows = 120;
    const gateway = make({ cacheRows });
    for (let pages = 0; pages < 3; pages += 1) {
      const { page, ids } = await read(gateway);
      expect([page.complete, ids]).toEqual([true, truth()]);
      expect(gateway.engine.rowsHeld).toBeLessThanOrEqual(cacheRows);
    }
  });
});

test("a list whose later page failed is read again from its beginning", async () => {
  const clouds = await startStillClouds({
    estate: { instances: 120, backupsEach: 2, regions: 1 },
    upstream: { retries: 0, rate: 10_000, concurrency: 64 },
  });
  const gateway = gatewayOver(clouds);
  const instances = () => readsOf(gateway).instances({ ...INSTANCES, page: wanted({}) });
  for (const vendor of CLOUD_VENDORS)
    clouds.knobs.faults.add({ vendor, fromPage: 2, effect: { kind: "status", status: 500 } });
  const first = await instances();
  expect([first.complete, await first.totalCount()]).toEqual([false, null]);
  clouds.knobs.faults.clear();
  const second = await instances();
  expect([second.complete, await second.totalCount()]).toEqual([true, CLOUD_PRODUCTS.length * 120]);
  await gateway.close();
  await clouds.close();
});
