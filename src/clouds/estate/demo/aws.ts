import type { Random } from "../random.js";
import { wholeSecond } from "../rows.js";
import type { RowFacts } from "../rows.js";
import type { Planned } from "../store.js";
import type { AwsInstance, ElastiCacheInstance } from "../types.js";
import type { MemoryDbInstance, ServerlessInstance } from "../types.js";
import { chanceOf, dailyStarts, someSecond, steadyStarts, withRows } from "./plan.js";
import { DAY, HOUR, MINUTE, SHARED_SECOND } from "./plan.js";
import type { Plan } from "./plan.js";

const ZONES = {
  "eu-west-1": ["eu-west-1a", "eu-west-1b"],
  "us-east-1": ["us-east-1c", "us-east-1d"],
} as const;
type Region = keyof typeof ZONES;

const PROD = { env: "prod", team: "payments" };
const KEY = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809";

/** ElastiCache, ElastiCache Serverless and MemoryDB, where an id can occur in each of them. */
export const planAws = (plan: Plan): readonly Planned[] => [
  ...planElastiCache(plan),
  ...planServerless(plan),
  ...planMemoryDb(plan),
];

function factsOf(plan: Plan, product: string, region: Region) {
  const random = chanceOf(plan, `aws ${product}`);
  const engine = random.next() < 0.6 ? "valkey" : "redis";
  return {
    region,
    zone: random.pick(ZONES[region]),
    name: "",
    status: "available",
    engine,
    engineVersion:
      engine === "valkey" ? random.pick(["7.2.6", "8.0.1"]) : random.pick(["6.2.6", "7.1.0"]),
    description: "",
    memoryMb: random.pick([1024, 2048, 6144, 13_312]),
    createdAt: wholeSecond(plan.now - random.whole(100, 700) * DAY - random.whole(0, DAY)),
    deletedAt: null,
    shardCount: 1,
    retentionDays: random.pick([7, 14, 35]),
    encrypted: true,
    kmsKey: null,
    tags: {
      env: random.pick(["prod", "staging"]),
      team: random.pick(["search", "growth", "core"]),
    },
  } as const;
}

/** A group without cluster mode, which is how most of them are. */
const groupOf = (plan: Plan, region: Region, nativeId: string): ElastiCacheInstance => ({
  ...factsOf(plan, nativeId, region),
  product: "AWS_ELASTICACHE",
  nativeId,
  kind: "group",
  clusterMode: false,
  replicas: 1,
});

/** A cluster outside of groups, which cannot be encrypted. */
const singleOf = (plan: Plan, region: Region, nativeId: string): ElastiCacheInstance => ({
  ...groupOf(plan, region, nativeId),
  kind: "cluster",
  replicas: 0,
  encrypted: false,
});

const cacheOf = (plan: Plan, region: Region, nativeId: string): ServerlessInstance => ({
  ...factsOf(plan, `serverless ${nativeId}`, region),
  product: "AWS_ELASTICACHE_SERVERLESS",
  nativeId,
});

const clusterOf = (plan: Plan, region: Region, nativeId: string): MemoryDbInstance => ({
  ...factsOf(plan, `memorydb ${nativeId}`, region),
  product: "AWS_MEMORYDB",
  nativeId,
  replicas: 1,
});

/** A snapshot each night for as long as they are kept, and some that were made by hand. */
const ordinary = (plan: Plan, instance: AwsInstance, second?: number): Planned =>
  withRows(plan, instance, (random) => [
    ...nightly(plan, instance, second ?? someSecond(random)),
    ...byHand(plan, random, random.whole(0, 3)),
  ]);

const nightly = (plan: Plan, { retentionDays }: AwsInstance, second: number): readonly RowFacts[] =>
  dailyStarts(plan, second, retentionDays).map((startedAt) => ({ startedAt }));

const byHand = (plan: Plan, random: Random, count: number): readonly RowFacts[] =>
  Array.from({ length: count }, () => ({
    startedAt: wholeSecond(plan.now - random.whole(2 * HOUR, 90 * DAY)),
    trigger: "manual",
  }));

/** Snapshots that a script makes every few hours and that nothing deletes. */
const scripted = (
  plan: Plan,
  { nativeId }: AwsInstance,
  { everyMs, count }: { readonly everyMs: number; readonly count: number },
): readonly RowFacts[] =>
  steadyStarts(plan.now - 50 * MINUTE, everyMs, count).map((startedAt, index) => ({
    startedAt,
    trigger: "manual",
    nativeId: `${nativeId}-script-${count - index}`,
  }));

const planElastiCache = (plan: Plan): readonly Planned[] => [
  ...["sessions", "pricing", "search"].map((id) => ordinary(plan, groupOf(plan, "eu-west-1", id))),
  ...["feeds", "geo"].map((id) => ordinary(plan, groupOf(plan, "us-east-1", id))),
  ordinary(
    plan,
    {
      ...groupOf(plan, "eu-west-1", "orders"),
      clusterMode: true,
      shardCount: 3,
      kmsKey: KEY,
      description: 'Orders & "returns" <checkout>, café',
      tags: PROD,
    },
    SHARED_SECOND,
  ),
  busyGroup(plan),
  oddGroup(plan),
  ...unprotectedCaches(plan),
  ordinary(plan, {
    ...singleOf(plan, "us-east-1", "legacy-sessions"),
    engine: "redis",
    engineVersion: "5.0.6",
    tags: {},
  }),
  withRows(
    plan,
    {
      ...singleOf(plan, "eu-west-1", "pages"),
      engine: "memcached" as const,
      engineVersion: "1.6.22",
      retentionDays: 0,
    },
    () => [],
  ),
  retired(plan, {
    ...groupOf(plan, "eu-west-1", "retired-carts"),
    clusterMode: true,
    shardCount: 2,
  }),
  retired(plan, groupOf(plan, "us-east-1", "retired-queue")),
];

