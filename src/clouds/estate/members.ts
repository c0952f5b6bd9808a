import type { ElastiCacheInstance } from "./types.js";

const three = (place: number): string => String(place).padStart(3, "0");

/** The ids of the cache clusters of a group, shard by shard. A single cluster is its own. */
export function membersOf(owner: ElastiCacheInstance): readonly string[] {
  const { nativeId, kind, clusterMode, shardCount, replicas } = owner;
  if (kind === "cluster") return [nativeId];
  const nodes = Array.from({ length: replicas + 1 }, (_, place) => three(place + 1));
  if (!clusterMode) return nodes.map((node) => `${nativeId}-${node}`);
  const shards = Array.from({ length: shardCount }, (_, shard) => `0${three(shard + 1)}`);
  return shards.flatMap((shard) => nodes.map((node) => `${nativeId}-${shard}-${node}`));
}
