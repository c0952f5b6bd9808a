import type { Backup, BackupDownload } from "./backup.js";
import type { CoverageReport, CoverageState, InstanceCoverage } from "./coverage.js";
import type { BackupFilter, BackupOrder, InstanceFilter, OnSourceError } from "./filter.js";
import type { Instance, InstanceRef } from "./instance.js";
import type { Provider, ProviderCapabilities, ProviderHealth } from "./provider.js";
import type { BackupStatus } from "./words.js";
import type { Connection, PageArgs } from "./connection.js";

/** The object whose field is read; it bounds the list and is a part of cursors. */
export type Parent =
  | { readonly type: "Query" }
  | { readonly type: "Provider"; readonly provider: string }
  | { readonly type: "Instance"; readonly instance: Instance };

/** Which part of a list of backups is read, and which way. */
export interface BackupRange {
  readonly page: PageArgs;
  readonly filter: BackupFilter | null;
  readonly order: BackupOrder;
}

export interface BackupQuery extends BackupRange {
  readonly parent: Parent;
  readonly onSourceError: OnSourceError;
  /** Whether to find out if there is more; `hasNextPage` and its twin may be asked only then. */
  readonly lookAhead?: boolean;
}

export interface InstanceQuery {
  readonly parent: Parent;
  readonly page: PageArgs;
  readonly filter: InstanceFilter | null;
  readonly onSourceError: OnSourceError;
  readonly next?: NextLists;
}

/**
 * The lists of backups that are read next of each instance: those of instances that are known may be asked
 * while the instances are listed anew.
 */
export type NextLists = () => readonly BackupRange[];

/** An instance that is looked for. */
export interface WantedInstance extends InstanceRef {
  /** Of several fields that look for the same instance, the first one's count. */
  readonly next?: NextLists;
}

/** What an operation asked of one vendor's action, for `extensions.calls`. */
export interface CallCount {
  readonly vendor: string;
  readonly action: string;
  /** Calls made, attempts of one call counted once. */
  readonly count: number;
  /** Questions answered from what was read before. */
  readonly cached: number;
}

/**
 * All that one operation may read, for one principal: what it may not see does not exist here.
 *
 * Errors: `ClientError` for what the client did wrong; `SourceError` where a single object cannot be
 * told. A list of results holds an `Error` for the key that failed, as DataLoader wants it.
 */
export interface Reads {
  /** The visible providers, by key. */
  providers(): readonly Provider[];
  provider(key: string): Provider | null;
  /** From the config, else from the vendor's list. */
  regions(provider: Provider): Promise<readonly string[]>;
  capabilities(provider: Provider): ProviderCapabilities;
  health(provider: Provider): ProviderHealth;
  instances(query: InstanceQuery): Promise<Connection<Instance>>;
  backups(query: BackupQuery): Promise<Connection<Backup>>;
  /** Null for an instance that its vendor no longer lists. */
  instancesByRef(refs: readonly WantedInstance[]): Promise<readonly (Instance | null | Error)[]>;
  /** Null for ids that name no backup. */
  backupsById(ids: readonly string[]): Promise<readonly (Backup | null | Error)[]>;
  latestBackup(instance: Instance, status: BackupStatus | null): Promise<Backup | null>;
  downloads(backup: Backup): Promise<readonly BackupDownload[]>;
  coverage(rpoMs: number, filter: InstanceFilter | null): Promise<CoverageReport>;
  /** Pages of a report's instances. */
  coverageInstances(
    report: CoverageReport,
    state: CoverageState | null,
    page: PageArgs,
  ): Promise<Connection<Instance>>;
  instanceCoverage(instance: Instance, rpoMs: number): Promise<InstanceCoverage>;
  /** The vendor calls made so far. */
  calls(): readonly CallCount[];
}
