import type { Backup, BackupDownload } from "../domain/backup.js";
import type { CoverageReport, CoverageState, InstanceCoverage } from "../domain/coverage.js";
import type { InstanceFilter } from "../domain/filter.js";
import type { Instance } from "../domain/instance.js";
import type { Provider, ProviderCapabilities, ProviderHealth } from "../domain/provider.js";
import type { BackupStatus } from "../domain/words.js";
import type { Connection, PageArgs } from "../domain/connection.js";
import type {
  BackupQuery,
  CallCount,
  InstanceQuery,
  Reads,
  WantedInstance,
} from "../domain/reads.js";

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

  backupsById(ids: readonly string[]): Promise<readonly (Backup | null | Error)[]> {
    return this.reads.backupsById(ids);
  }

  latestBackup(instance: Instance, status: BackupStatus | null): Promise<Backup | null> {
    return this.reads.latestBackup(instance, status);
  }

  downloads(backup: Backup): Promise<readonly BackupDownload[]> {
    return this.reads.downloads(backup);
  }

  coverage(rpoMs: number, filter: InstanceFilter | null): Promise<CoverageReport> {
    return this.reads.coverage(rpoMs, filter);
  }

  coverageInstances(
    report: CoverageReport,
    state: CoverageState | null,
    page: PageArgs,
  ): Promise<Connection<Instance>> {
    return this.reads.coverageInstances(report, state, page);
  }

  instanceCoverage(instance: Instance, rpoMs: number): Promise<InstanceCoverage> {
    return this.reads.instanceCoverage(instance, rpoMs);
  }

  calls(): readonly CallCount[] {
    return this.reads.calls();
  }
}
