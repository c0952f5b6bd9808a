import type { Random } from "../random.js";
import { wholeSecond } from "../rows.js";
import type { RowFacts } from "../rows.js";
import type { Planned } from "../store.js";
import type { URedisInstance } from "../types.js";
import { chanceOf, commonFacts, dailyStarts, purposeOf, someSecond, withRows } from "./plan.js";
import { DAY, HOUR, MINUTE, SHARED_SECOND } from "./plan.js";
import type { Plan } from "./plan.js";

const ZONES = { "cn-bj2": ["cn-bj2-02", "cn-bj2-05"], hk: ["hk-02", "hk-03"] } as const;
type Region = keyof typeof ZONES;

/** UCloud's master-replica groups: a region-wide list of far more than 100 rows, and a small one. */
export const planURedis = (plan: Plan): readonly Planned[] => [
  ...Array.from({ length: 12 }, (_, index) => ordinaryGroup(plan, "cn-bj2", index)),
  ...Array.from({ length: 5 }, (_, index) => ordinaryGroup(plan, "hk", index)),
  runningGroup(plan),
  oddGroup(plan),
  withRows(plan, { ...groupOf(plan, "hk", "idle"), name: "scratch-hk" }, () => []),
  withRows(plan, youngGroup(plan), () => []),
  deletedGroup(plan, "cn-bj2", 2),
  deletedGroup(plan, "hk", 5),
  deletedGroup(plan, "hk", 9),
];

function groupOf(plan: Plan, region: Region, name: string): URedisInstance {
  const random = chanceOf(plan, `uredis ${region} ${name}`);
  return {
    ...commonFacts(plan, random),
    product: "UCLOUD_UREDIS",
    region,
    zone: random.pick(ZONES[region]),
    nativeId: `uredis-${random.word(10)}`,
    name: `${name}-${region}`,
    status: "Running",
  };
}

function ordinaryGroup(plan: Plan, region: Region, index: number): Planned {
  const group = groupOf(plan, region, purposeOf(index));
  const status = index === 7 ? "Resizing" : "Running";
  return withRows(plan, { ...group, status }, (random) => [
    ...nightly(plan, random, index % 3 === 0 ? SHARED_SECOND : someSecond(random)),
    ...byHand(plan, random, random.whole(2, 4)),
  ]);
}

/** Ten nights. Rows older than their retention of seven days are expired. */
const nightly = (plan: Plan, random: Random, second: number): readonly RowFacts[] =>
  dailyStarts(plan, second, 10).map((startedAt, back) => ({
    startedAt,
    status: back >= 7 ? "Expired" : random.next() < 0.04 ? "Error" : "Success",
  }));

const byHand = (plan: Plan, random: Random, count: number): readonly RowFacts[] =>
  Array.from({ length: count }, (_, index) => ({
    startedAt: wholeSecond(plan.now - random.whole(2 * HOUR, 60 * DAY)),
    trigger: "Manual",
    name: `before-release-${index + 1}`,
  }));

/** A running backup, one that failed today, and two that started in the same second. */
function runningGroup(plan: Plan): Planned {
  return withRows(plan, groupOf(plan, "cn-bj2", "ledger"), (random) => [
    { startedAt: plan.now - 4 * MINUTE, status: "Backuping" },
    { startedAt: plan.now - 3 * HOUR, status: "Error", trigger: "Manual", sizeBytes: 0 },
    { startedAt: plan.now - 5 * HOUR, trigger: "Manual", name: "twin-1" },
    { startedAt: plan.now - 5 * HOUR, name: "twin-2" },
    ...nightly(plan, random, SHARED_SECOND),
  ]);
}

/** Words in no document, and the numbers that the first document uses as types. */
function oddGroup(plan: Plan): Planned {
  const group = { ...groupOf(plan, "hk", "legacy"), status: "Hibernating" };
  return withRows(plan, group, (random) => [
    { startedAt: plan.now - 7 * HOUR, status: "Archiving" },
    { startedAt: plan.now - 9 * HOUR, trigger: "Scheduled" },
    { startedAt: plan.now - 31 * HOUR, status: "constructor", trigger: "toString" },
    ...nightly(plan, random, someSecond(random)).map((facts, index) => ({
      ...facts,
      trigger: index % 2 === 0 ? "1" : "0",
    })),
  ]);
}

const youngGroup = (plan: Plan): URedisInstance => ({
  ...groupOf(plan, "cn-bj2", "newcomer"),
  status: "Creating",
  createdAt: plan.now - 2 * HOUR,
});

/** A group whose backups outlive it by seven days. */
function deletedGroup(plan: Plan, region: Region, daysAgo: number): Planned {
  const deletedAt = plan.now - daysAgo * DAY - 2 * HOUR;
  const group = { ...groupOf(plan, region, `retired-${daysAgo}`), deletedAt };
  return withRows(plan, group, (random) =>
    nightly({ ...plan, now: deletedAt }, random, someSecond(random))
      .slice(0, 7)
      .map((facts) => ({ ...facts, listedUntil: deletedAt + 7 * DAY })),
  );
}
