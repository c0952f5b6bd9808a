import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryQuota, type QuotaBucket } from "../../src/http/quota.js";
import { FakeClock } from "./fakeClock.js";
import { runs } from "../runs.js";

const bucketOf = (rate: number, action = "List", account = "ops"): QuotaBucket => ({
  account,
  action,
  rate,
});

/** Takes tokens until one is refused, and returns how many were given. */
async function drain(quota: MemoryQuota, bucket: QuotaBucket): Promise<number> {
  let taken = 0;
  while ((await quota.take(bucket)) === 0) taken += 1;
  return taken;
}

describe("a bucket", () => {
  test("gives its rate at once, and then says when the next token is there", async () => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    expect(await drain(quota, bucketOf(20))).toBe(20);
    expect(await quota.take(bucketOf(20))).toBe(1_000);
    await clock.advance(999);
    expect(await quota.take(bucketOf(20))).toBe(1);
    await clock.advance(1);
    expect(await drain(quota, bucketOf(20))).toBe(20);
  });

  test("gives back each token a second after it was spent", async () => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    await quota.take(bucketOf(2));
    await clock.advance(600);
    await quota.take(bucketOf(2));
    expect(await quota.take(bucketOf(2))).toBe(400);
    await clock.advance(400);
    expect(await quota.take(bucketOf(2))).toBe(0);
    expect(await quota.take(bucketOf(2))).toBe(600);
  });

  test.each([
    { rate: 0.5, burst: 1, everyMs: 2_000 },
    { rate: 1, burst: 1, everyMs: 1_000 },
    { rate: 10 / 3, burst: 3, everyMs: 900 },
  ])("keeps a rate of $rate by the time between calls", async ({ rate, burst, everyMs }) => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    expect(await drain(quota, bucketOf(rate))).toBe(burst);
    expect(await quota.take(bucketOf(rate))).toBe(everyMs);
  });

  test("knows the wait of the calls behind", async () => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    const bucket = bucketOf(2);
    expect([0, 1, 2, 3, 4].map((ahead) => quota.waitMs(bucket, ahead))).toEqual([
      0, 0, 1_000, 1_000, 2_000,
    ]);
    await quota.take(bucket);
    await clock.advance(300);
    expect([0, 1, 2, 3].map((ahead) => quota.waitMs(bucket, ahead))).toEqual([
      0, 700, 1_000, 1_700,
    ]);
  });

  test("is one action's and one account's own", async () => {
    const quota = new MemoryQuota(new FakeClock());
    await drain(quota, bucketOf(1));
    expect(await quota.take(bucketOf(1, "Get"))).toBe(0);
    expect(await quota.take(bucketOf(1, "List", "other"))).toBe(0);
  });

  test("makes no call wait longer because the clock was set back", async () => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    await drain(quota, bucketOf(5));
    clock.setBack(3_600_000);
    expect(await quota.take(bucketOf(5))).toBe(1_000);
    quota.throttled(bucketOf(5), 30_000);
    clock.setBack(3_600_000);
    expect(await quota.take(bucketOf(5))).toBe(60_000);
    // A later call does not start the longest wait again.
    await clock.advance(60_000);
    expect(await drain(quota, bucketOf(5))).toBe(5);
  });

  test("never allows more calls in a second than its rate, and serves every call that waits as long as it says", async () => {
    const step = fc.record({ waitMs: fc.nat(400), calls: fc.nat(12) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10 }), fc.array(step), async (rate, steps) => {
        const clock = new FakeClock();
        const quota = new MemoryQuota(clock);
        const starts: number[] = [];
        for (const { waitMs, calls } of steps) {
          await clock.advance(waitMs);
          for (let call = 0; call < calls; call += 1) {
            const wait = await quota.take(bucketOf(rate));
            if (wait === 0) starts.push(clock.now());
            else if (call === calls - 1) {
              await clock.advance(wait);
              expect(await quota.take(bucketOf(rate))).toBe(0);
              starts.push(clock.now());
            }
          }
        }
        for (const [n, start] of starts.entries())
          expect((starts[n + rate] ?? Infinity) - start).toBeGreaterThanOrEqual(1_000);
      }),
      runs(50),
    );
  });
});

describe("throttling", () => {
  test("halves the rate, once for all calls that ran at the same time", async () => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    const bucket = bucketOf(20);
    await drain(quota, bucket);
    for (let answers = 0; answers < 16; answers += 1) quota.throttled(bucket, null);
    await clock.advance(1_000);
    // Half, and what a second has raised.
    expect(await drain(quota, bucket)).toBe(10);
  });

  test("halves again when it goes on, but never below a call a second", async () => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    const bucket = bucketOf(20);
    for (let second = 0; second < 20; second += 1) {
      quota.throttled(bucket, null);
      await clock.advance(1_000);
    }
    expect(await drain(quota, bucket)).toBe(1);
  });

  test("never raises a rate that is lower than that", async () => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    quota.throttled(bucketOf(0.5), null);
    await quota.take(bucketOf(0.5));
    expect(await quota.take(bucketOf(0.5))).toBe(2_000);
  });

  test("is forgotten slowly, and the rate never passes what was declared", async () => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    const bucket = bucketOf(20);
    quota.throttled(bucket, null);
    await clock.advance(4_000);
    expect(await drain(quota, bucket)).toBe(12);
    await clock.advance(16_000);
    expect(await drain(quota, bucket)).toBe(20);
    await clock.advance(3_600_000);
    expect(await drain(quota, bucket)).toBe(20);
  });

  test("stops all calls for as long as the vendor demands, up to a minute", async () => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    quota.throttled(bucketOf(20), 5_000);
    expect(await quota.take(bucketOf(20))).toBe(5_000);
    expect(await quota.take(bucketOf(20, "Get"))).toBe(0);
    quota.throttled(bucketOf(20), 3_600_000);
    expect(await quota.take(bucketOf(20))).toBe(60_000);
    await clock.advance(60_000);
    expect(await quota.take(bucketOf(20))).toBe(0);
  });
});

describe("what is left", () => {
  test("is unknown before the first call, then that of the fullest-used action", async () => {
    const clock = new FakeClock();
    const quota = new MemoryQuota(clock);
    expect(quota.callsLeft("ops")).toBeNull();
    await quota.take(bucketOf(20));
    await quota.take(bucketOf(5, "Get"));
    expect(quota.callsLeft("ops")).toBe(4);
    await drain(quota, bucketOf(20));
    expect(quota.callsLeft("ops")).toBe(0);
    await clock.advance(1_000);
    expect(quota.callsLeft("ops")).toBe(5);
    expect(quota.callsLeft("other")).toBeNull();
  });

  test("is 0 while the vendor demands to wait", () => {
    const quota = new MemoryQuota(new FakeClock());
    quota.throttled(bucketOf(20), 5_000);
    expect(quota.callsLeft("ops")).toBe(0);
  });
});
