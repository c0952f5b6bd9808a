import type { Throttle } from "./values.js";

/** Counts the calls of one vendor for its throttle. */
export interface ThrottleGate {
  /** Counts a call. Returns true if the vendor would refuse it. */
  refuses(throttle: Throttle | null, now: number): boolean;
}

/** Makes a throttle without any calls. */
export function makeThrottleGate(): ThrottleGate {
  let calls = 0;
  let second = { startedAt: -Infinity, calls: 0 };
  return {
    refuses(throttle, now) {
      if (throttle === null) return false;
      calls += 1;
      if ("everyNth" in throttle) return calls % throttle.everyNth === 0;
      if (now - second.startedAt >= 1000 || now < second.startedAt)
        second = { startedAt: now, calls: 0 };
      second.calls += 1;
      return second.calls > throttle.perSecond;
    },
  };
}
