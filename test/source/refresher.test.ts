import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { Engine } from "../../src/source/engine.js";
import { Refresher } from "../../src/source/refresher.js";
import { roundsOf } from "../../src/source/rounds.js";
import { vendorOf } from "../../src/vendors/index.js";
import { gatewayOver } from "../estate/gateway.js";
import { VirtualClock } from "../estate/virtualClock.js";
import { FakeShared } from "./fakeShared.js";

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
  const rounds = () => roundsOf(engine.providers.get(KVSTORE) as never);
  return { refresher, rounds };
}

const asked = (): number => clouds.calls.count({ action: "DescribeBackups" });

test("of two replicas one keeps the lists, and the other takes its place when it ends", async () => {
  const shared = new FakeShared();
  const [a, b] = [replica("a", shared), replica("b", shared)];
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
  const { refresher, rounds } = replica("a", null, options);
  refresher.start();
  await clock.pass(120_000);
  expect([asked(), rounds()]).toEqual([0, null]);
  await clock.until(refresher.stop());
});

test("goes slower where the vendor throttles, and gets back to its share", async () => {
  const { refresher } = replica("a", null);
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

test("waits where the instances cannot be listed, and goes on when they can", async () => {
  const { refresher, rounds } = replica("a", null);
  clouds.knobs.faults.add({ vendor: "alibaba", effect: { kind: "status", status: 500 } });
  refresher.start();
  await clock.pass(60_000);
  expect([asked(), rounds()]).toEqual([0, null]);
  clouds.knobs.faults.clear();
  await clock.pass(120_000);
  expect(asked()).toBeGreaterThan(30);
  await clock.until(refresher.stop());
});

test("begins again after it was stopped", async () => {
  const { refresher } = replica("a", null);
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
