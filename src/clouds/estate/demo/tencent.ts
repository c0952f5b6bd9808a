import type { Random } from "../random.js";
import { wholeSecond } from "../rows.js";
import type { RowFacts } from "../rows.js";
import type { Planned } from "../store.js";
import type { TencentInstance } from "../types.js";
import { chanceOf, commonFacts, dailyStarts, purposeOf, someSecond, steadyStarts } from "./plan.js";
import { DAY, HOUR, MINUTE, SHARED_SECOND, withRows } from "./plan.js";
import type { Plan } from "./plan.js";

const ZONES = {
  "ap-guangzhou": ["ap-guangzhou-3", "ap-guangzhou-6"],
  "ap-tokyo": ["ap-tokyo-1", "ap-tokyo-2"],
} as const;
type Region = keyof typeof ZONES;

/** Tencent's engine code of a Memcached instance, which is not Redis. */
const MEMCACHED = 200;

/** Tencent's instances. Rows of deleted ones are only in the region-wide list of API 3.0. */
export const planTencent = (plan: Plan): readonly Planned[] => [
  ...Array.from({ length: 9 }, (_, index) => ordinaryInstance(plan, "ap-guangzhou", index)),
  ...Array.from({ length: 7 }, (_, index) => ordinaryInstance(plan, "ap-tokyo", index)),
  longInstance(plan),
  runningInstance(plan),
  oddInstance(plan),
  memcachedInstance(plan),
  withRows(plan, instanceOf(plan, "ap-tokyo", "scratch"), () => []),
  deletedInstance(plan, "ap-guangzhou"),
  deletedInstance(plan, "ap-tokyo"),
];

function instanceOf(plan: Plan, region: Region, name: string): TencentInstance {
  const random = chanceOf(plan, `tencent ${region} ${name}`);
  const isCluster = random.next() < 0.3;
  return {
    ...commonFacts(plan, random),
    product: "TENCENT_REDIS",
    region,
    zone: random.pick(ZONES[region]),
    nativeId: `crs-${random.word(8)}`,
    name: `${name}-${region.slice(3)}`,
    status: "2",
    type: isCluster ? random.pick([9, 16, 18]) : random.pick([8, 15, 17]),
    shardCount: isCluster ? random.pick([3, 4, 8]) : 1,
    createTimeKnown: true,
  };
}

function ordinaryInstance(plan: Plan, region: Region, index: number): Planned {
  const instance = instanceOf(plan, region, purposeOf(index + 3));
  const createTimeKnown = index !== 4;
  return withRows(plan, { ...instance, createTimeKnown }, (random) =>
    nightly(plan, random, index % 3 === 1 ? SHARED_SECOND : someSecond(random)),
  );
}

/** A month of nights. Rows older than their retention are expired. */
function nightly(plan: Plan, random: Random, second: number): readonly RowFacts[] {
  const keptDays = random.pick([7, 21, 30]);
  return dailyStarts(plan, second, random.whole(24, 32)).map((startedAt, back) => ({
    startedAt,
    status: back >= keptDays ? "-1" : random.next() < 0.04 ? "4" : "2",
    trigger: random.next() < 0.06 ? "0" : "1",
    expiresAt: startedAt + keptDays * DAY,
  }));
}

/** More rows than a page, over more than one window of 30 days. */
const longInstance = (plan: Plan): Planned =>
  withRows(plan, instanceOf(plan, "ap-guangzhou", "archive"), () =>
    steadyStarts(plan.now - 95 * MINUTE, 6 * HOUR, 300).map((startedAt) => ({
      startedAt,
      expiresAt: startedAt + 90 * DAY,
    })),
  );

/** Running, locked by another task, being exported, deleted, and two in the same second. */
const runningInstance = (plan: Plan): Planned =>
  withRows(plan, instanceOf(plan, "ap-guangzhou", "ledger"), (random) => [
    { startedAt: plan.now - 5 * MINUTE, status: "1" },
    { startedAt: plan.now - 2 * HOUR, status: "1", locked: true, finishedAt: plan.now - HOUR },
    { startedAt: plan.now - 4 * HOUR, status: "3", trigger: "0", remark: "before migration" },
    { startedAt: plan.now - 4 * HOUR, status: "2", trigger: "2", remark: "resize" },
    { startedAt: plan.now - 6 * HOUR, status: "-2", trigger: "0" },
    ...nightly(plan, random, SHARED_SECOND),
  ]);

/** Numbers that no page names (the state is seen in API 2.0 only), the words of older models, and a flag that changes no state. */
const oddInstance = (plan: Plan): Planned =>
  withRows(
    plan,
    { ...instanceOf(plan, "ap-tokyo", "legacy"), createTimeKnown: false, status: "9" },
    (random) => [
      { startedAt: plan.now - 3 * HOUR, status: "7" },
      { startedAt: plan.now - 8 * HOUR, trigger: "5" },
      { startedAt: plan.now - 10 * HOUR, trigger: "manualBackupInstance" },
      { startedAt: plan.now - 11 * HOUR, trigger: "systemBackupInstance", locked: true },
      { startedAt: plan.now - 12 * HOUR, sizeBytes: null },
      ...nightly(plan, random, someSecond(random)),
    ],
  );

const memcachedInstance = (plan: Plan): Planned =>
  withRows(
    plan,
    { ...instanceOf(plan, "ap-guangzhou", "pages"), type: MEMCACHED, shardCount: 1 },
    (random) => nightly(plan, random, someSecond(random)).slice(0, 5),
  );

/** The rows stay until they expire, which is after the instance was deleted. */
function deletedInstance(plan: Plan, region: Region): Planned {
  const deletedAt = wholeSecond(plan.now - 50 * HOUR);
  const instance = { ...instanceOf(plan, region, "retired"), deletedAt };
  return withRows(plan, instance, (random) =>
    nightly({ ...plan, now: deletedAt }, random, someSecond(random)),
  );
}
