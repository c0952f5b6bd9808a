import type { Random } from "../random.js";
import { nodeId, wholeSecond } from "../rows.js";
import type { RowFacts } from "../rows.js";
import type { Planned } from "../store.js";
import type { AlibabaInstance } from "../types.js";
import { standard } from "./alibaba.js";
import type { AlibabaRegion } from "./alibaba.js";
import { DAY, dailyStarts, HOUR, MINUTE, SECOND, SHARED_SECOND, someSecond } from "./plan.js";
import { withRows } from "./plan.js";
import type { Plan } from "./plan.js";

/** One backup of all shards of a cluster. */
interface SetPlan {
  readonly cluster: AlibabaInstance;
  /** The start of the first node. */
  readonly startedAt: number;
  readonly random: Random;
  /** Shards without a row. */
  readonly missing?: readonly number[];
  /** Shards whose row is failed. */
  readonly failed?: readonly number[];
  /** The delay of a shard's start after the first node's. By default, some seconds before or after. */
  readonly lagMs?: (shard: number) => number;
  /** When a shard ends. By default, some minutes after its start. */
  readonly endsAt?: (shard: number) => number;
}

/** Alibaba's classic clusters: one row for each shard, listed when the shard has ended. */
export const planClassicClusters = (plan: Plan): readonly Planned[] => [
  damagedCluster(plan),
  wideCluster(plan),
  ...[0, 1].map((index) => steadyCluster(plan, index)),
  runningCluster(plan),
  headlessCluster(plan),
];

const clusterOf = (
  plan: Plan,
  region: AlibabaRegion,
  { name, shardCount }: { readonly name: string; readonly shardCount: number },
): AlibabaInstance => ({
  ...standard(plan, region, name),
  architecture: "cluster",
  cloudNative: false,
  shardCount,
});

/** The rows of one set. */
function setOf({ cluster, startedAt, random, ...set }: SetPlan): readonly RowFacts[] {
  const shards = Array.from({ length: cluster.shardCount }, (_, shard) => shard);
  return shards
    .filter((shard) => !set.missing?.includes(shard))
    .map((shard) => {
      const someLag = shard === 0 ? 0 : random.whole(-20, 40) * SECOND;
      const start = wholeSecond(startedAt + (set.lagMs?.(shard) ?? someLag));
      const facts = { startedAt: start, shard: nodeId(cluster, shard) };
      const finishedAt = set.endsAt?.(shard) ?? start + random.whole(60, 900) * SECOND;
      if (!set.failed?.includes(shard)) return { ...facts, finishedAt };
      return { ...facts, finishedAt, status: "Failed", sizeBytes: 0 };
    });
}

/** Forty-five nights of eight shards: more rows than the largest page, and every kind of damage. */
function damagedCluster(plan: Plan): Planned {
  const cluster = clusterOf(plan, "cn-hangzhou", { name: "sharded-feed", shardCount: 8 });
  const damage: Readonly<Record<number, Partial<SetPlan>>> = {
    // The night before last, one shard failed. The others are complete.
    1: { failed: [5] },
    // The part of the first node is missing, and later that of another node.
    3: { missing: [0] },
    5: { missing: [6] },
    // The first node starts in the last second of a minute, the others in the next minute.
    7: { lagMs: (shard) => (shard === 0 ? 59 : 59 + shard) * SECOND },
    // The shards start just within the ten minutes of one backup.
    9: { lagMs: (shard) => shard * 84 * SECOND },
    // The first node starts last, so the other rows start before the set's start.
    11: { lagMs: (shard) => (shard === 0 ? 9 * MINUTE : shard * 5 * SECOND) },
    13: { missing: [0], failed: [1] },
  };
  return withRows(plan, cluster, (random) =>
    dailyStarts(plan, SHARED_SECOND, 45).flatMap((startedAt, night) =>
      setOf({ cluster, startedAt, random, ...damage[night] }),
    ),
  );
}

/** Twelve shards. Node 10 is not the lowest, although its name sorts before that of node 2. */
function wideCluster(plan: Plan): Planned {
  const cluster = clusterOf(plan, "cn-hangzhou", { name: "sharded-search", shardCount: 12 });
  return withRows(plan, cluster, (random) => {
    const second = someSecond(random);
    return dailyStarts(plan, second, 30).flatMap((startedAt, night) =>
      setOf({ cluster, startedAt, random, ...(night === 4 ? { missing: [0, 1] } : {}) }),
    );
  });
}

function steadyCluster(plan: Plan, index: number): Planned {
  const name = index === 0 ? "sharded-cart" : "sharded-geo";
  const cluster = clusterOf(plan, "ap-southeast-1", { name, shardCount: index === 0 ? 2 : 4 });
  return withRows(plan, cluster, (random) => {
    const second = someSecond(random);
    return dailyStarts(plan, second, 32).flatMap((startedAt) =>
      setOf({ cluster, startedAt, random }),
    );
  });
}

/** A running set: its first node and one more have ended, the others will end within two hours. */
function runningCluster(plan: Plan): Planned {
  const cluster = clusterOf(plan, "cn-hangzhou", { name: "sharded-orders", shardCount: 4 });
  const endsAt = (shard: number): number =>
    plan.now + (shard % 2 === 0 ? -2 : 45 + shard * 10) * MINUTE;
  return withRows(plan, cluster, (random) => [
    ...setOf({ cluster, startedAt: plan.now - 20 * MINUTE, random, endsAt }),
    ...earlierSets(plan, cluster, random),
  ]);
}

/** A running set whose first node has not ended, so its id is not known yet. */
function headlessCluster(plan: Plan): Planned {
  const cluster = clusterOf(plan, "ap-southeast-1", { name: "sharded-tokens", shardCount: 4 });
  const endsAt = (shard: number): number =>
    plan.now + (shard === 0 || shard === 3 ? 50 + shard * 5 : -3) * MINUTE;
  return withRows(plan, cluster, (random) => [
    ...setOf({ cluster, startedAt: plan.now - 25 * MINUTE, random, endsAt }),
    ...earlierSets(plan, cluster, random),
  ]);
}

const earlierSets = (plan: Plan, cluster: AlibabaInstance, random: Random): readonly RowFacts[] =>
  Array.from({ length: 20 }, (_, back) => plan.now - 8 * HOUR - back * DAY).flatMap((startedAt) =>
    setOf({ cluster, startedAt, random }),
  );
