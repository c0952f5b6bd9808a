import { startClouds, type Clouds, type CloudsOptions } from "../src/clouds/clouds.js";

/** When tests of lists, coverage and statistics take place, in epoch milliseconds. */
export const MOMENT = Date.parse("2026-06-15T10:00:00Z");

/**
 * Starts embedded clouds whose clock stands still, unless `now` is given. Backups come and go and
 * objectives end with the time of day, also between two answers that a test compares.
 */
export const startStillClouds = (options: CloudsOptions = {}): Promise<Clouds> =>
  startClouds({ now: () => MOMENT, ...options });

/**
 * Starts a clock that goes on from that moment. Gateways that keep nothing need one, because what was read
 * in the same millisecond is new to them.
 */
export function startClock(): () => number {
  const startedAt = performance.now();
  return () => MOMENT + Math.floor(performance.now() - startedAt);
}
