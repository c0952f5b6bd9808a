import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { ANYONE, type Principal } from "../../src/domain/principal.js";
import type { InstanceFilter } from "../../src/domain/filter.js";
import { makeKnownPlaces } from "../../src/engine/engine.js";
import { BACKUPS, gatewayOver, readsOf } from "../estate/gateway.js";

describe("known places", () => {
  let clouds: Clouds;
  let gateway: Gateway;
  beforeAll(async () => {
    clouds = await startClouds();
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
    await reads.instances({ ...BACKUPS, filter: null });
    clock.now += 999;
    expect(places(gateway.engine.providers)).toBe(before);
    clock.now += 1;
    const after = places(gateway.engine.providers);
    expect(after.length).toBeGreaterThan(before.length);
    for (const { provider, region, instances } of after) {
      const filter = { providers: [provider], regions: [region ?? ""] };
      const listed = await reads.instances({ ...BACKUPS, filter: { ...NO_FILTER, ...filter } });
      expect(instances).toBe(await listed.totalCount());
    }
  });
});

const NO_FILTER: InstanceFilter = {
  vendors: null,
  providers: null,
  regions: null,
  nativeIds: null,
  statuses: null,
  nameContains: null,
};
