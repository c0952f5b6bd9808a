import DataLoader from "dataloader";
import type { Backup, BackupDownload } from "../domain/backup.js";
import type { Connection, PageArgs } from "../domain/connection.js";
import type { CoverageReport, InstanceCoverage, ReportSelection } from "../domain/coverage.js";
import type { InstanceFilter } from "../domain/filter.js";
import type { Fact, Instance, InstanceFacts, InstanceRef } from "../domain/instance.js";
import type { BackupPolicy } from "../domain/policy.js";
import type { Provider, ProviderCapabilities, ProviderHealth } from "../domain/provider.js";
import type {
  BackupQuery,
  CallCount,
  InstanceQuery,
  Reads,
  WantedInstance,
} from "../domain/reads.js";
import type { BackupStats, StatsQuery } from "../domain/stats.js";
import type { BackupStatus } from "../domain/words.js";

/** Which backup of an instance is asked: its newest, or the newest of one status. */
export interface LatestQuery {
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

/** Makes one set of loaders per operation, because what they keep must not outlive its caller. */
export const makeLoaders = (reads: Reads): Loaders => ({
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
    (backups) => eachOf(backups, (backup) => reads.downloads(backup)),
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
      keys.forEach((key, i) => answers[i] instanceof Error && loader.clear(key));
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

/** Reads that pass every question on, for whoever wants to see some of them: a subclass overrides those. */
export class PassedReads implements Reads {
  constructor(private readonly reads: Reads) {}

  providers(): readonly Provider[] {
    return this.reads.providers();
  }

  provider(key: string): Provider | null {
    return this.reads.provider(key);
  }

  regions(provider: Provider): Promise<readonly string[]> {
    return this.reads.regions(provider);
  }

  capabilities(provider: Provider): ProviderCapabilities {
    return this.reads.capabilities(provider);
  }

  health(provider: Provider): ProviderHealth {
    return this.reads.health(provider);
  }

  instances(query: InstanceQuery): Promise<Connection<Instance>> {
    return this.reads.instances(query);
  }

  backups(query: BackupQuery): Promise<Connection<Backup>> {
    return this.reads.backups(query);
  }

  instancesByRef(refs: readonly WantedInstance[]): Promise<readonly (Instance | null | Error)[]> {
    return this.reads.instancesByRef(refs);
  }

  facts(instance: Instance, wanted: readonly Fact[]): Promise<InstanceFacts> {
    return this.reads.facts(instance, wanted);
  }

  backupsById(ids: readonly string[]): Promise<readonly (Backup | null | Error)[]> {
    return this.reads.backupsById(ids);
  }

  latestBackup(instance: Instance, status: BackupStatus | null): Promise<Backup | null> {
    return this.reads.latestBackup(instance, status);
  }

  downloads(backup: Backup): Promise<readonly BackupDownload[]> {
    return this.reads.downloads(backup);
  }

  policies(): readonly BackupPolicy[] {
    return this.reads.policies();
  }

  policy(instance: Instance): Promise<BackupPolicy | null> {
    return this.reads.policy(instance);
  }

  coverage(rpoMs: number | null, filter: InstanceFilter | null): Promise<CoverageReport> {
    return this.reads.coverage(rpoMs, filter);
  }

  coverageInstances(
    report: CoverageReport,
    selection: ReportSelection,
    page: PageArgs,
  ): Promise<Connection<Instance>> {
    return this.reads.coverageInstances(report, selection, page);
  }

  instanceCoverage(instance: Instance, rpoMs: number | null): Promise<InstanceCoverage> {
    return this.reads.instanceCoverage(instance, rpoMs);
  }

  backupStats(query: StatsQuery): Promise<BackupStats> {
    return this.reads.backupStats(query);
  }

  calls(): readonly CallCount[] {
    return this.reads.calls();
  }
}
