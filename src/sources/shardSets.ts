import type { MappedBackup } from "../domain/backup.js";
import { groupBy } from "../domain/maps.js";
import type { ShardRule } from "../listing/declaration.js";
import type { ListItem } from "../listing/askPage.js";

/** One backup of a sharded instance: its rows, by shard number. */
export interface ShardSet {
  readonly mapped: MappedBackup;
  readonly items: readonly ListItem<MappedBackup>[];
}

type Shard = ListItem<MappedBackup> & {
  readonly mapped: MappedBackup;
  readonly startedAt: number;
};

/**
 * Folds the rows of an instance's shards into backups.
 *
 * A backup takes id, native id and start from its lowest node. A recent set that lacks its first node is
 * therefore not shown yet: its identity would change. A set with fewer rows than the instance has shards
 * is RUNNING until it settles and FAILED afterwards; one failed shard makes the whole set FAILED.
 */
export function foldShards(
  items: readonly ListItem<MappedBackup>[],
  { withinMs, settlesMs }: ShardRule,
  shardCount: number | null,
  now: number,
): ShardSet[] {
  const shards = items
    .filter(
      (item): item is Shard => typeof item.mapped?.shard === "string" && item.startedAt !== null,
    )
    .sort((a, b) => a.startedAt - b.startedAt || compareText(a.key, b.key));
  return [...groupBy(shards, ({ mapped }) => setOf(mapped)).values()]
    .flatMap((set) => groups(set, withinMs))
    .flatMap((group) => backupOf(group, shardCount, now - settlesMs) ?? []);
}

/** What the shards of a backup have in common. */
const setOf = ({ instanceNativeId, set = "" }: MappedBackup): string =>
  `${instanceNativeId}\0${set}`;

/** Groups rows into sets. The earliest row opens a set; a second row of the same shard opens the next. */
function groups(shards: readonly Shard[], withinMs: number): Shard[][] {
  const closed: Map<string, Shard>[] = [];
  let open: { readonly first: number; readonly held: Map<string, Shard> }[] = [];
  for (const shard of shards) {
    const name = shard.mapped.shard as string;
    open = open.filter(({ first }) => shard.startedAt - first <= withinMs);
    const set = open.find(({ held }) => !held.has(name));
    if (set !== undefined) set.held.set(name, shard);
    else {
      const held = new Map([[name, shard]]);
      open.push({ first: shard.startedAt, held });
      closed.push(held);
    }
  }
  return closed.map((held) => [...held.values()]);
}

function backupOf(
  set: readonly Shard[],
  shardCount: number | null,
  settledBefore: number,
): ShardSet | null {
  const items = [...set].sort((a, b) => compareShards(a.mapped.shard, b.mapped.shard));
  const lowest = items[0] as Shard;
  const first = Math.min(...items.map(({ startedAt }) => startedAt));
  const isNamed = lowest.mapped.set !== undefined;
  const expected = isNamed ? lowest.mapped.shardCount : shardCount;
  const missing = expected !== null && items.length < expected;
  const settled = first < settledBefore;
  // The identity of a backup that has a name does not depend on its first node.
  if (!isNamed && missing && !settled && shardNumber(lowest.mapped.shard) !== 0) return null;
  const all = items.map(({ mapped }) => mapped);
  const own = isNamed ? { ...lowest.mapped, startedAt: first } : lowest.mapped;
  return { mapped: { ...own, ...joined(all, missing, settled) }, items };
}

function joined(
  shards: readonly MappedBackup[],
  missing: boolean,
  settled: boolean,
): Partial<MappedBackup> {
  const ends = shards.map(({ finishedAt }) => finishedAt);
  const sizes = shards.map(({ sizeBytes }) => sizeBytes);
  const encrypted = shards.map((shard) => shard.encrypted);
  const running = missing && !settled;
  return {
    ...outcome(shards, missing, settled),
    shard: null,
    shardCount: shards.length,
    finishedAt: running || ends.includes(null) ? null : Math.max(...(ends as number[])),
    encrypted: encrypted.includes(false) ? false : encrypted.includes(null) ? null : true,
    failureReason:
      shards.find(({ failureReason }) => failureReason !== null)?.failureReason ?? null,
    sizeBytes: sizes.includes(null) ? null : sizes.reduce<number>((a, b) => a + (b as number), 0),
  };
}

/** The status of the worst shard. */
function outcome(
  shards: readonly MappedBackup[],
  missing: boolean,
  settled: boolean,
): Pick<MappedBackup, "status" | "vendorStatus"> {
  const failed = shards.find(({ status }) => status === "FAILED");
  const other = failed ?? shards.find(({ status }) => status !== "SUCCEEDED") ?? shards[0];
  const { status, vendorStatus } = other as MappedBackup;
  if (failed !== undefined || !missing) return { status, vendorStatus };
  return { status: settled ? "FAILED" : "RUNNING", vendorStatus };
}

/** The number in a shard name `<instance>-db-<n>`; null for other names. */
function shardNumber(name: string | null): number | null {
  const number = /-db-(\d+)$/.exec(name ?? "")?.[1];
  return number === undefined ? null : Number(number);
}

function compareShards(a: string | null, b: string | null): number {
  const [left, right] = [shardNumber(a), shardNumber(b)];
  if (left !== null && right !== null && left !== right) return left - right;
  return compareText(a ?? "", b ?? "");
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
