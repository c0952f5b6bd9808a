import type { Backup, BackupDownload } from "./backup.js";
import type { CoverageReport, InstanceCoverage, ReportSelection } from "./coverage.js";
import {
  type BackupFilter,
  type BackupOrder,
  EVERY_BACKUP,
  type InstanceFilter,
  type OnSourceError,
} from "./filter.js";
import type { Fact, Instance, InstanceFacts, InstanceRef } from "./instance.js";
import type { BackupPolicy } from "./policy.js";
import type { Provider, ProviderCapabilities, ProviderHealth } from "./provider.js";
import type { BackupStats, StatsQuery } from "./stats.js";
import type { BackupStatus } from "./words.js";
import type { Connection, WantedPage } from "./connection.js";

/** The object whose field is read. It limits the list and is part of cursors. */
export type Parent =
  | { readonly type: "Query" }
  | { readonly type: "Provider"; readonly provider: string }
  | { readonly type: "Instance"; readonly instance: Instance };

/** A page, filter and order of backups. */
export interface BackupRange {
  readonly page: WantedPage;
  readonly filter: BackupFilter;
  readonly order: BackupOrder;
}

/** A list that begins at the newest backup. */
export const FROM_NEWEST: BackupRange = {
  page: { backwards: false, size: 1, after: null, before: null },
  filter: EVERY_BACKUP,
  order: "STARTED_AT_DESC",
};

export interface BackupQuery extends BackupRange {
  readonly parent: Parent;
  readonly onSourceError: OnSourceError;
  /** Whether the caller will use `hasNextPage` or `hasPreviousPage`. Without it, they must not be called. */
  readonly lookAhead?: boolean;
}

export interface InstanceQuery {
  readonly parent: Parent;
  readonly page: WantedPage;
  readonly filter: InstanceFilter;
  readonly onSourceError: OnSourceError;
  readonly next?: NextLists;
  /** Facts that the answer shows of each instance: what cannot be read is an issue of the page. */
  readonly facts?: readonly Fact[];
}

/**
 * The lists of backups that the operation reads next for each instance. Lists of known instances can be
 * requested while the instance list itself is being read.
 */
export type NextLists = () => readonly BackupRange[];

/** An instance to find. */
export interface WantedInstance extends InstanceRef {
  /** If several fields look for the same instance, those of the first field count. */
  readonly next?: NextLists;
}

/** The calls of one operation to one action of a vendor, for `extensions.calls`. */
export interface CallCount {
  readonly vendor: string;
  readonly action: string;
  /** Calls made. The attempts of one call count once. */
  readonly count: number;
  /** Reads answered from the cache. */
  readonly cached: number;
}

/** What bounds one operation. */
export interface OperationBounds {
  /** Read before the first vendor call, and never if the cache answers. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly vendorCalls: number;
  /** Names the request in the log. */
  readonly requestId?: string;
}

/** What the lists of one operation lack. */
export interface ListSummary {
  readonly complete: boolean;
  readonly issues: number;
  /** Backups that arrived out of order, by provider key. */
  readonly late: ReadonlyMap<string, number>;
}

/**
 * Everything that one operation can read, for one principal. Objects that the principal may not see do
 * not exist here.
 *
 * Errors: `ClientError` for a mistake of the client, `SourceError` if a single object cannot be read. A
 *         list of results holds an `Error` in place of each key that failed, as DataLoader expects.
 */
export interface Reads {
  /** The visible providers, ordered by key. */
  providers(): readonly Provider[];
  provider(key: string): Provider | null;
  /** The regions in the config, or all that the vendor lists. */
  regions(provider: Provider): Promise<readonly string[]>;
  /** Includes what the other reads of the operation find out: it waits until they have ended. */
  capabilities(provider: Provider): Promise<ProviderCapabilities>;
  /** The same. */
  health(provider: Provider): Promise<ProviderHealth>;
  instances(query: InstanceQuery): Promise<Connection<Instance>>;
  backups(query: BackupQuery): Promise<Connection<Backup>>;
  /** Null for an instance that the vendor no longer lists. */
  instancesByRef(refs: readonly WantedInstance[]): Promise<readonly (Instance | null | Error)[]>;
  /**
   * The facts of an instance. Calls are made for the wanted ones that its list does not show; what cannot
   * be read is null.
   */
  facts(instance: Instance, wanted: readonly Fact[]): Promise<InstanceFacts>;
  /** Null for an id without a backup. */
  backupsById(ids: readonly string[]): Promise<readonly (Backup | null | Error)[]>;
  latestBackup(instance: Instance, status: BackupStatus | null): Promise<Backup | null>;
  downloads(backup: Backup): Promise<readonly BackupDownload[]>;
  /** The policies that can match a visible provider, in the order in which they match; the default last. */
  policies(): readonly BackupPolicy[];
  /** Null if it depends on tags that cannot be read. */
  policy(instance: Instance): Promise<BackupPolicy | null>;
  /** Without an RPO, each instance is checked by its policy. */
  coverage(rpoMs: number | null, filter: InstanceFilter): Promise<CoverageReport>;
  /** One page of a report's instances. */
  coverageInstances(
    report: CoverageReport,
    selection: ReportSelection,
    page: WantedPage,
  ): Promise<Connection<Instance>>;
  instanceCoverage(instance: Instance, rpoMs: number | null): Promise<InstanceCoverage>;
  backupStats(query: StatsQuery): Promise<BackupStats>;
  /** The vendor calls made so far. */
  calls(): readonly CallCount[];
  /** What the connections, reports and statistics read so far lack. */
  readonly lists: ListSummary;
}
