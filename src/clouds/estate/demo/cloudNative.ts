import type { Random } from "../random.js";
import type { RowFacts } from "../rows.js";
import type { Planned } from "../store.js";
import type { AlibabaInstance, ShardPart } from "../types.js";
import { standard } from "./alibaba.js";
import type { AlibabaRegion } from "./alibaba.js";
import { dailyStarts, HOUR, MINUTE, SHARED_SECOND, someSecond, withRows } from "./plan.js";
import type { Plan } from "./plan.js";

/** Alibaba's cloud-native clusters: one row for each backup, including its shards. */
export const planCloudNative = (plan: Plan): readonly Planned[] => [
  cluster(plan, "cn-hangzhou", { name: "native-profiles", shardCount: 3 }),
  cluster(plan, "ap-southeast-1", { name: "native-ranking", shardCount: 5 }),
];

function cluster(
  plan: Plan,
  region: AlibabaRegion,
  { name, shardCount }: { readonly name: string; readonly shardCount: number },
): Planned {
  const instance: AlibabaInstance = {
    ...standard(plan, region, name),
    architecture: "cluster",
    cloudNative: true,
    shardCount,
  };
  return withRows(plan, instance, (random) => {
    const second = region === "cn-hangzhou" ? SHARED_SECOND : someSecond(random);
    const nights = dailyStarts(plan, second, 35).map((startedAt) => ({ startedAt }));
    const today: readonly RowFacts[] = [
      { startedAt: plan.now - 10 * MINUTE, status: "RUNNING" },
      { startedAt: plan.now - 5 * HOUR, status: "Failed", trigger: "Manual" },
    ];
    return [...today, ...nights].map((facts) => withParts(instance, facts, random));
  });
}

/** The size of a row is the sum of its shards. In a failed backup, one shard failed. */
function withParts(instance: AlibabaInstance, facts: RowFacts, random: Random): RowFacts {
  const parts = partsOf(instance, facts.status ?? "OK", random);
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  return { ...facts, parts, sizeBytes: facts.status === "RUNNING" ? null : sizeBytes };
}

const partsOf = (instance: AlibabaInstance, status: string, random: Random): ShardPart[] =>
  Array.from({ length: instance.shardCount }, (_, shard) => {
    const failed = status === "Failed" && shard === 1;
    return {
      nativeId: String(random.whole(200_000_000, 2_000_000_000)),
      name: `${instance.nativeId}-shard-${shard}`,
      sizeBytes: failed || status === "RUNNING" ? 0 : random.whole(1_000_000, 900_000_000),
      status: failed ? "ERROR" : "OK",
    };
  });
