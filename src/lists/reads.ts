import type { Backup, BackupDownload } from "../domain/backup.js";
import type { Connection, WantedPage } from "../domain/connection.js";
import type { CoverageReport, InstanceCoverage, ReportSelection } from "../domain/coverage.js";
import type { InstanceFilter } from "../domain/filter.js";
import type { Fact, Instance, InstanceFacts } from "../domain/instance.js";
import { type BackupPolicy, canApply } from "../domain/policy.js";
import type { Provider, ProviderCapabilities, ProviderHealth } from "../domain/provider.js";
import type {
  BackupQuery,
  CallCount,
  InstanceQuery,
  ListSummary,
  Reads,
  WantedInstance,
} from "../domain/reads.js";
import type { BackupStats, StatsQuery } from "../domain/stats.js";
import { SOURCE_ISSUE_CODES, type BackupStatus } from "../domain/words.js";
import { readOf } from "../errors.js";
import { Turns } from "../listing/operation.js";
import { listBackups } from "./backups.js";
import { coverageOf, judgeInstance } from "./coverage.js";
import { pageOfReport } from "./coveragePage.js";
import { backupScope, instanceScope, parentBinding, within } from "./filters.js";
import { findDownloads, newestOf } from "./find.js";
import { findBackups } from "./findBackups.js";
import { listInstances } from "./instances.js";
import { findInstance, missingFrom } from "./places.js";
import type { ReadContext } from "./readContext.js";
import { policyFor } from "./selection.js";
import { statsOf } from "./stats.js";

/** Sums up the lists of one operation. */
export class SummarizedLists implements ListSummary {
  complete = true;
  issues = 0;
  readonly late = new Map<string, number>();

  /** `edges` are backups that the operation shows. */
  add(
    { complete, issues }: Pick<Connection<unknown>, "complete" | "issues">,
    edges: Connection<Backup>["edges"] = [],
  ): void {
    if (!complete) this.complete = false;
    this.issues += issues.length;
    for (const { late, node } of edges)
      if (late) this.late.set(node.provider, (this.late.get(node.provider) ?? 0) + 1);
  }
}

/** Lists, reports and statistics of an operation that begin in one turn of the event loop. */
const AT_ONCE = 2;

/** Everything that one operation reads. What its caller may not see does not exist here. */
export class EngineReads implements Reads {
  readonly lists = new SummarizedLists();
  private readonly turns = new Turns(AT_ONCE);

  constructor(private readonly context: ReadContext) {}

  providers(): readonly Provider[] {
    return [...this.context.providers.values()].map(({ provider }) => provider);
  }

  provider(key: string): Provider | null {
    return this.context.providers.get(key)?.provider ?? null;
  }

  async regions({ key }: Provider): Promise<readonly string[]> {
    const { context } = this;
    const reading = this.runtime(key).regions(context.operation);
    const regions = await readOf(key, context.during(reading));
    return regions.map(({ id }) => id);
  }

  async capabilities({ key }: Provider): Promise<ProviderCapabilities> {
    await this.context.settled();
    return this.runtime(key).capabilities;
  }

  async health({ key }: Provider): Promise<ProviderHealth> {
    await this.context.settled();
    const { account } = this.runtime(key);
    const health = this.context.parts.engine.ports.http.health(account.id);
    const { breaker, lastSuccessAt, lastFailure, callsLeft, isFailing } = health;
    const state =
      breaker === "open"
        ? "DOWN"
        : isFailing || breaker === "halfOpen"
          ? "DEGRADED"
          : lastSuccessAt === null
            ? "UNKNOWN"
            : "HEALTHY";
    const lastIssue = SOURCE_ISSUE_CODES.find((code) => code === lastFailure) ?? null;
    return { state, lastSuccessAt, lastIssue, callsLeft };
  }

  async instances(query: InstanceQuery): Promise<Connection<Instance>> {
    const { parent, filter } = query;
    const scope = within(parent, instanceScope(filter));
    const list = { scope, ...query, parent: parentBinding(parent) };
    const connection = await this.context.during(listInstances(this.context, list));
    this.lists.add(connection);
    return connection;
  }

