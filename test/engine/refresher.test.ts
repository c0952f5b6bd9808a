import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { Engine } from "../../src/engine/engine.js";
import { CallLog } from "../../src/listing/operation.js";
import type { Region } from "../../src/listing/declaration.js";
import type { ProviderRuntime } from "../../src/providers/provider.js";
import { Refresher } from "../../src/engine/refresher.js";
import { vendorOf } from "../../src/vendors/index.js";
import { gatewayOver } from "../estate/gateway.js";
import { VirtualClock } from "../estate/virtualClock.js";
import { FakeShared } from "../index/fakeShared.js";

const KVSTORE = "demo-alibaba/kvstore";
const clock = new VirtualClock();
let clouds: Clouds;
const gateways: Gateway[] = [];
const refreshers: Refresher[] = [];
beforeAll(async () => {
  clouds = await startClouds({
    now: clock.now,
    estate: { instances: 40, backupsEach: 2 },
    upstream: { rate: 2, retries: 0 },
  });
});
afterEach(async () => {
  await clock.until(Promise.all(refreshers.splice(0).map((refresher) => refresher.stop())));
  await Promise.all(gateways.splice(0).map((gateway) => clock.until(gateway.close())));
  clouds.knobs.reset();
  clouds.calls.reset();
});
afterAll(() => clouds.close());

/** A replica that keeps the lists of one account, by itself or with those that share. */
function replica(name: string, shared: FakeShared | null, { share = 0.5, ttlMs = 10_000 } = {}) {
  clouds.knobs.hook = () => clock.stir();
  const gateway = gatewayOver(clouds, { now: clock.now, sleep: clock.sleep });
  gateways.push(gateway);
  const settings = { ttlMs, staleIfErrorMs: 600_000, scanRows: 20_000, cacheRows: 200_000 };
  const accounts = clouds.accounts.filter(({ vendor }) => vendor === "alibaba");
  const engine = new Engine(accounts, vendorOf, {
    http: gateway.http,
    now: clock.now,
    settings,
    ...(shared === null ? {} : { sharedOf: () => shared.of(name, clock.sleep) }),
  });
  const rateOf = () => 2;
  const refresher = new Refresher({ engine, share, clock, rateOf });
  refreshers.push(refresher);
  const runtime = engine.providers.get(KVSTORE) as ProviderRuntime;
  /** Reads what a client reads first: which instances there are. */
  const list = async (): Promise<void> => {
    const operation = {
      signal: new AbortController().signal,
      deadline: clock.now() + 60_000,
      calls: new CallLog(),
      budget: { left: 100 },
    };
    const fresh = { notBefore: clock.now() };
    const all = async () => {
      for (const region of (await runtime.regions(operation)) as readonly Region[])
        await runtime.instanceList(region).read(fresh, operation);
    };
    await clock.until(all());
  };
  const rounds = () => runtime.rounds;
  return { refresher, rounds, list };
}

const asked = (): number => clouds.calls.count({ action: "DescribeBackups" });

test("of two replicas one keeps the lists, and the other takes its place when it ends", async () => {
  const shared = new FakeShared();
  const [a, b] = [replica("a", shared), replica("b", shared)];
  await a.list();
  a.refresher.start();
  b.refresher.start();
  await clock.pass(60_000);
  expect(asked()).toBeGreaterThan(50);
  expect(asked()).toBeLessThanOrEqual(61);
  expect(a.rounds()).toEqual({ everyMs: 1_000, freshMs: 120_000 });
  expect(b.rounds()).toEqual(a.rounds());
  await clock.until(a.refresher.stop());
  // In its first round it takes what the other shared.
  await clock.pass(60_000);
  clouds.calls.reset();
  await clock.pass(60_000);
  expect(asked()).toBeGreaterThan(50);
  expect(asked()).toBeLessThanOrEqual(61);
  await clock.until(b.refresher.stop());
  expect(shared.claimed).toBe(0);
});

test.each([
  { what: "no share", options: { share: 0 } },
  { what: "a ttl of nothing", options: { ttlMs: 0 } },
  { what: "a quota that suffices", options: { ttlMs: 60_000 } },
])("with $what nothing is kept", async ({ options }) => {
  const { refresher, rounds, list } = replica("a", null, options);
  await list();
  refresher.start();
  await clock.pass(120_000);
  expect([asked(), rounds()]).toEqual([0, null]);
  await clock.until(refresher.stop());
});

test("goes slower where the vendor throttles, and gets back to its share", async () => {
  const { refresher, list } = replica("a", null);
  await list();
  clouds.knobs.faults.add({
    vendor: "alibaba",
    action: "DescribeBackups",
    times: 8,
    effect: { kind: "vendorError", code: "Throttling.User", status: 400 },
  });
  refresher.start();
  await clock.pass(60_000);
  const throttled = asked();
  expect(throttled).toBeLessThan(30);
  await clock.pass(400_000);
  clouds.calls.reset();
  await clock.pass(60_000);
  expect(asked()).toBeGreaterThan(50);
  await clock.until(refresher.stop());
});

test("asks nobody before a client has asked which instances there are", async () => {
  const { refresher, rounds, list } = replica("a", null);
  refresher.start();
  await clock.pass(60_000);
  expect([clouds.calls.count(), rounds()]).toEqual([0, null]);
  await list();
  await clock.pass(60_000);
  expect(rounds()).not.toBeNull();
  expect(asked()).toBeGreaterThan(30);
});

test("goes on with the lists that it knows when the vendor fails, and recovers", async () => {
  const { refresher, rounds, list } = replica("a", null);
  await list();
  refresher.start();
  await clock.pass(60_000);
  clouds.knobs.faults.add({ vendor: "alibaba", effect: { kind: "status", status: 500 } });
  await clock.pass(120_000);
  expect(rounds()).not.toBeNull();
  clouds.knobs.faults.clear();
  await clock.pass(60_000);
  clouds.calls.reset();
  await clock.pass(60_000);
  expect(clouds.calls.count({ action: "DescribeBackups", outcome: "answered" })).toBeGreaterThan(
    30,
  );
});

test("begins again after it was stopped", async () => {
  const { refresher, list } = replica("a", null);
  await list();
  refresher.start();
  await clock.pass(20_000);
  await clock.until(refresher.stop());
  const before = asked();
  await clock.pass(20_000);
  expect(asked()).toBe(before);
  refresher.start();
  await clock.pass(20_000);
  expect(asked()).toBeGreaterThan(before);
  await clock.until(refresher.stop());
});
