import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Principal } from "../../../src/domain/principal.js";
import { makeRateLimit, rateLimited } from "../../../src/server/limits/rateLimit.js";

const SECOND = 1_000;

/** A limit at a clock that the test moves, and whether a request passes. */
function limiting(perMinute: number) {
  const clock = { now: 0 };
  const limit = makeRateLimit(perMinute, () => clock.now);
  const wait = (caller = "a"): number => {
    try {
      limit(caller);
      return 0;
    } catch (error) {
      const { code, extensions } = error as { code: string; extensions: { retryAfterMs: number } };
      expect(code).toBe("RATE_LIMITED");
      return extensions.retryAfterMs;
    }
  };
  return { clock, wait };
}

describe("requests a minute", () => {
  test("are let through all at once, and then as evenly as they come back", () => {
    const { clock, wait } = limiting(60);
    for (let i = 0; i < 60; i += 1) expect(wait()).toBe(0);
    expect(wait()).toBe(SECOND);
    clock.now += 999;
    expect(wait()).toBe(1);
    clock.now += 1;
    expect([wait(), wait()]).toEqual([0, SECOND]);
  });

  test("that were not used are kept for a minute and no longer", () => {
    const { clock, wait } = limiting(2);
    clock.now += 3_600 * SECOND;
    expect([wait(), wait(), wait()]).toEqual([0, 0, 30 * SECOND]);
  });

  test("of one caller are not those of another", () => {
    const { wait } = limiting(1);
    expect([wait("a"), wait("b")]).toEqual([0, 0]);
    expect([wait("a") > 0, wait("b") > 0]).toEqual([true, true]);
  });

  test("that were refused cost nothing", () => {
    const { clock, wait } = limiting(60);
    for (let i = 0; i < 200; i += 1) wait();
    clock.now += SECOND;
    expect(wait()).toBe(0);
  });

  test("are without limit at 0", () => {
    const { wait } = limiting(0);
    for (let i = 0; i < 1_000; i += 1) expect(wait()).toBe(0);
  });

  test("never come to more than the limit and what flows back, whatever the clock does", () => {
    const steps = fc.array(fc.integer({ min: -5 * SECOND, max: 20 * SECOND }), { maxLength: 300 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), steps, (perMinute, moves) => {
        const { clock, wait } = limiting(perMinute);
        let passed = 0;
        let forward = 0;
        for (const move of moves) {
          clock.now += move;
          forward += Math.max(0, move);
          if (wait() === 0) passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(perMinute + (forward * perMinute) / 60_000 + 1e-6);
      }),
    );
  });
});

describe("a caller", () => {
  const principal: Principal = { name: "dash", scopes: new Set(), accounts: null };

  test("is counted by name once it is known who asks", async () => {
    const counted: string[] = [];
    const authenticate = rateLimited(
      async () => principal,
      (caller) => counted.push(caller),
    );
    expect(await authenticate({})).toBe(principal);
    expect(counted).toEqual(["dash"]);
  });

  test("who is nobody is not counted", async () => {
    const counted: string[] = [];
    const refused = async (): Promise<Principal> => Promise.reject(new Error("no"));
    const authenticate = rateLimited(refused, (caller) => counted.push(caller));
    await expect(authenticate({})).rejects.toThrow("no");
    expect(counted).toEqual([]);
  });
});
