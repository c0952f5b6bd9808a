import type { Random } from "../random.js";
import { wholeSecond } from "../rows.js";
import type { RowFacts } from "../rows.js";
import type { Planned } from "../store.js";
import type { UMemInstance } from "../types.js";
import { chanceOf, commonFacts, dailyStarts, purposeOf, someSecond, steadyStarts } from "./plan.js";
import { HOUR, MINUTE, SHARED_SECOND, withRows } from "./plan.js";
import type { Plan } from "./plan.js";

const ZONES = { "cn-bj2": ["cn-bj2-02", "cn-bj2-05"], hk: ["hk-02", "hk-03"] } as const;
type Region = keyof typeof ZONES;

/** UCloud's distributed spaces. The backups of Memcached spaces are not Redis backups. */
export const planUMem = (plan: Plan): readonly Planned[] => [
  ...Array.from({ length: 5 }, (_, index) => ordinarySpace(plan, "cn-bj2", index)),
  ...Array.from({ length: 4 }, (_, index) => ordinarySpace(plan, "hk", index)),
  busySpace(plan),
  oddSpace(plan),
  memcacheSpace(plan, "cn-bj2"),
  memcacheSpace(plan, "hk"),
  withRows(plan, spaceOf(plan, "cn-bj2", "scratch-shards"), () => []),
];

function spaceOf(plan: Plan, region: Region, name: string): UMemInstance {
  const random = chanceOf(plan, `umem ${region} ${name}`);
  return {
    ...commonFacts(plan, random),
    product: "UCLOUD_UMEM",
    region,
    zone: random.pick(ZONES[region]),
    nativeId: `umem-${random.word(10)}`,
    name: `${name}-${region}`,
    status: "Running",
    protocol: "redis",
    shardCount: random.pick([2, 4, 8]),
  };
}

const ordinarySpace = (plan: Plan, region: Region, index: number): Planned =>
  withRows(plan, spaceOf(plan, region, `${purposeOf(index + 6)}-shards`), (random) => [
    ...nightly(plan, random, index % 2 === 0 ? SHARED_SECOND : someSecond(random)),
    { startedAt: wholeSecond(plan.now - random.whole(3, 200) * HOUR), trigger: "manual" },
  ]);

const nightly = (plan: Plan, random: Random, second: number): readonly RowFacts[] =>
  dailyStarts(plan, second, random.whole(14, 20)).map((startedAt) => ({ startedAt }));

/** A list of several pages without a window or an order: a backup every two hours. */
const busySpace = (plan: Plan): Planned =>
  withRows(plan, spaceOf(plan, "cn-bj2", "ticker-shards"), () => [
    ...steadyStarts(plan.now - 40 * MINUTE, 2 * HOUR, 260).map((startedAt) => ({ startedAt })),
    { startedAt: wholeSecond(plan.now - 40 * MINUTE), trigger: "manual" },
  ]);

/** A running backup, states in no document, and rows without a shard count. */
const oddSpace = (plan: Plan): Planned =>
  withRows(plan, spaceOf(plan, "hk", "beta-shards"), (random) => [
    { startedAt: plan.now - 7 * MINUTE, status: "Starting", trigger: "manual" },
    { startedAt: plan.now - 6 * HOUR, status: "Failed" },
    { startedAt: plan.now - 8 * HOUR, trigger: "__proto__" },
    ...nightly(plan, random, someSecond(random)).map((facts) => ({ ...facts, blockCount: null })),
  ]);

const memcacheSpace = (plan: Plan, region: Region): Planned =>
  withRows(plan, { ...spaceOf(plan, region, "pages-memcache"), protocol: "memcache" }, (random) =>
    nightly(plan, random, SHARED_SECOND),
  );
