import fc from "fast-check";
import { expect, test } from "vitest";
import type { QuotaBucket } from "../../src/http/quota.js";
import { RedisQuota } from "../../src/shared/redisQuota.js";
import { runs } from "../runs.js";
import { garbage, write } from "./garbage.js";
import { SharedServer, type TestLink } from "./harness.js";
import { describeWithRedis } from "./redisServer.js";

const bucketOf = (rate: number, action = "List"): QuotaBucket => ({
  account: "ops",
  action,
  rate,
});

/** Takes tokens in turn until each quota refuses, and returns how many each gave. */
async function drain(quotas: readonly RedisQuota[], bucket: QuotaBucket): Promise<number[]> {
  const taken = quotas.map(() => 0);
  for (let refused = 0; refused < quotas.length;) {
    refused = 0;
    for (const [index, quota] of quotas.entries()) {
      if ((await quota.take(bucket)) > 0) refused += 1;
      else taken[index] = (taken[index] ?? 0) + 1;
    }
  }
  return taken;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describeWithRedis("a quota that replicas share", () => {
  const shared = new SharedServer();

  function replica(name: string): { quota: RedisQuota; link: TestLink } {
    const link = shared.link();
    const parts = { link: link.link, clock: link.clock, callerOf: (id: string) => `of-${id}` };
    return { quota: new RedisQuota({ ...parts, replica: name }), link };
  }

  /** The server's clock, in milliseconds. */
  async function serverTime(): Promise<number> {
    const [seconds, microseconds] = await shared.inspector.time();
    return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
  }

  /** What holds until the first token comes back: again if the server's clock says that it took longer. */
  const atOnce = (body: () => Promise<void>) => async (): Promise<void> => {
    for (;;) {
      const from = await serverTime();
      const error: unknown = await body().catch((thrown: unknown) => thrown);
      const tookMs = (await serverTime()) - from;
      if (tookMs < 1_000 && error !== undefined) throw error as Error;
      if (tookMs < 1_000) return;
      await shared.inspector.flushall();
    }
  };

  /** Expects the next token `ms` after `from`, a time of the server, however long this machine took since then. */
  async function expectWait(quota: RedisQuota, bucket: QuotaBucket, from: number, ms: number) {
    const wait = await quota.take(bucket);
    expect(wait).toBeLessThanOrEqual(ms);
    expect(wait + (await serverTime()) - from).toBeGreaterThanOrEqual(ms);
  }

  /** Waits until the server has run every command. */
  const settled = () =>
    Promise.all(shared.links.map(({ link }) => link.run((redis) => redis.ping())));

  const three = () => ["a", "b", "c"].map((name) => replica(name).quota);

  /** Lets time pass, for the server and for all replicas. */
  async function age(ms: number): Promise<void> {
    const { inspector } = shared;
    for (const { clock } of shared.links) clock.skip(ms);
    for (const key of await inspector.keys("*:starts")) {
      const starts = await inspector.lrange(key, 0, -1);
      for (const [at, start] of starts.entries()) await inspector.lset(key, at, Number(start) - ms);
    }
    for (const key of await inspector.keys("*:rate"))
      for (const field of ["ratedAt", "pausedUntil", "throttledAt"]) {
        const at = Number((await inspector.hget(key, field)) ?? Number.NaN);
        if (Number.isFinite(at)) await inspector.hset(key, field, at - ms);
      }
  }

  test(
    "gives its rate once to all replicas together",
    atOnce(async () => {
      const quotas = three();
      expect(await drain(quotas, bucketOf(8))).toEqual([3, 3, 2]);
      expect(await drain(quotas, bucketOf(8, "Other"))).toEqual([3, 3, 2]);
    }),
  );

  test(
    "gives as much again after a second and the time that calls need to reach the vendor",
    atOnce(async () => {
      const [first, second] = three() as [RedisQuota, RedisQuota];
      const from = await serverTime();
      await drain([first], bucketOf(5));
      await expectWait(second, bucketOf(5), from, 1_100);
      await age(1_100);
      expect(sum(await drain([second], bucketOf(5)))).toBe(5);
    }),
  );

  test("keeps a rate below one by waiting between calls", async () => {
    const [first, second] = three() as [RedisQuota, RedisQuota];
    const from = await serverTime();
    expect(await first.take(bucketOf(0.5))).toBe(0);
    await expectWait(second, bucketOf(0.5), from, 2_100);
  });

  test(
    "is halved for all replicas if the vendor throttles one, once a second",
    atOnce(async () => {
      const [first, second, third] = three() as [RedisQuota, RedisQuota, RedisQuota];
      await first.take(bucketOf(8));
      first.throttled(bucketOf(8), null);
      second.throttled(bucketOf(8), null);
      await settled();
      await third.take(bucketOf(8));
      await age(1_100);
      expect(sum(await drain([third], bucketOf(8)))).toBe(4);
      await age(20_000);
      expect(sum(await drain([third], bucketOf(8)))).toBe(8);
    }),
  );

  test("stops for all replicas for as long as the vendor demands", async () => {
    const [first, second] = three() as [RedisQuota, RedisQuota];
    const from = await serverTime();
    first.throttled(bucketOf(20), 5_000);
    await settled();
    await expectWait(first, bucketOf(20), from, 5_000);
    await expectWait(second, bucketOf(20), from, 5_000);
  });

  test(
    "knows the wait that the others cause, and the calls that they left",
    atOnce(async () => {
      const [first, second] = three() as [RedisQuota, RedisQuota];
      expect(second.callsLeft("ops")).toBeNull();
      expect(await second.take(bucketOf(4))).toBe(0);
      expect(second.callsLeft("ops")).toBe(3);
      await drain([first], bucketOf(4));
      expect(second.waitMs(bucketOf(4), 0)).toBe(0);
      const wait = await second.take(bucketOf(4));
      expect(second.callsLeft("ops")).toBe(0);
      expect(second.waitMs(bucketOf(4), 0)).toBe(wait);
      expect(second.waitMs(bucketOf(4), 8)).toBe(wait + 2_000);
    }),
  );

  test("is divided by the replicas of the last minute while the server is lost", async () => {
    const quotas = three();
    for (const quota of quotas) await quota.take(bucketOf(12));
    for (const quota of quotas) await quota.take(bucketOf(12));
    shared.server.freeze();
    await settled();
    for (const { clock } of shared.links) clock.skip(2_000);
    expect(await drain(quotas, bucketOf(12))).toEqual([4, 4, 4]);
  });

  test("never lets one replica make more calls than the whole rate, with and without the server", async () => {
    const { quota, link } = replica("a");
    expect(sum(await drain([quota], bucketOf(12)))).toBe(12);
    shared.server.freeze();
    await link.link.run((redis) => redis.ping());
    expect(link.states).toEqual(["up", "lost"]);
    expect(sum(await drain([quota], bucketOf(12)))).toBe(0);
    link.clock.skip(1_000);
    expect(sum(await drain([quota], bucketOf(12)))).toBe(12);
  });

  test("is shared again when the server is back, even if nothing else uses the server", async () => {
    const { quota, link } = replica("a");
    await quota.take(bucketOf(12));
    shared.server.freeze();
    await quota.take(bucketOf(12));
    expect(link.states).toEqual(["up", "lost"]);
    shared.server.thaw();
    const up = link.next("up");
    link.clock.skip(1_000);
    expect(await quota.take(bucketOf(12))).toBe(0);
    await up;
    await quota.take(bucketOf(12));
    const [starts] = await shared.inspector.keys("*:starts");
    expect(await shared.inspector.llen(starts as string)).toBeGreaterThan(1);
  });

  const KEYS = {
    rate: "backups:quota:of-ops:List:rate",
    starts: "backups:quota:of-ops:List:starts",
    replicas: "backups:replicas:of-ops",
  };

  test("takes a token although others wrote values of other types to its keys", async () => {
    const [quota] = three() as [RedisQuota];
    for (const key of Object.values(KEYS)) await shared.inspector.set(key, "garbage");
    expect(await quota.take(bucketOf(3))).toBe(0);
    quota.throttled(bucketOf(3), null);
    await settled();
    const types = Object.values(KEYS).map((key) => shared.inspector.type(key));
    expect(await Promise.all(types)).toEqual(["hash", "list", "zset"]);
  });

  const FUTURE = "99999999999999";

  test.each([
    { what: "calls of the future", key: KEYS.starts, list: Array<string>(9).fill(FUTURE) },
    { what: "calls at no time", key: KEYS.starts, list: Array<string>(9).fill("nan") },
    { what: "a pause without end", key: KEYS.rate, hash: { pausedUntil: FUTURE } },
    { what: "a rate of the future", key: KEYS.rate, hash: { rate: "1", ratedAt: FUTURE } },
    { what: "a rate of nothing", key: KEYS.rate, hash: { rate: "0", ratedAt: "1" } },
    { what: "a rate that is none", key: KEYS.rate, hash: { rate: "nan", ratedAt: "1" } },
    { what: "an endless rate", key: KEYS.rate, hash: { rate: "inf", ratedAt: "1" } },
  ])("ignores $what", async ({ key, list, hash }) => {
    await atOnce(async () => {
      if (list !== undefined) await shared.inspector.rpush(key, ...list);
      if (hash !== undefined) await shared.inspector.hset(key, hash);
      expect(sum(await drain(three(), bucketOf(5)))).toBe(5);
    })();
  });

  test("gives tokens within a minute, whatever others wrote to its keys", async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(garbage, garbage, garbage, fc.boolean(), async (a, b, c, throttles) => {
        await shared.inspector.flushall();
        const { quota } = replica(`r${(made += 1)}`);
        for (const [key, each] of [
          [KEYS.rate, a],
          [KEYS.starts, b],
          [KEYS.replicas, c],
        ] as const)
          await write(shared.inspector, key, each);
        if (throttles) quota.throttled(bucketOf(5), 0);
        await settled();
        let waited = 0;
        for (let wait = await quota.take(bucketOf(5)); wait > 0;) {
          waited += wait;
          expect(waited).toBeLessThanOrEqual(64_000);
          await age(wait);
          wait = await quota.take(bucketOf(5));
        }
        for (const key of await shared.inspector.keys("*"))
          expect(await shared.inspector.pttl(key)).toBeGreaterThan(0);
      }),
      runs(50),
    );
  });

  test("counts at most 32 replicas, and none that called in the future", async () => {
    const { quota } = replica("a");
    const members = Array.from({ length: 100 }, (_, at) => [Date.now(), `r${at}`]).flat();
    await shared.inspector.zadd(KEYS.replicas, ...members.map(String), "+inf", "x", 9e15, "y");
    await quota.take(bucketOf(64));
    expect(await shared.inspector.zscore(KEYS.replicas, "x")).toBeNull();
    expect(await shared.inspector.zscore(KEYS.replicas, "y")).toBeNull();
    shared.server.freeze();
    await settled();
    for (const { clock } of shared.links) clock.skip(2_000);
    expect(await drain([quota], bucketOf(64))).toEqual([2]);
  });

  test(
    "leaves no key on the server when calls end",
    atOnce(async () => {
      const [quota] = three() as [RedisQuota];
      await quota.take(bucketOf(3));
      quota.throttled(bucketOf(3), null);
      await settled();
      await quota.take(bucketOf(3));
      const keys = await shared.inspector.keys("*");
      expect(keys).toHaveLength(3);
      const expiries = await Promise.all(keys.map((key) => shared.inspector.pttl(key)));
      expect(Math.min(...expiries)).toBeGreaterThan(0);
      expect(Math.max(...expiries)).toBeLessThanOrEqual(120_000);
    }),
  );
});
