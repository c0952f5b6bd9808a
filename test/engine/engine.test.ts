import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { ANYONE, type Principal } from "../../src/domain/principal.js";
import { EVERY_BACKUP, EVERY_INSTANCE } from "../../src/domain/filter.js";
import { makeKnownPlaces } from "../../src/engine/engine.js";
import { BACKUPS, gatewayOver, readsOf } from "../estate/gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";

describe("known places", () => {
  let clouds: Clouds;
  let gateway: Gateway;
  beforeAll(async () => {
    clouds = await startStillClouds();
    gateway = gatewayOver(clouds);
  });
  afterAll(async () => {
    await gateway.close();
    await clouds.close();
  });

  test("take no vendor call, and are those of the accounts that a principal may see", () => {
    const all = gateway.places(ANYONE);
    expect(new Set(all.map(({ provider }) => provider))).toEqual(
      new Set(gateway.engine.providers.keys()),
    );
    expect(all.every(({ instances }) => instances === null)).toBe(true);
    const one: Principal = { name: "u", scopes: new Set(), accounts: ["demo-ucloud"] };
    const own = gateway.places(one);
    expect(own.map(({ provider, region, wide }) => [provider, region, wide])).toEqual([
      ["demo-ucloud/umem", null, false],
      ["demo-ucloud/uredis", null, true],
    ]);
    expect(gateway.places({ ...one, accounts: [] })).toEqual([]);
    expect(clouds.calls.counts()).toEqual({});
  });

  test("are the same array for a second, and then what was read since", async () => {
    const clock = { now: 0 };
    const places = makeKnownPlaces(() => clock.now);
    const before = places(gateway.engine.providers);
    const reads = readsOf(gateway);
    await reads.instances({ ...BACKUPS, filter: EVERY_INSTANCE });
    clock.now += 999;
    expect(places(gateway.engine.providers)).toBe(before);
    clock.now += 1;
    const after = places(gateway.engine.providers);
    expect(after.length).toBeGreaterThan(before.length);
    for (const { provider, region, instances } of after) {
      const filter = { providers: [provider], regions: [region ?? ""] };
      const listed = await reads.instances({
        ...BACKUPS,
        filter: { ...EVERY_INSTANCE, ...filter },
      });
      expect(instances).toBe(await listed.totalCount());
    }
  });
});

describe("progress", () => {
  let clouds: Clouds;
  let gateway: Gateway;
  const clock = { now: MOMENT };
  beforeAll(async () => {
    clouds = await startStillClouds();
    gateway = gatewayOver(clouds, { now: () => clock.now });
  });
  afterAll(async () => {
    await gateway.close();
    await clouds.close();
  });

  /** The counts by now, with no vendor call. */
  const progress = () => {
    clock.now += 1_000;
    const before = clouds.calls.count();
    const counted = gateway.progress();
    expect(clouds.calls.count()).toBe(before);
    return counted;
  };
  const read = async (vendorCalls: number): Promise<boolean> => {
    const { signal } = new AbortController();
    const bounds = { signal, deadline: clock.now + 60_000, vendorCalls };
    const filter = { ...EVERY_BACKUP, providers: ["demo-alibaba/kvstore"] };
    const page = await gateway.open(ANYONE, bounds).backups({ ...BACKUPS, filter });
    return page.complete;
  };

  test("counts the lists of backups that are needed, and those that were read", async () => {
    expect(progress()).toEqual({ lists: 0, read: 0, retryAfterMs: 0 });
    const effect = { kind: "status", status: 404 } as const;
    for (const action of ["DescribeBackups", "DescribeClusterBackupList"])
      clouds.knobs.faults.add({ vendor: "alibaba", action, effect });
    expect(await read(1_000)).toBe(false);
    const none = progress();
    const listed = await readsOf(gateway).instances({
      ...BACKUPS,
      filter: { ...EVERY_INSTANCE, providers: ["demo-alibaba/kvstore"] },
    });
    expect(none).toEqual({
      lists: await listed.totalCount(),
      read: 0,
      retryAfterMs: expect.any(Number),
    });
    expect(none.retryAfterMs).toBe(Math.ceil((none.lists / 10_000) * 1_000));
    clouds.knobs.reset();
    clock.now += 60_000;
    expect(await read(10)).toBe(false);
    const some = progress();
    expect([some.lists, some.read > 0, some.read < some.lists]).toEqual([none.lists, true, true]);
    while (!(await read(10)));
    expect(progress()).toEqual({ lists: none.lists, read: none.lists, retryAfterMs: 0 });
  });

  test("counts a region that is read as a whole, or whose instances cannot be listed, as one", async () => {
    const before = progress();
    const action = "DescribeUMemSpace";
    clouds.knobs.faults.add({ vendor: "ucloud", action, effect: { kind: "status", status: 403 } });
    const principal: Principal = { name: "u", scopes: new Set(), accounts: ["demo-ucloud"] };
    const { signal } = new AbortController();
    const bounds = { signal, deadline: clock.now + 60_000, vendorCalls: 10_000 };
    await gateway.open(principal, bounds).backups(BACKUPS);
    const after = progress();
    const places = gateway.places(principal);
    const regions = (isWide: boolean) => places.filter(({ wide }) => wide === isWide).length;
    expect(after.lists - before.lists).toBe(regions(true) + regions(false));
    expect(after.read - before.read).toBe(regions(true));
    expect([regions(true) > 1, regions(false) > 1]).toEqual([true, true]);
  });
});
