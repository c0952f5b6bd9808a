import type { Random } from "../random.js";
import { wholeSecond } from "../rows.js";
import type { RowFacts } from "../rows.js";
import type { Planned } from "../store.js";
import type { AlibabaInstance } from "../types.js";
import { chanceOf, commonFacts, dailyStarts, purposeOf, someSecond, withRows } from "./plan.js";
import { DAY, HOUR, MINUTE, SHARED_SECOND } from "./plan.js";
import type { Plan } from "./plan.js";

const ZONES = {
  "cn-hangzhou": ["cn-hangzhou-h", "cn-hangzhou-i"],
  "ap-southeast-1": ["ap-southeast-1a", "ap-southeast-1b"],
} as const;
export type AlibabaRegion = keyof typeof ZONES;

/** Alibaba's instances without shards. */
export const planAlibaba = (plan: Plan): readonly Planned[] => [
  ...Array.from({ length: 8 }, (_, index) => ordinaryInstance(plan, "cn-hangzhou", index)),
  ...Array.from({ length: 6 }, (_, index) => ordinaryInstance(plan, "ap-southeast-1", index)),
  longInstance(plan, "cn-hangzhou", 420),
  longInstance(plan, "ap-southeast-1", 330),
  oddInstance(plan),
  withRows(
    plan,
    { ...standard(plan, "cn-hangzhou", "readers"), architecture: "rwsplit" },
    (random) => nightly(plan, random, someSecond(random)),
  ),
  memcachedInstance(plan),
  withRows(plan, standard(plan, "ap-southeast-1", "scratch"), () => []),
  withRows(plan, youngInstance(plan), () => []),
];

/** The values of an instance without shards. */
export function standard(plan: Plan, region: AlibabaRegion, name: string): AlibabaInstance {
  const random = chanceOf(plan, `alibaba ${region} ${name}`);
  const prefix = region === "cn-hangzhou" ? "r-bp1" : "r-gs5";
  return {
    ...commonFacts(plan, random),
    product: "ALIBABA_KVSTORE",
    region,
    zone: random.pick(ZONES[region]),
    nativeId: `${prefix}${random.word(13)}`,
    name: `${name}-${region}`,
    status: "Normal",
    architecture: "standard",
    cloudNative: random.next() < 0.5,
  };
}

function ordinaryInstance(plan: Plan, region: AlibabaRegion, index: number): Planned {
  const instance = standard(plan, region, purposeOf(index + 9));
  const status = index === 5 ? "Changing" : "Normal";
  return withRows(plan, { ...instance, status }, (random) =>
    nightly(plan, random, index % 3 === 2 ? SHARED_SECOND : someSecond(random)),
  );
}

const nightly = (plan: Plan, random: Random, second: number): readonly RowFacts[] =>
  dailyStarts(plan, second, random.whole(45, 75)).map((startedAt) => ({
    startedAt,
    status: random.next() < 0.03 ? "Failed" : "Success",
    trigger: random.next() < 0.05 ? "Manual" : "Automated",
  }));

/** More rows than the largest page, kept as long as the instance exists. */
const longInstance = (plan: Plan, region: AlibabaRegion, days: number): Planned =>
  withRows(
    plan,
    { ...standard(plan, region, "archive"), createdAt: plan.now - 900 * DAY },
    (random) =>
      dailyStarts(plan, someSecond(random), days).map((startedAt) => ({
        startedAt,
        expiresAt: null,
      })),
  );

/** A failure today, a running backup (not listed before its end), and words in no document. */
const oddInstance = (plan: Plan): Planned =>
  withRows(plan, standard(plan, "cn-hangzhou", "ledger"), (random) => [
    { startedAt: plan.now - 5 * MINUTE, finishedAt: plan.now + 40 * MINUTE },
    { startedAt: plan.now - 2 * HOUR, status: "Failed", trigger: "Manual", sizeBytes: 0 },
    { startedAt: plan.now - 4 * HOUR, status: "Uploading" },
    { startedAt: plan.now - 6 * HOUR, trigger: "Imported", method: "Logical" },
    { startedAt: plan.now - 9 * HOUR, kind: "IncrementalBackup" },
    { startedAt: wholeSecond(plan.now - 13 * HOUR), trigger: "Manual" },
    { startedAt: wholeSecond(plan.now - 13 * HOUR), trigger: "Automated" },
    ...nightly(plan, random, SHARED_SECOND),
  ]);

/** The same list shows Memcached, whose backups are not Redis backups. */
const memcachedInstance = (plan: Plan): Planned =>
  withRows(
    plan,
    { ...standard(plan, "cn-hangzhou", "pages"), engine: "Memcache", cloudNative: false },
    (random) => nightly(plan, random, someSecond(random)),
  );

const youngInstance = (plan: Plan): AlibabaInstance => ({
  ...standard(plan, "cn-hangzhou", "newcomer"),
  status: "Creating",
  createdAt: plan.now - HOUR,
});
