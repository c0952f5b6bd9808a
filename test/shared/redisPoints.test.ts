import fc from "fast-check";
import { expect, test } from "vitest";
import { RedisPoints } from "../../src/shared/redisPoints.js";
import { Seal } from "../../src/shared/seal.js";
import { runs } from "../runs.js";
import { startStack, type Stack } from "../server/stack.js";
import { ask } from "../server/harness.js";
import { asCaller, keyNamed } from "../server/gated.js";
import { garbage, write } from "./garbage.js";
import { SharedServer, type TestLink } from "./harness.js";
import { describeWithRedis } from "./redisServer.js";

describeWithRedis("points that replicas count together", () => {
  const shared = new SharedServer();

  function replica(key = 7): { points: RedisPoints; link: TestLink } {
    const link = shared.link();
    return {
      points: new RedisPoints(link.link, new Seal([Buffer.alloc(32, key)], "1")),
      link,
    };
  }

  test("add up for each caller, and expire a minute after the first", async () => {
    const [a, b] = [replica().points, replica().points];
    expect(await a.add("ann", 3)).toEqual({ used: 3, resetMs: 60_000 });
    expect(await b.add("bob", 1)).toEqual({ used: 1, resetMs: 60_000 });
    const [key = ""] = await shared.inspector.keys("*");
    for (const name of await shared.inspector.keys("*"))
      await shared.inspector.pexpire(name, 20_000);
    const second = await b.add("ann", 2);
    expect(second?.used).toBe(5);
    expect(second?.resetMs).toBeLessThanOrEqual(20_000);
    expect(key).toMatch(/^backups:points:[\w-]{22}$/);
  });

  test("have keys that name no caller and expire", async () => {
    const both = [replica(), replica(8)];
    const keysOf = async () => {
      // On a busy machine the server may answer too late to count.
      for (const { points } of both) await points.add("name ann", 1);
      return shared.inspector.keys("*");
    };
    await expect.poll(keysOf).toHaveLength(2);
    const keys = await shared.inspector.keys("*");
    for (const key of keys) {
      expect(key).not.toContain("ann");
      expect(await shared.inspector.pttl(key)).toBeGreaterThan(0);
    }
  });

  test("are not known while the server is frozen, and known again once it answers", async () => {
    const { points, link } = replica();
    await points.add("ann", 1);
    shared.server.freeze();
    expect(await points.add("ann", 1)).toBeNull();
    expect(await points.add("ann", 1)).toBeNull();
    const up = link.next("up");
    shared.server.thaw();
    link.clock.skip(20_000);
    expect(await points.add("ann", 1)).toBeNull();
    await up;
    expect((await points.add("ann", 1))?.used).toBeGreaterThan(1);
  });

  test("are whole numbers that expire within a minute, whatever others write", async () => {
    const { points } = replica();
    await points.add("ann", 1);
    const [key = ""] = await shared.inspector.keys("*");
    const written = fc.tuple(garbage, fc.constantFrom(0, 30_000, 10 ** 9));
    const holds = async ([it, ttlMs]: [Parameters<typeof write>[2], number]): Promise<void> => {
      await shared.inspector.del(key);
      await write(shared.inspector, key, it);
      if (ttlMs > 0) await shared.inspector.pexpire(key, ttlMs);
      const counted = await points.add("ann", 2);
      if (counted === null) return;
      expect(counted.used).toBeGreaterThanOrEqual(2);
      expect(counted.resetMs).toBeLessThanOrEqual(60_000);
      const leftMs = await shared.inspector.pttl(key);
      expect(leftMs).toBeGreaterThan(0);
      expect(leftMs).toBeLessThanOrEqual(60_000);
      expect((await points.add("ann", 2))?.used).toBeGreaterThanOrEqual(2);
    };
    await fc.assert(fc.asyncProperty(written, holds), runs(40));
  });

  test("that would never end, or end too late, begin again", async () => {
    const { points } = replica();
    await points.add("ann", 1);
    const [key = ""] = await shared.inspector.keys("*");
    await shared.inspector.set(key, 10 ** 6);
    expect(await points.add("ann", 2)).toEqual({ used: 2, resetMs: 60_000 });
    await shared.inspector.set(key, 10 ** 6, "EX", 3_600);
    expect(await points.add("ann", 3)).toEqual({ used: 3, resetMs: 60_000 });
  });

  const auth = {
    mode: "apiKey" as const,
    apiKeys: [keyNamed("ann", ["backups:read"]), keyNamed("bob", ["backups:read"])],
  };
  const stackOn = (cacheUrl: string | null): Promise<Stack> =>
    startStack({
      auth,
      limits: { requestsPerMinute: 6 },
      gateway: { cacheUrl, ...shared.server.clock() },
    });
  const statusOf = async ({ url }: Stack, key: string): Promise<number> =>
    (await ask(url, "{ providers { key } }", asCaller(key))).status;
  /** The statuses of requests to two replicas in turn. */
  async function statuses(stacks: readonly Stack[], key: string, count: number): Promise<number[]> {
    const all: number[] = [];
    for (let i = 0; i < count; i += 1)
      all.push(await statusOf(stacks[i % stacks.length] as Stack, key));
    return all;
  }
  const times = (count: number, status: number): number[] => Array<number>(count).fill(status);

  test("limit a caller over two gateways, and no other caller", async () => {
    const both = [await stackOn(shared.server.url), await stackOn(shared.server.url)];
    expect(await statuses(both, "ann", 8)).toEqual([...times(6, 200), 429, 429]);
    expect(await statuses(both, "bob", 6)).toEqual(times(6, 200));
    const apart = [await stackOn(null), await stackOn(null)];
    expect(await statuses(apart, "ann", 12)).toEqual(times(12, 200));
  });

  test("limit a caller at each gateway while the server is frozen", async () => {
    const both = [await stackOn(shared.server.url), await stackOn(shared.server.url)];
    expect(await statuses(both, "ann", 4)).toEqual(times(4, 200));
    shared.server.freeze();
    expect(await statuses(both, "ann", 10)).toEqual([...times(8, 200), 429, 429]);
    expect(await statuses(both, "bob", 2)).toEqual([200, 200]);
  });
});
