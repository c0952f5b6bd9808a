import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";
import { CLOUD_VENDORS } from "../../src/clouds/vendorCloud.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import { ANYONE } from "../../src/domain/principal.js";
import type { Backup } from "../../src/domain/backup.js";
import type { Connection } from "../../src/domain/connection.js";
import { sized } from "../runs.js";
import { BACKUPS, gatewayOver } from "./gateway.js";
import { VirtualClock } from "./virtualClock.js";
import { wanted } from "../wantedPage.js";

const SETTINGS = {
  ttlMs: 30_000,
  staleIfErrorMs: 600_000,
  scanRows: 20_000,
  cacheRows: 200_000,
};
const DEADLINE = 25_000;
/** Of each product: 1,000 at 20 calls a second in `.ci/run`, so that all lists take as long in either case. */
const INSTANCES = sized(100, 1_000);
const RATE = INSTANCES / 50;
const SHARE = 0.5;
const DAY = 86_400_000;
const ROWS = CLOUD_PRODUCTS.length * INSTANCES * 3;

describe(`${INSTANCES} instances of each product, at ${RATE} calls a second`, () => {
  const clock = new VirtualClock();
  let clouds: Clouds;
  let gateway: Gateway;
  beforeAll(async () => {
    clouds = await startClouds({
      now: clock.now,
      estate: { instances: INSTANCES, backupsEach: 3 },
      upstream: { rate: RATE, retries: 0, concurrency: 64 },
    });
  });
  beforeEach(() => {
    clouds.knobs.hook = () => clock.stir();
    gateway = gatewayOver(clouds, {
      ...clock.parts(),
      settings: SETTINGS,
      refreshShare: SHARE,
    });
  });
  afterEach(async () => {
    await clock.until(gateway.close());
    clouds.knobs.reset();
  });
  afterAll(() => clouds.close());

  const open = () =>
    gateway.open(ANYONE, {
      signal: new AbortController().signal,
      deadline: clock.now() + DEADLINE,
      vendorCalls: 2_000,
    });

  const read = (first: number, after: string | null = null): Promise<Connection<Backup>> =>
    clock.until(open().backups({ ...BACKUPS, page: wanted({ first, after }) }));

  /** The newest of all, as the clouds know them. */
  const newest = (count: number): string[] =>
    [...clouds.estate.truth()]
      .sort((a, b) => b.startedAt - a.startedAt)
      .slice(0, count)
      .map(({ nativeId }) => nativeId)
      .sort();

  test("a client that follows endCursor gets all exactly once, across pages that were cut", async () => {
    const ids: string[] = [];
    let cut = 0;
    let after: string | null = null;
    for (let more = true; more;) {
      const page: Connection<Backup> = await read(200, after);
      if (!page.complete) cut += 1;
      ids.push(...page.edges.map(({ node }) => node.id));
      more = (await clock.until(Promise.resolve(page.hasNextPage()))) || !page.complete;
      after = page.endCursor;
      expect(cut).toBeLessThan(20);
    }
    expect(cut).toBeGreaterThan(0);
    expect([ids.length, new Set(ids).size]).toEqual([ROWS, ROWS]);
  });

  test("a first page and coverage are complete once the lists were read in rounds", async () => {
    const first = await read(50);
    expect(first.complete).toBe(false);
    // However many lists the quota leaves unread.
    const named = first.issues.map(({ provider, region, code }) => `${provider} ${region} ${code}`);
    expect(named).toEqual([...new Set(named)]);
    expect(JSON.stringify(first.issues).length).toBeLessThan(20_000);
    gateway.refresher.start();
    await clock.pass(250_000);
    // Nobody asks for a while, and still what is shown is no older than three rounds.
    await clock.pass(310_000);
    clouds.calls.reset();
    const page = await read(50);
    expect([page.complete, page.issues]).toEqual([true, []]);
    expect(page.edges.map(({ node }) => node.nativeId).sort()).toEqual(newest(50));
    const report = await clock.until(open().coverage(30 * DAY, EVERY_INSTANCE));
    expect([report.complete, report.unknownRegions]).toEqual([true, 0]);
    expect(report.entries).toHaveLength(CLOUD_PRODUCTS.length * INSTANCES);
    expect(report.entries.every(({ coverage }) => coverage.state === "PROTECTED")).toBe(true);
    const alibaba = gateway.open(ANYONE, BOUNDS(clock)).provider("demo-alibaba/kvstore");
    const { notes } = await open().capabilities(alibaba as NonNullable<typeof alibaba>);
    expect(notes.at(-1)).toMatch(/^There are too many instances .* up to 300 seconds old\.$/);
  });

  test("keeping lists takes its share of the quota, and ends at once", async () => {
    await read(50);
    gateway.refresher.start();
    await clock.pass(60_000);
    clouds.calls.reset();
    await clock.pass(200_000);
    const calls = clouds.calls.count({ action: "DescribeBackups" });
    expect(calls).toBeLessThanOrEqual(200 * RATE * SHARE + 1);
    expect(calls).toBeGreaterThan(200 * RATE * SHARE * 0.95);
    const each = new Map<string | null, number>();
    for (const { action, instance } of clouds.calls.entries())
      if (action === "DescribeBackups") each.set(instance, (each.get(instance) ?? 0) + 1);
    // Every list in its turn: none twice more often than another.
    expect(each.size).toBe(INSTANCES);
    expect(Math.max(...each.values())).toBeLessThanOrEqual(3);
    await clock.until(gateway.refresher.stop());
    clouds.calls.reset();
    await clock.pass(60_000);
    expect(clouds.calls.count()).toBe(0);
  });

  test(
    "lists older than three rounds are read, and reported as stale if that fails",
    {
      timeout: 120_000,
    },
    async () => {
      await read(50);
      gateway.refresher.start();
      await clock.pass(250_000);
      for (const vendor of CLOUD_VENDORS)
        clouds.knobs.faults.add({ vendor, effect: { kind: "status", status: 500 } });
      await clock.pass(60_000);
      const soon = await read(50);
      // The lists of instances are not kept, and are reported as stale on their own.
      expect(ofInstances(soon)).toEqual([]);
      await clock.pass(300_000);
      const late = await read(50);
      expect(late.complete).toBe(false);
      const stale = ofInstances(late);
      expect(stale.length).toBeGreaterThan(0);
      expect(
        stale.every(
          ({ code, asOf }) => code === "STALE" && asOf !== null && asOf < clock.now() - 60_000,
        ),
      ).toBe(true);
    },
  );
});

const BOUNDS = (clock: VirtualClock) => ({
  signal: new AbortController().signal,
  deadline: clock.now() + DEADLINE,
  vendorCalls: 0,
});

const ofInstances = ({ issues }: Connection<Backup>) =>
  issues.filter(({ region, instanceNativeIds }) => region !== null && instanceNativeIds.length > 0);