/** More rows than a page in one group of many shards. */
function busyGroup(plan: Plan): Planned {
  const group = {
    ...groupOf(plan, "us-east-1", "ticker"),
    clusterMode: true,
    shardCount: 8,
    retentionDays: 35,
  };
  return withRows(plan, group, (random) => [
    ...nightly(plan, group, someSecond(random)),
    ...scripted(plan, group, { everyMs: 6 * HOUR, count: 80 }),
  ]);
}

/** All states, a word in no document, two starts in one second, and names that objects have as well. */
function oddGroup(plan: Plan): Planned {
  const group = groupOf(plan, "eu-west-1", "constructor");
  const manual = "manual";
  return withRows(plan, group, (random) => [
    { startedAt: plan.now - 6 * MINUTE, status: "creating" },
    { startedAt: plan.now - 3 * HOUR, status: "restoring", trigger: manual },
    { startedAt: plan.now - 5 * HOUR, status: "copying", trigger: manual },
    { startedAt: plan.now - 7 * HOUR, status: "deleting", trigger: manual },
    { startedAt: plan.now - 9 * HOUR, status: "quarantined", trigger: manual },
    { startedAt: plan.now - 11 * HOUR, trigger: manual, nativeId: "before-migration" },
    { startedAt: plan.now - 11 * HOUR, trigger: manual, nativeId: "hasownproperty" },
    ...nightly(plan, group, someSecond(random)),
  ]);
}

/** A group without backups on a schedule, one that is new, and one that nothing was ever saved of. */
const unprotectedCaches = (plan: Plan): readonly Planned[] => [
  withRows(
    plan,
    {
      ...groupOf(plan, "eu-west-1", "rate-limits"),
      retentionDays: 0,
      encrypted: false,
      tags: { env: "prod", team: "core" },
    },
    () => [{ startedAt: wholeSecond(plan.now - 41 * DAY), trigger: "manual" }],
  ),
  withRows(
    plan,
    {
      ...groupOf(plan, "eu-west-1", "newcomer"),
      status: "creating",
      createdAt: plan.now - 20 * MINUTE,
    },
    () => [],
  ),
  withRows(plan, { ...groupOf(plan, "us-east-1", "scratch"), retentionDays: 0 }, () => []),
];

/** Only the manual snapshots of a deleted owner are left. */
function retired(plan: Plan, instance: AwsInstance): Planned {
  const deletedAt = wholeSecond(plan.now - 12 * DAY);
  return withRows(plan, { ...instance, deletedAt }, () => [
    { startedAt: deletedAt - HOUR, trigger: "manual", nativeId: `${instance.nativeId}-final` },
    { startedAt: deletedAt - 30 * DAY, trigger: "manual" },
  ]);
}

function planServerless(plan: Plan): readonly Planned[] {
  const orders = { ...cacheOf(plan, "eu-west-1", "orders"), tags: PROD };
  const events = cacheOf(plan, "us-east-1", "events");
  return [
    ordinary(plan, orders, SHARED_SECOND),
    ordinary(plan, cacheOf(plan, "eu-west-1", "recommendations")),
    ordinary(plan, cacheOf(plan, "us-east-1", "flags")),
    withRows(plan, events, (random) => [
      { startedAt: plan.now - 4 * MINUTE, status: "creating", trigger: "manual" },
      { startedAt: plan.now - 2 * HOUR, status: "failed", trigger: "manual" },
      ...nightly(plan, events, someSecond(random)),
      ...scripted(plan, events, { everyMs: 4 * HOUR, count: 60 }),
    ]),
    withRows(plan, { ...cacheOf(plan, "eu-west-1", "drafts"), retentionDays: 0 }, () => []),
    withRows(
      plan,
      { ...cacheOf(plan, "us-east-1", "pages"), engine: "memcached" as const },
      () => [],
    ),
    retired(plan, cacheOf(plan, "us-east-1", "retired-feed")),
  ];
}

function planMemoryDb(plan: Plan): readonly Planned[] {
  const ledger = {
    ...clusterOf(plan, "eu-west-1", "ledger"),
    shardCount: 12,
    kmsKey: KEY,
    tags: PROD,
  };
  return [
    ordinary(plan, { ...clusterOf(plan, "eu-west-1", "orders"), tags: PROD }, SHARED_SECOND),
    ordinary(plan, { ...clusterOf(plan, "eu-west-1", "profiles"), shardCount: 2 }),
    ordinary(plan, clusterOf(plan, "us-east-1", "inventory")),
    ordinary(plan, clusterOf(plan, "us-east-1", "tokens")),
    withRows(plan, ledger, (random) => [
      { startedAt: plan.now - 5 * MINUTE, status: "creating", trigger: "manual" },
      ...nightly(plan, ledger, someSecond(random)),
      ...scripted(plan, ledger, { everyMs: 5 * HOUR, count: 55 }),
    ]),
    withRows(plan, { ...clusterOf(plan, "us-east-1", "scratch"), retentionDays: 0 }, () => []),
    retired(plan, { ...clusterOf(plan, "eu-west-1", "retired-wallet"), shardCount: 3 }),
  ];
}
