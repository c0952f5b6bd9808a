import type { Backup, BackupDownload } from "../domain/backup.js";
import type { CoverageReport, CoverageState, InstanceCoverage } from "../domain/coverage.js";
import type { InstanceFilter } from "../domain/filter.js";
import { isSameInstance, type Instance } from "../domain/instance.js";
import type { Provider, ProviderCapabilities, ProviderHealth } from "../domain/provider.js";
import type {
  BackupQuery,
  CallCount,
  InstanceQuery,
  Parent,
  Reads,
  WantedInstance,
} from "../domain/reads.js";
import { readOf } from "../errors.js";
import { SOURCE_ISSUE_CODES, type BackupStatus, type SourceIssueCode } from "../domain/words.js";
import type { Connection, PageArgs } from "../domain/connection.js";
import { findDownloads, findInstance } from "./find.js";
import { findBackups } from "./findBackups.js";
import { listBackups } from "./backupList.js";
import { filterScope } from "./backupFilter.js";
import { coverageOf, judgeInstance, newestOf } from "./coverage/coverageReport.js";
import { pageOfReport } from "./coverage/coveragePages.js";
import { instanceScope } from "./instances/instanceFilter.js";
import { listInstances } from "./instances/instancePages.js";
import type { Reader } from "./readContext.js";
import type { Scope } from "./scope.js";

/** All that one operation reads, by the engine; what its caller may not see does not exist here. */
export class EngineReads implements Reads {
  constructor(private readonly reader: Reader) {}

  providers(): readonly Provider[] {
    return [...this.reader.providers.values()].map(({ provider }) => provider);
  }

  provider(key: string): Provider | null {
    return this.reader.providers.get(key)?.provider ?? null;
  }

  async regions({ key }: Provider): Promise<readonly string[]> {
    const regions = await readOf(key, this.runtime(key).regions(this.reader.operation));
    return regions.map(({ id }) => id);
  }

  capabilities({ key }: Provider): ProviderCapabilities {
    return this.runtime(key).capabilities;
  }

  health({ key }: Provider): ProviderHealth {
    const { account } = this.runtime(key);
    const health = this.reader.engine.ports.http.health(account.id);
    const { breaker, lastSuccessAt, callsLeft, isFailing } = health;
    const state =
      breaker === "open"
        ? "DOWN"
        : isFailing || breaker === "halfOpen"
          ? "DEGRADED"
          : lastSuccessAt === null
            ? "UNKNOWN"
            : "HEALTHY";
    return { state, lastSuccessAt, lastIssue: issueCode(health.lastFailure), callsLeft };
  }

  instances(query: InstanceQuery): Promise<Connection<Instance>> {
    const scope = narrowed(query.parent, instanceScope(query.filter));
    return listInstances(this.reader, { ...query, parent: parentName(query.parent), scope });
  }

  backups(query: BackupQuery): Promise<Connection<Backup>> {
    const scope = narrowed(query.parent, filterScope(query.filter));
    return listBackups(this.reader, { ...query, parent: parentName(query.parent), scope });
  }

  instancesByRef(refs: readonly WantedInstance[]): Promise<(Instance | null | Error)[]> {
    return settled(
      refs.map((ref) => readOf(ref.provider, findInstance(this.reader, ref, ref.next))),
    );
  }

  backupsById(ids: readonly string[]): Promise<(Backup | null | Error)[]> {
    return findBackups(this.reader, ids);
  }

  async latestBackup(instance: Instance, status: BackupStatus | null): Promise<Backup | null> {
    const page = await newestOf(this.reader, instance, {
      matches: (row) => status === null || row.status === status,
      end: null,
      limit: 1,
    });
    const failed = page.failures[0] ?? page.cuts[0];
    if (failed !== undefined) throw failed.error.of(instance.provider);
    return page.rows[0]?.row ?? null;
  }

  downloads(backup: Backup): Promise<readonly BackupDownload[]> {
    return readOf(backup.provider, findDownloads(this.reader, backup));
  }

  coverage(rpoMs: number, filter: InstanceFilter | null): Promise<CoverageReport> {
    return coverageOf(this.reader, rpoMs, filter);
  }

  async coverageInstances(
    report: CoverageReport,
    state: CoverageState | null,
    page: PageArgs,
  ): Promise<Connection<Instance>> {
    return pageOfReport(this.reader, report, state, page);
  }

  async instanceCoverage(instance: Instance, rpoMs: number): Promise<InstanceCoverage> {
    return (await judgeInstance(this.reader, instance, rpoMs)).coverage;
  }

  /** The vendor calls made so far. */
  calls(): readonly CallCount[] {
    return this.reader.operation.calls.list();
  }

  private runtime(key: string) {
    const runtime = this.reader.providers.get(key);
    if (runtime === undefined) throw new RangeError("No such provider.");
    return runtime;
  }
}

const settled = <T>(work: readonly Promise<T>[]): Promise<(T | Error)[]> =>
  Promise.all(work.map((one) => one.catch((error: Error) => error)));

/** What the parent object alone leaves of a filter's scope. */
function narrowed(parent: Parent, scope: Scope): Scope {
  if (parent.type === "Query") return scope;
  if (parent.type === "Provider")
    return { ...scope, providers: both(scope.providers, parent.provider) };
  const { instance } = parent;
  const isLeft = scope.instances?.some((one) => isSameInstance(one, instance)) ?? true;
  return { ...scope, instances: isLeft ? [instance] : [] };
}

const both = (values: readonly string[] | null, value: string): readonly string[] =>
  values === null || values.includes(value) ? [value] : [];

/** What cursors are bound to: the same object, however it was reached. */
const parentName = (parent: Parent): readonly string[] =>
  parent.type === "Query"
    ? ["Query"]
    : parent.type === "Provider"
      ? ["Provider", parent.provider]
      : ["Instance", parent.instance.id];

const issueCode = (kind: string | null): SourceIssueCode | null =>
  SOURCE_ISSUE_CODES.find((code) => code === kind) ?? null;
