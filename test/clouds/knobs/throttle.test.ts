import { expect, test } from "vitest";
import { makeThrottleGate } from "../../../src/clouds/knobs/throttle.js";

test("without a throttle nothing is refused", () => {
  const gate = makeThrottleGate();
  expect([1, 2, 3].some((at) => gate.refuses(null, at))).toBe(false);
});

test("every nth call is refused, whatever the time", () => {
  const gate = makeThrottleGate();
  const refused = [1, 2, 3, 4, 5, 6].map(() => gate.refuses({ everyNth: 3 }, 0));
  expect(refused).toEqual([false, false, true, false, false, true]);
});

test("calls over the limit of a second are refused until the next second", () => {
  const gate = makeThrottleGate();
  const at = [0, 10, 999, 1000, 1001, 1002];
  expect(at.map((now) => gate.refuses({ perSecond: 2 }, now))).toEqual([
    false,
    false,
    true,
    false,
    false,
    true,
  ]);
});

test("a clock that goes back begins the second again", () => {
  const gate = makeThrottleGate();
  expect([5000, 4000, 4001].map((now) => gate.refuses({ perSecond: 1 }, now))).toEqual([
    false,
    false,
    true,
  ]);
});
