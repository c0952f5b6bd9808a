import { describe, expect, test } from "vitest";
import {
  makeLoopDelay,
  makeOverloadCheck,
  type DelayHistogram,
} from "../../../src/server/limits/overload.js";

/** A measurement that the test makes. */
function measuring() {
  const clock = { now: 0 };
  const measured = { count: 0, mean: Number.NaN, resets: 0, enabled: false };
  const histogram: DelayHistogram = {
    get count() {
      return measured.count;
    },
    get mean() {
      return measured.mean;
    },
    reset: () => {
      measured.resets += 1;
      measured.count = 0;
      measured.mean = Number.NaN;
    },
    enable: () => (measured.enabled = true),
    disable: () => (measured.enabled = false),
  };
  const delay = makeLoopDelay(() => clock.now, histogram);
  /** A window in which the loop was this late, in milliseconds. */
  const pass = (ms: number): number => {
    measured.count = 5;
    measured.mean = (ms + 10) * 1e6;
    clock.now += 500;
    return delay();
  };
  return { clock, measured, delay, pass };
}

describe("the event loop's delay", () => {
  test("is that of the last whole window", () => {
    const { clock, delay, pass } = measuring();
    expect(delay()).toBe(0);
    expect(pass(120)).toBeCloseTo(120);
    clock.now += 499;
    expect(delay()).toBeCloseTo(120);
    expect(pass(3)).toBeCloseTo(3);
  });

  test("is none where nothing was measured, and never less than none", () => {
    const { clock, delay, pass } = measuring();
    clock.now += 500;
    expect(delay()).toBe(0);
    expect(pass(-10)).toBe(0);
  });

  test("is measured anew in each window, until it is stopped", () => {
    const { measured, delay, pass } = measuring();
    expect(measured.enabled).toBe(true);
    pass(1);
    pass(1);
    expect(measured.resets).toBe(2);
    delay.stop();
    expect(measured.enabled).toBe(false);
  });

  test("is seen by Node's own measurement too", async () => {
    const clock = { now: 0 };
    const delay = makeLoopDelay(() => clock.now);
    // The measurement begins with the first turn of the loop.
    await new Promise((resolve) => setTimeout(resolve, 30));
    const until = performance.now() + 200;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 30));
    clock.now += 500;
    expect(delay()).toBeGreaterThan(5);
    delay.stop();
  });
});

describe("load", () => {
  test.each([
    { delay: 0, refused: false },
    { delay: 1_000, refused: false },
    { delay: 1_000.1, refused: true },
  ])("at a delay of $delay ms is shed: $refused", ({ delay, refused }) => {
    const check = makeOverloadCheck(1_000, () => delay);
    if (!refused) return expect(check()).toBeUndefined();
    expect(check).toThrow(
      expect.objectContaining({ code: "OVERLOADED", extensions: { retryAfterMs: 1_000 } }),
    );
  });
});
