import { hashOf, makeRandom } from "../random.js";
import type { Random } from "../random.js";
import { rowOf, wholeSecond } from "../rows.js";
import type { RowFacts } from "../rows.js";
import type { Planned } from "../store.js";
import type { EstateInstance } from "../types.js";

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The basis of every part of the data. */
export interface Plan {
  readonly seed: number;
  /** The time that the data is placed around, in epoch milliseconds on a whole second. */
  readonly now: number;
}

/** A separate random source for each part, so that the size of one does not change the others. */
export const chanceOf = ({ seed }: Plan, name: string): Random =>
  makeRandom(hashOf(`${seed} ${name}`));

/** An instance and the values of its rows, which are made on first use. */
export const withRows = (
  plan: Plan,
  instance: EstateInstance,
  factsOf: (random: Random) => readonly RowFacts[],
): Planned => ({
  instance,
  rows: () => {
    const random = chanceOf(plan, `${instance.nativeId} rows`);
    return factsOf(random).map((facts) => rowOf(instance, facts, random));
  },
});

/** The second of the UTC day of a time in Beijing. */
export const nightSecond = (hour: number, minute: number): number =>
  ((hour + 16) * 3600 + minute * 60) % 86_400;

/** 03:00:00 in Beijing. Many schedules use it, so many starts are equal, even across vendors. */
export const SHARED_SECOND = nightSecond(3, 0);

/** Some second of the night between two and five. */
export const someSecond = (random: Random): number =>
  nightSecond(2, 0) + random.whole(0, 3 * 3600 - 1);

/**
 * Starts of a daily schedule, newest first: the last ones at that second of the day, at least half an
 * hour ago, so that all have ended.
 */
export function dailyStarts({ now }: Plan, second: number, days: number): readonly number[] {
  const latest = now - 30 * MINUTE;
  const today = Math.floor(latest / DAY) * DAY + second * SECOND;
  const newest = today <= latest ? today : today - DAY;
  return Array.from({ length: days }, (_, back) => newest - back * DAY);
}

/** Starts at regular intervals, newest first. */
export const steadyStarts = (newest: number, everyMs: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, back) => wholeSecond(newest - back * everyMs));

const PURPOSES = [
  "checkout",
  "sessions",
  "cart",
  "search",
  "pricing",
  "inventory",
  "feed",
  "ranking",
  "rate-limit",
  "tokens",
  "profiles",
  "orders",
  "shipping",
  "reviews",
  "coupons",
  "metrics",
  "queue",
  "geo",
  "flags",
  "mail",
] as const;

/** The purpose of an instance, in its name. */
export const purposeOf = (index: number): string =>
  PURPOSES[index % PURPOSES.length] ?? PURPOSES[0];

/** Random values of the fields that all instances have. */
export function commonFacts(plan: Plan, random: Random) {
  return {
    engineVersion: random.pick(["4.0", "5.0", "6.0", "6.2", "7.0"]),
    memoryMb: random.pick([1024, 2048, 4096, 8192, 16_384]),
    createdAt: wholeSecond(plan.now - random.whole(200, 700) * DAY - random.whole(0, DAY)),
    deletedAt: null,
    shardCount: 1,
  };
}
