import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { BACKUPS, gatewayOver, readsOf } from "../estate/gateway.js";
import { runs } from "../runs.js";
import { startStillClouds } from "../stillClouds.js";
import { garbage, write, type Garbage } from "./garbage.js";
import { describeWithRedis, RedisServer } from "./redisServer.js";
import { wanted } from "../wantedPage.js";

describeWithRedis("a client that can write to the shared server", () => {
  let server: RedisServer;
  let clouds: Clouds;
  beforeAll(async () => {
    server = await RedisServer.start();
    clouds = await startStillClouds({
      estate: { instances: 6, backupsEach: 4 },
      upstream: { rate: 10_000, concurrency: 64 },
    });
  });
  afterAll(async () => {
    await clouds.close();
    await server.close();
  });

  async function walk(gateway: Gateway): Promise<{ ids: string[]; complete: boolean }> {
    const ids: string[] = [];
    let after: string | null = null;
    for (;;) {
      const page = await readsOf(gateway).backups({
        ...BACKUPS,
        page: wanted({ first: 10, after }),
      });
      ids.push(...page.edges.map(({ node }) => node.nativeId));
      after = page.endCursor;
      if (!page.complete) return { ids, complete: false };
      if (!(await page.hasNextPage())) return { ids: ids.sort(), complete: true };
    }
  }

  const truth = (): string[] =>
    clouds.estate
      .truth()
      .map(({ nativeId }) => nativeId)
      .sort();

  /** Every key that a walk uses. */
  async function usedKeys(): Promise<string[]> {
    await server.inspector.flushall();
    const seen: Promise<string[]>[] = [];
    clouds.knobs.hook = () => void seen.push(server.inspector.keys("*"));
    const gateway = gatewayOver(clouds, { cacheUrl: server.url, ...server.clock() });
    await walk(gateway);
    clouds.knobs.reset();
    seen.push(server.inspector.keys("*"));
    const keys = [...new Set((await Promise.all(seen)).flat())];
    await gateway.close();
    for (const kind of ["value", "claim", "quota", "replicas"])
      expect(keys.some((key) => key.startsWith(`backups:${kind}:`))).toBe(true);
    return keys;
  }

  async function expectHarmless(written: readonly (readonly [string, Garbage])[]): Promise<void> {
    await server.inspector.flushall();
    for (const [key, it] of written) if (!wantsPause(it)) await write(server.inspector, key, it);
    const gateway = gatewayOver(clouds, { cacheUrl: server.url, ...server.clock() });
    expect(await walk(gateway)).toEqual({ ids: truth(), complete: true });
    await gateway.close();
  }

  test("cannot change a walk by values, quotas and replicas of any type", async () => {
    const keys = (await usedKeys()).filter((key) => !key.startsWith("backups:claim:"));
    const written = fc.tuple(...keys.map((key) => fc.tuple(fc.constant(key), garbage)));
    await fc.assert(fc.asyncProperty(written, expectHarmless), runs(5));
  });

  test("delays a walk by claims for a limited time", async () => {
    const keys = await usedKeys();
    await expectHarmless(keys.map((key) => [key, { type: "list", values: ["0"] }]));
    for (const key of await server.inspector.keys("*"))
      expect(await server.inspector.pttl(key)).toBeGreaterThan(0);
  });
});

/** A pause of up to a minute is what a vendor may demand, so it is obeyed: see the tests of the quota. */
const wantsPause = (it: Garbage): boolean =>
  it.type === "hash" &&
  it.fields.some(
    ([name, value]) => name === "pausedUntil" && Math.abs(Number(value) - Date.now()) < 2e6,
  );
