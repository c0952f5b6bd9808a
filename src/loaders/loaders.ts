import DataLoader from "dataloader";
import type { Backup, BackupDownload } from "../domain/backup.js";
import type { Instance, InstanceRef } from "../domain/instance.js";
import type { Reads, WantedInstance } from "../domain/reads.js";
import type { BackupStatus } from "../domain/words.js";

/** Which backup of an instance is asked: its newest, or the newest of one status. */
interface LatestQuery {
  readonly instance: Instance;
  readonly status: BackupStatus | null;
}

/** The edges between types that one operation follows; each asks for many keys at once. */
export interface Loaders {
  /** Null for an instance that its vendor no longer lists. */
  readonly instance: DataLoader<WantedInstance, Instance | null, string>;
  /** By global id; null where the id names no backup. */
  readonly backup: DataLoader<string, Backup | null>;
  readonly latestBackup: DataLoader<LatestQuery, Backup | null, string>;
  readonly downloads: DataLoader<Backup, readonly BackupDownload[], string>;
}

/**
 * Makes one set of loaders per operation, because what they keep must not outlive its caller. `onLinks`
 * receives each backup whose links are given out, and their number.
 */
export const makeLoaders = (
  reads: Reads,
  onLinks?: (backup: Backup, links: number) => void,
): Loaders => ({
  instance: makeLoader("instance", instanceKey, (refs) => reads.instancesByRef(refs)),
  backup: makeLoader(
    "backup",
    (id) => id,
    (ids) => reads.backupsById(ids),
  ),
  latestBackup: makeLoader("latestBackup", latestKey, (queries) =>
    eachOf(queries, ({ instance, status }) => reads.latestBackup(instance, status)),
  ),
  downloads: makeLoader(
    "downloads",
    ({ id }) => id,
    (backups) =>
      eachOf(backups, async (backup) => {
        const links = await reads.downloads(backup);
        if (links.length > 0) onLinks?.(backup, links.length);
        return links;
      }),
  ),
});

const instanceKey = ({ provider, region, nativeId }: InstanceRef): string =>
  `${provider}\0${region}\0${nativeId}`;

const latestKey = ({ instance, status }: LatestQuery): string => `${instance.id}\0${status ?? ""}`;

/** A key that failed is forgotten, so that a later field of the same operation may ask again. */
function makeLoader<Key, Value>(
  name: string,
  keyOf: (key: Key) => string,
  ask: (keys: readonly Key[]) => Promise<readonly (Value | Error)[]>,
): DataLoader<Key, Value, string> {
  const loader = new DataLoader<Key, Value, string>(
    async (keys) => {
      const answers = await ask(keys);
      for (const [i, key] of keys.entries()) if (answers[i] instanceof Error) loader.clear(key);
      return answers;
    },
    { name, cacheKeyFn: keyOf },
  );
  return loader;
}

/** Asks for all keys in the same turn; one that fails leaves the others alone. */
const eachOf = <Key, Value>(
  keys: readonly Key[],
  ask: (key: Key) => Promise<Value>,
): Promise<readonly (Value | Error)[]> =>
  Promise.all(keys.map(async (key) => ask(key).catch(asError)));

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error("A read failed.", { cause: thrown });
