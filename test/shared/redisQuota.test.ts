import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { QuotaBucket } from "../../src/http/quota.js";
import { RedisQuota } from "../../src/shared/redisQuota.js";
import { clientOf, linkTo, type TestLink } from "./harness.js";
import { describeWithRedis, RedisServer } from "./redisServer.js";

const bucketOf = (rate: number, action = "List"): QuotaBucket => ({
  account: "ops",
  action,
  rate,
});

/** Takes in turn until each is refused, and tells how many each was given. */
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
  let server: RedisServer;
  const open: TestLink[] = [];
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  beforeEach(() => server.inspector.flushall());
  afterEach(() => {
    server.thaw();
    for (const { link } of open.splice(0)) link.close();
  });
  afterAll(() => server.close());

  function replica(name: string): { quota: RedisQuota; link: TestLink } {
    const link = linkTo(clientOf(server));
    open.push(link);
    const parts = { link: link.link, clock: link.clock, callerOf: (id: string) => `of-${id}` };
    return { quota: new RedisQuota({ ...parts, replica: name }), link };
  }

  /** Waits until the server has done all that it was told. */
  const told = () => Promise.all(open.map(({ link }) => link.run((redis) => redis.ping())));

  const three = () => ["a", "b", "c"].map((name) => replica(name).quota);

  /** As if so much time had passed, for the server and for all replicas. */
  async function age(ms: number): Promise<void> {
    const { inspector } = server;
    for (const { clock } of open) clock.skip(ms);
    for (const key of await inspector.keys("*:starts")) {
      const starts = await inspector.lrange(key, 0, -1);
      for (const [at, start] of starts.entries()) await inspector.lset(key, at, Number(start) - ms);
    }
    for (const key of await inspector.keys("*:rate"))
      for (const field of ["ratedAt", "pausedUntil", "throttledAt"])
        await inspector.hincrbyfloat(key, field, -ms);
  }

  test("gives its rate once to all of them together", async () => {
    const quotas = three();
    const taken = await drain(quotas, bucketOf(20));
    expect(sum(taken)).toBe(20);
    expect(Math.min(...taken)).toBeGreaterThanOrEqual(6);
    expect(sum(await drain(quotas, bucketOf(20, "Other")))).toBe(20);
  });

  test("gives as much again once the second, and the calls' way to the vendor, are over", async () => {
    const [first, second] = three() as [RedisQuota, RedisQuota];
    await drain([first], bucketOf(5));
    const wait = await second.take(bucketOf(5));
    expect(wait).toBeGreaterThan(900);
    expect(wait).toBeLessThanOrEqual(1_100);
    await age(1_100);
    expect(sum(await drain([second], bucketOf(5)))).toBe(5);
  });

  test("keeps a rate below one by the time between calls", async () => {
    const [first, second] = three() as [RedisQuota, RedisQuota];
    expect(await first.take(bucketOf(0.5))).toBe(0);
    const wait = await second.take(bucketOf(0.5));
    expect(wait).toBeGreaterThan(1_900);
    expect(wait).toBeLessThanOrEqual(2_100);
  });

  test("is halved for all where the vendor throttles one, once for complaints of one second", async () => {
    const [first, second, third] = three() as [RedisQuota, RedisQuota, RedisQuota];
    await first.take(bucketOf(20));
    first.throttled(bucketOf(20), null);
    second.throttled(bucketOf(20), null);
    await told();
    await third.take(bucketOf(20));
    await age(1_100);
    expect(sum(await drain([third], bucketOf(20)))).toBe(10);
    await age(20_000);
    expect(sum(await drain([third], bucketOf(20)))).toBe(20);
  });

  test("stops for all as long as the vendor wants", async () => {
    const [first, second] = three() as [RedisQuota, RedisQuota];
    first.throttled(bucketOf(20), 5_000);
    await told();
    expect(await first.take(bucketOf(20))).toBeGreaterThan(4_000);
    const wait = await second.take(bucketOf(20));
    expect(wait).toBeGreaterThan(4_000);
    expect(wait).toBeLessThanOrEqual(5_000);
  });

  test("tells the wait that the others cause, and the calls that they left", async () => {
    const [first, second] = three() as [RedisQuota, RedisQuota];
    expect(second.callsLeft("ops")).toBeNull();
    expect(await second.take(bucketOf(4))).toBe(0);
    expect(second.callsLeft("ops")).toBe(3);
    await drain([first], bucketOf(4));
    expect(second.waitMs(bucketOf(4), 0)).toBe(0);
    const wait = await second.take(bucketOf(4));
    expect(second.callsLeft("ops")).toBe(0);
    expect(second.waitMs(bucketOf(4), 0)).toBeGreaterThan(wait - 100);
    expect(second.waitMs(bucketOf(4), 8)).toBeGreaterThan(wait + 1_900);
  });

  test("is counted in parts where the server is lost, a part for each replica of the last minute", async () => {
    const quotas = three();
    for (const quota of quotas) await quota.take(bucketOf(12));
    for (const quota of quotas) await quota.take(bucketOf(12));
    server.freeze();
    await told();
    for (const { clock } of open) clock.skip(2_000);
    expect(await drain(quotas, bucketOf(12))).toEqual([4, 4, 4]);
  });

  test("never lets one replica make more calls than the whole rate, whether the server is there or not", async () => {
    const { quota, link } = replica("a");
    expect(sum(await drain([quota], bucketOf(12)))).toBe(12);
    server.freeze();
    await link.link.run((redis) => redis.ping());
    expect(link.states).toEqual(["up", "lost"]);
    expect(sum(await drain([quota], bucketOf(12)))).toBe(0);
    link.clock.skip(1_000);
    expect(sum(await drain([quota], bucketOf(12)))).toBe(12);
  });

  test("counts for all again when the server is back, though nobody else asks it anything", async () => {
    const { quota, link } = replica("a");
    await quota.take(bucketOf(12));
    server.freeze();
    await quota.take(bucketOf(12));
    expect(link.states).toEqual(["up", "lost"]);
    server.thaw();
    const up = link.next("up");
    link.clock.skip(1_000);
    expect(await quota.take(bucketOf(12))).toBe(0);
    await up;
    await quota.take(bucketOf(12));
    const [starts] = await server.inspector.keys("*:starts");
    expect(await server.inspector.llen(starts as string)).toBeGreaterThan(1);
  });

  test("makes a new bucket where something else stands in its place", async () => {
    const [quota] = three() as [RedisQuota];
    await quota.take(bucketOf(3));
    for (const key of await server.inspector.keys("*")) await server.inspector.set(key, "garbage");
    expect(await quota.take(bucketOf(3))).toBe(0);
    await server.inspector.ping();
    expect(await quota.take(bucketOf(3))).toBe(0);
    expect(await server.inspector.type("backups:quota:of-ops:List:starts")).toBe("list");
  });

  test("leaves nothing on the server when nobody calls any more", async () => {
    const [quota] = three() as [RedisQuota];
    await quota.take(bucketOf(3));
    quota.throttled(bucketOf(3), null);
    await told();
    await quota.take(bucketOf(3));
    const keys = await server.inspector.keys("*");
    expect(keys).toHaveLength(3);
    const expiries = await Promise.all(keys.map((key) => server.inspector.pttl(key)));
    expect(Math.min(...expiries)).toBeGreaterThan(0);
    expect(Math.max(...expiries)).toBeLessThanOrEqual(120_000);
  });
});
