import type { BackupRow, S3Instance } from "../estate/types.js";
import { EMPTY, PARTIAL, STRAY } from "../estate/words.js";

/** One object of a bucket. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
  readonly sizeBytes: number;
  /** Epoch milliseconds. */
  readonly changedAt: number;
  readonly storageClass: string;
}

/** The buckets of the demo account: their names, how their keys are built, and the shards of a backup. */
export const DEMO_BUCKETS = [
  {
    name: "redis-dumps",
    key: "prod/{instance}/{startedAt:yyyyMMdd'T'HHmmss'Z'}-*.rdb",
    shards: null,
  },
  {
    name: "redis-clusters",
    key: "{instance}/{startedAt:yyyy/MM/dd/HHmmss}/shard-{shard}.rdb",
    shards: 3,
  },
  { name: "redis-exports", key: "exports/{instance}.rdb", shards: null },
] as const;

const SHARD = "{shard}";

/** The bucket and the key of a backup's file. That of a cluster has a placeholder for the shard. */
export function objectIdOf(
  { bucket, nativeId }: S3Instance,
  startedAt: number,
  word: string,
): string {
  if (bucket === "redis-exports") return `${bucket}/exports/${nativeId}.rdb`;
  const [date = "", time = ""] = new Date(startedAt).toISOString().slice(0, 19).split("T");
  const clock = time.replaceAll(":", "");
  return bucket === "redis-clusters"
    ? `${bucket}/${nativeId}/${date.replaceAll("-", "/")}/${clock}/shard-${SHARD}.rdb`
    : `${bucket}/prod/${nativeId}/${date.replaceAll("-", "")}T${clock}Z-${word}.rdb`;
}

/** The objects of one row: one for each shard. */
export function objectsOf(row: BackupRow): readonly S3Object[] {
  const slash = row.nativeId.indexOf("/");
  const bucket = row.nativeId.slice(0, slash);
  const key = row.nativeId.slice(slash + 1);
  const shards = row.blockCount ?? 1;
  const size = row.sizeBytes ?? 0;
  const share = Math.floor(size / shards);
  return Array.from({ length: shards }, (_, shard) => ({
    bucket,
    key: key.replace(SHARD, String(shard)),
    sizeBytes: shard === 0 ? size - share * (shards - 1) : share,
    // Without a start in the key, the time of the last change is the start.
    changedAt: bucket === "redis-exports" ? row.startedAt : (row.finishedAt ?? row.startedAt),
    storageClass: [EMPTY, PARTIAL, STRAY].includes(row.status) ? "STANDARD" : row.status,
  }));
}

/** Order of keys: by their bytes in UTF-8. */
export const byKey = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));

const indexes = new WeakMap<readonly BackupRow[], ReadonlyMap<string, readonly S3Object[]>>();

/** The objects of each bucket in the order of their keys. Made once for each state of the data. */
export function bucketsOf(rows: readonly BackupRow[]): ReadonlyMap<string, readonly S3Object[]> {
  const known = indexes.get(rows);
  if (known !== undefined) return known;
  const buckets = new Map<string, S3Object[]>(DEMO_BUCKETS.map(({ name }) => [name, []]));
  for (const object of rows.flatMap(objectsOf)) buckets.get(object.bucket)?.push(object);
  for (const objects of buckets.values()) objects.sort((a, b) => byKey(a.key, b.key));
  indexes.set(rows, buckets);
  return buckets;
}
