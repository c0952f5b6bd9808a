import type { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { RedisCache } from "../../src/shared/redisCache.js";
import { Seal } from "../../src/shared/seal.js";
import type { SharedCache } from "../../src/index/replicas.js";
import { settle } from "../http/fakeClock.js";
import { SharedServer } from "./harness.js";
import { describeWithRedis } from "./redisServer.js";

const KEY = Buffer.alloc(32, 7);
/** Longer than any test. */
const TTL_MS = 240_000;

describeWithRedis("a cache that replicas share", () => {
  const shared = new SharedServer();

  function replica(name: string, options: { key?: Buffer; identity?: string } = {}) {
    const { key = KEY, identity = "account" } = options;
    const link = shared.link();
    const seal = new Seal([key], "1.0.0");
    const cache = new RedisCache({ link: link.link, seal, clock: link.clock, replica: name });
    onTestFinished(() => cache.close());
    return { link, cache: cache.of(async () => identity), whole: cache };
  }

  const expiryOf = async (): Promise<number[]> =>
    Promise.all((await shared.inspector.keys("*")).map((key) => shared.inspector.pttl(key)));

  test("returns to every replica what one wrote, until it expires", async () => {
    const [a, b] = [replica("a").cache, replica("b").cache];
    expect(await a.get("x")).toBeNull();
    await a.set("x", "text", TTL_MS);
    expect(await b.get("x")).toBe("text");
    const [left] = await expiryOf();
    expect(left).toBeGreaterThan(TTL_MS / 2);
    expect(left).toBeLessThanOrEqual(TTL_MS);
  });

  test("returns long texts unchanged", async () => {
    const text = JSON.stringify(Array.from({ length: 20_000 }, (_, n) => ({ id: `b-${n}` })));
    await replica("a").cache.set("x", text, TTL_MS);
    expect(await replica("b").cache.get("x")).toBe(text);
  });

  test("keeps nothing that is too large even if packed, and nothing for 0 ms", async () => {
    const { cache } = replica("a");
    const noise = Array.from({ length: 150_000 }, () => Math.random()).join();
    await cache.set("x", noise, TTL_MS);
    await cache.set("y", "text", 0);
    expect(await shared.inspector.dbsize()).toBe(0);
  });

  test.each([
    { what: "of another account", options: { identity: "other" } },
    { what: "with another key", options: { key: Buffer.alloc(32, 8) } },
  ])("a replica $what does not find it", async ({ options }) => {
    await replica("a").cache.set("x", "text", TTL_MS);
    expect(await replica("b", options).cache.get("x")).toBeNull();
  });

  test.each([
    ["garbage", (client: Redis, key: string) => client.set(key, "\0garbage{")],
    [
      "a value of an older version",
      async (client: Redis, key: string) => {
        const value = (await client.getBuffer(key)) as Buffer;
        value[0] = 1;
        return client.set(key, value);
      },
    ],
    [
      "a value of another name",
      async (client: Redis, key: string) => {
        const [other] = (await client.keys("*")).filter((each) => each !== key);
        await client.copy(other as string, key, "REPLACE");
      },
    ],
    [
      "another kind of value",
      async (client: Redis, key: string) => {
        await client.del(key);
        await client.lpush(key, "x");
      },
    ],
  ])("%s is a miss", async (_, spoil) => {
    const { cache } = replica("a");
    await cache.set("x", "text", TTL_MS);
    const [key] = await shared.inspector.keys("*");
    await cache.set("y", "other text", TTL_MS);
    await spoil(shared.inspector, key as string);
    expect(await cache.get("x")).toBeNull();
    expect(await cache.get("y")).toBe("other text");
  });

  test("grants a claim to one replica until it is released", async () => {
    const [a, b] = [replica("a").cache, replica("b").cache];
    const granted = await Promise.all([a.claim("x"), b.claim("x"), b.claim("y")]);
    expect(granted.filter(Boolean)).toHaveLength(2);
    const [holder, other] = granted[0] ? [a, b] : [b, a];
    expect(await other.claim("x")).toBe(false);
    await other.release("x");
    expect(await other.claim("x")).toBe(false);
    await holder.release("x");
    expect(await other.claim("x")).toBe(true);
  });

  test("shortens a claim of any type that others wrote without an expiry", async () => {
    const { cache } = replica("a");
    const { inspector } = shared;
    await cache.claim("x");
    const [key] = (await inspector.keys("*")) as [string];
    await cache.release("x");
    for (const spoil of [
      () => inspector.set(key, "a"),
      () => inspector.set(key, "somebody", "PX", 1e9),
      () => inspector.lpush(key, "a"),
    ]) {
      await inspector.del(key);
      await spoil();
      expect(await cache.claim("x")).toBe(false);
      const left = await inspector.pttl(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(3_000);
    }
  });

  test("does not load values that are too large", async () => {
    const { cache } = replica("a");
    await cache.set("x", "text", TTL_MS);
    const [key] = (await shared.inspector.keys("*")) as [string];
    await shared.inspector.setrange(key, 50_000_000, "x");
    expect(await cache.get("x")).toBeNull();
  });

  test("lets a claim expire when its holder is gone", async () => {
    const gone = replica("gone");
    await gone.cache.claim("x");
    gone.whole.close();
    const [left] = await expiryOf();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(3_000);
  });

  test("grants every claim while the server is down, and finds nothing", async () => {
    const { cache, link } = replica("a");
    await cache.set("x", "text", TTL_MS);
    shared.server.freeze();
    expect(await cache.get("x")).toBeNull();
    expect(link.states).toEqual(["up", "lost"]);
    const claims = await Promise.all([cache.claim("x"), cache.claim("x"), cache.claim("y")]);
    expect(claims).toEqual([true, true, true]);
    await cache.set("x", "newer", TTL_MS);
    await cache.release("x");
  });
});

describeWithRedis("a claim that is held for long", () => {
  const shared = new SharedServer();

  /** A cache whose sleeps end when the test wants. */
  function sleepy(name: string): { cache: SharedCache; wake: () => void } {
    const { link, clock } = shared.link();
    let wake = (): void => undefined;
    const sleep = (): Promise<void> => new Promise((resolve) => (wake = resolve));
    const parts = { link, seal: new Seal([KEY], "1.0.0"), clock: { ...clock, sleep } };
    const cache = new RedisCache({ ...parts, replica: name });
    return { cache: cache.of(async () => "account"), wake: () => wake() };
  }

  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await settle();
  };

  test("is prolonged, claimed again if the server lost it, and given up if another replica has it", async () => {
    const { inspector } = shared;
    const { cache, wake } = sleepy("a");
    expect(await cache.claim("x")).toBe(true);
    const [key] = (await inspector.keys("*")) as [string];
    await inspector.pexpire(key, 500);
    wake();
    await until(async () => (await inspector.pttl(key)) > 2_000);
    await inspector.del(key);
    wake();
    await until(async () => (await inspector.get(key)) === "a");
    await inspector.set(key, "b");
    wake();
    await until(async () => !(await cache.claim("x")));
    expect(await inspector.get(key)).toBe("b");
  });
});