  async backups(query: BackupQuery): Promise<Connection<Backup>> {
    const { parent, page, filter, order, onSourceError, lookAhead = true } = query;
    const scope = within(parent, backupScope(filter));
    const binding = parentBinding(parent);
    // Written out, because it is done for every nested list: a spread copies slowly.
    const list = { parent: binding, scope, page, filter, order, onSourceError, lookAhead };
    const read = () => listBackups(this.context, list);
    // The nested lists of a page begin together, because they are requested together.
    const reading = parent.type === "Query" ? this.turns.begin(read) : read();
    const connection = await this.context.during(reading);
    this.lists.add(connection, connection.edges);
    return connection;
  }

  instancesByRef(refs: readonly WantedInstance[]): Promise<(Instance | null | Error)[]> {
    const found = refs.map((ref) =>
      readOf(ref.provider, findInstance(this.context, ref, ref.next)).catch(
        (error: Error) => error,
      ),
    );
    return this.context.during(Promise.all(found));
  }

  async facts(instance: Instance, wanted: readonly Fact[]): Promise<InstanceFacts> {
    const { context } = this;
    return (await context.during(context.facts.read(instance, wanted))).facts;
  }

  backupsById(ids: readonly string[]): Promise<(Backup | null | Error)[]> {
    return this.context.during(findBackups(this.context, ids));
  }

  async latestBackup(instance: Instance, status: BackupStatus | null): Promise<Backup | null> {
    const matches = (row: Backup): boolean => status === null || row.status === status;
    const page = await this.context.during(newestOf(this.context, instance, { matches }));
    const failed = page.failures[0] ?? page.cuts[0];
    if (failed !== undefined) throw failed.error.of(instance.provider);
    const [newest] = page.rows;
    if (newest !== undefined) return newest.row;
    const missing = missingFrom({
      stale: page.stales[0]?.slice.stale ?? null,
      notices: page.notices.map(({ notice }) => notice),
    });
    if (missing !== null) throw missing.of(instance.provider);
    return null;
  }

  downloads(backup: Backup): Promise<readonly BackupDownload[]> {
    return readOf(backup.provider, this.context.during(findDownloads(this.context, backup)));
  }

  async coverage(rpoMs: number | null, filter: InstanceFilter): Promise<CoverageReport> {
    const report = await this.context.during(
      this.turns.begin(() => coverageOf(this.context, rpoMs, filter)),
    );
    this.lists.add(report);
    return report;
  }

  async coverageInstances(
    report: CoverageReport,
    selection: ReportSelection,
    page: WantedPage,
  ): Promise<Connection<Instance>> {
    return this.context.during(pageOfReport(this.context, report, selection, page));
  }

  async instanceCoverage(instance: Instance, rpoMs: number | null): Promise<InstanceCoverage> {
    const { context } = this;
    return (await context.during(judgeInstance(context, instance, rpoMs))).coverage;
  }

  policies(): readonly BackupPolicy[] {
    const visible = this.providers();
    return this.context.parts.policies.filter(
      (policy) =>
        policy.match === null ||
        visible.some((one) => canApply(policy, one, this.runtime(one.key).knownRegions)),
    );
  }

  async policy(instance: Instance): Promise<BackupPolicy | null> {
    const { context } = this;
    return (await context.during(policyFor(context, instance))).policy;
  }

  async backupStats(query: StatsQuery): Promise<BackupStats> {
    const stats = await this.context.during(this.turns.begin(() => statsOf(this.context, query)));
    this.lists.add(stats);
    return stats;
  }

  calls(): readonly CallCount[] {
    return this.context.operation.calls.list();
  }

  private runtime(key: string) {
    const runtime = this.context.providers.get(key);
    if (runtime === undefined) throw new RangeError("No such provider.");
    return runtime;
  }
}
