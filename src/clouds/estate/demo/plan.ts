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

/** What every part of the estate is planned from. */
export interface Plan {
  readonly seed: number;
  /** The moment that the estate is placed around; epoch milliseconds on a whole second. */
  readonly now: number;
}

/** Chance of its own for a named part, so that one part's size moves no other part. */
export const chanceOf = ({ seed }: Plan, name: string): Random =>
  makeRandom(hashOf(`${seed} ${name}`));

/** An instance, and the facts of the rows that it will hold once somebody asks. */
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

/** The second of a UTC day at which a clock in Beijing shows an hour and minute of the night. */
export const nightSecond = (hour: number, minute: number): number =>
  ((hour + 16) * 3600 + minute * 60) % 86_400;

/** 03:00:00 in Beijing: many schedules stand on it, so starts are equal within and across vendors. */
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

/** Starts at a steady distance, newest first. */
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

/** What an instance is for, as its owner named it. */
export const purposeOf = (index: number): string =>
  PURPOSES[index % PURPOSES.length] ?? PURPOSES[0];

/** Facts that every product's instances have, drawn by chance. */
export function commonFacts(plan: Plan, random: Random) {
  return {
    engineVersion: random.pick(["4.0", "5.0", "6.0", "6.2", "7.0"]),
    memoryMb: random.pick([1024, 2048, 4096, 8192, 16_384]),
    createdAt: wholeSecond(plan.now - random.whole(200, 700) * DAY - random.whole(0, DAY)),
    deletedAt: null,
    shardCount: 1,
  };
}
