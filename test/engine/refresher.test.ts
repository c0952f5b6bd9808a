import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { Engine } from "../../src/engine/engine.js";
import { CallLog } from "../../src/listing/operation.js";
import type { Region } from "../../src/listing/declaration.js";
import type { ProviderRuntime } from "../../src/providers/provider.js";
import { Refresher } from "../../src/engine/refresher.js";
import { vendorOf } from "../../src/vendors/index.js";
import { gatewayOver } from "../estate/gateway.js";
import { FakeClock } from "../http/fakeClock.js";
import { ModelEstate, PLAIN_LIST } from "../model/modelEstate.js";
import { EPOCH } from "../model/scenarios.js";
import { ModelGateway } from "../model/walker.js";
import { VirtualClock } from "../estate/virtualClock.js";
import { FakeShared } from "../index/fakeShared.js";

const DAY = 86_400_000;
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
  const gateway = gatewayOver(clouds, clock.parts());
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

test("of two replicas one reads the lists, and the other takes over when it stops", async () => {
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

test("slows down while the vendor throttles, and returns to its share", async () => {
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

test("makes no call before a client has listed the instances", async () => {
  const { refresher, rounds, list } = replica("a", null);
  refresher.start();
  await clock.pass(60_000);
  expect([clouds.calls.count(), rounds()]).toEqual([0, null]);
  await list();
  await clock.pass(60_000);
  expect(rounds()).not.toBeNull();
  expect(asked()).toBeGreaterThan(30);
});

test("continues with the lists that it knows while the vendor fails, and recovers", async () => {
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

test("starts again after it was stopped", async () => {
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

describe("of lists that take several calls each", () => {
  const RATE = 20;
  const SECONDS = 60;
  const LISTS = 10;

  /** What a refresher asks of a model cloud in a minute, second by second, with half of 20 calls a second. */
  async function askedOf(rows: number, pageRows: number) {
    const page = {
      style: "offset",
      offset: "o",
      limit: "l",
      max: pageRows,
      aligned: false,
    } as const;
    const own = { ...PLAIN_LIST, shape: { ...PLAIN_LIST.shape, page, defaultSize: pageRows } };
    const estate = new ModelEstate(
      [
        {
          own,
          wide: null,
          refusesWide: false,
          instanceList: PLAIN_LIST,
          extent: { oldest: EPOCH - 9 * DAY, newest: EPOCH - DAY, order: "newestFirst", grain: 1 },
          regions: 1,
          instances: Array.from({ length: LISTS }, () => ({
            region: 0,
            ageMs: null,
            listed: true,
          })),
          rows: Array.from({ length: LISTS * rows }, (_, i) => ({
            instance: i,
            start: i / (LISTS * rows),
            lasts: null,
          })),
        },
      ],
      EPOCH,
    );
    const gateway = new ModelGateway(estate, { ttlMs: 200 });
    const time = new FakeClock();
    estate.world.now = time.now();
    estate.script.latencyMs = 0;
    const [runtime] = gateway.engine.providers.values() as Iterable<ProviderRuntime>;
    if (runtime === undefined) throw new Error("There is no provider.");
    const { operation } = gateway.open();
    for (const region of (await runtime.regions(operation)) as readonly Region[])
      await runtime.instanceList(region).read({ notBefore: 0 }, operation);
    const perSecond = Array.from({ length: SECONDS }, () => 0);
    const lists = new Set<string>();
    const begunAt = time.now();
    estate.script.failing = ({ instance }) => {
      const second = Math.floor((time.now() - begunAt) / 1_000);
      perSecond[second] = (perSecond[second] ?? 0) + 1;
      if (instance !== null) lists.add(instance);
      return null;
    };
    const { engine } = gateway;
    const refresher = new Refresher({ engine, share: 0.5, clock: time, rateOf: () => RATE });
    refresher.start();
    while (time.now() < begunAt + SECONDS * 1_000 - 10) {
      estate.world.now = time.now();
      await time.advance(10);
    }
    await refresher.stop();
    return { perSecond, lists, freshMs: runtime.rounds?.freshMs ?? 0 };
  }

  test.each([
    { what: "three pages", rows: 12, pageRows: 5, least: 3 },
    { what: "twenty pages", rows: 40, pageRows: 2, least: 20 },
  ])("it makes no more calls than its share in any second: $what", async (sample) => {
    const { perSecond, lists, freshMs } = await askedOf(sample.rows, sample.pageRows);
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(RATE / 2);
    expect(perSecond.slice(1).every((calls) => calls >= RATE / 2 - 1)).toBe(true);
    expect(lists.size, "it gets to every list").toBe(LISTS);
    expect(freshMs, "rounds last as long as their calls").toBeGreaterThanOrEqual(
      (3 * LISTS * sample.least * 1_000) / (RATE / 2),
    );
  });
});
