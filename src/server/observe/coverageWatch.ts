import { setImmediate, setTimeout as delay } from "node:timers/promises";
import type { Backup } from "../../domain/backup.js";
import {
  countsOf,
  type CoverageEntry,
  type CoverageState,
  type CoverageViolation,
  WORST_FIRST,
} from "../../domain/coverage.js";
import { EVERY_BACKUP, EVERY_INSTANCE } from "../../domain/filter.js";
import type { Instance } from "../../domain/instance.js";
import type { Principal } from "../../domain/principal.js";
import type { CallCount, OperationBounds, Reads } from "../../domain/reads.js";

/** The coverage of all accounts at one moment. */
export interface CoverageSnapshot {
  /** Epoch milliseconds. */
  readonly checkedAt: number;
  readonly providers: readonly ProviderCoverage[];
  /** At most `MOST_INSTANCES`, worst first. */
  readonly instances: readonly InstanceSnapshot[];
  /** Instances left out of `instances` because there are too many. */
  readonly omitted: number;
  /** The vendor calls that it took. */
  readonly calls: readonly CallCount[];
}

/** The coverage of one provider. */
export interface ProviderCoverage {
  /** Provider key. */
  readonly provider: string;
  /** A region whose instances cannot be listed counts as one unknown. */
  readonly counts: Readonly<Record<CoverageState, number>>;
  readonly complete: boolean;
}

/** What metrics show of one instance. */
export interface InstanceSnapshot {
  /** With the facts that are known. */
  readonly instance: Instance;
  readonly state: CoverageState;
  /** The name of its policy; null if it depends on tags that are unknown. */
  readonly policy: string | null;
  readonly violations: readonly CoverageViolation[];
  /** Null if it has no good backup; undefined if that is not known, and while its state is UNKNOWN. */
  readonly newest: Pick<Backup, "startedAt" | "sizeBytes"> | null | undefined;
  /** The number of good backups; null if it is not known exactly. */
  readonly goodBackups: number | null;
  /** When the newest failed backup started, in epoch milliseconds; null if none is known. */
  readonly lastFailureAt: number | null;
}

/** The maximum number of instances with metrics of their own. */
export const MOST_INSTANCES = 1_000;

/** After so many instances, other work of the process has its turn. */
const TURN = 20;

/** The reads that coverage is taken with. */
interface CoverageReads {
  /** Reads that may call vendors. */
  readonly calling: Reads;
  /** Makes reads that use only what is cached. */
  cached(): Reads;
  /** Whether tags are shown: of some vendors, they take a call for each instance. */
  readonly showsTags: boolean;
}

/**
 * Reads the coverage of every provider, by the policy of each instance.
 *
 * Cost: the vendor calls of `coverage`, and of tags if they are shown. What needs older backups is known
 * only if those are cached.
 */
export async function readCoverage({
  calling,
  cached,
  showsTags,
}: CoverageReads): Promise<CoverageSnapshot> {
  const reports = await Promise.all(
    calling.providers().map(async ({ key }) => {
      const report = await calling.coverage(null, { ...EVERY_INSTANCE, providers: [key] });
      return { key, report };
    }),
  );
  const entries = worstFirst(reports.flatMap(({ report }) => report.entries));
  const shown = entries.slice(0, MOST_INSTANCES);
  if (showsTags) await Promise.all(shown.map(({ instance }) => calling.facts(instance, ["tags"])));
  const cachedReads = cached();
  const instances: InstanceSnapshot[] = [];
  for (const entry of shown) {
    instances.push(await snapshotOf(cachedReads, entry));
    if (instances.length % TURN === 0) await setImmediate();
  }
  return {
    checkedAt: Math.min(...reports.map(({ report }) => report.checkedAt)),
    providers: reports.map(({ key, report }) => {
      return { provider: key, counts: countsOf(report), complete: report.complete };
    }),
    instances,
    omitted: entries.length - instances.length,
    calls: calling.calls(),
  };
}

/** First the instances that violate their policy, then the unknown ones, each oldest backup first. */
const worstFirst = (entries: readonly CoverageEntry[]): CoverageEntry[] =>
  [...entries].sort(
    (a, b) =>
      WORST_FIRST.indexOf(a.coverage.state) - WORST_FIRST.indexOf(b.coverage.state) ||
      startOf(a) - startOf(b),
  );

const startOf = ({ coverage }: CoverageEntry): number => coverage.lastSuccess?.startedAt ?? -1;

async function snapshotOf(
  reads: Reads,
  { instance: listed, coverage }: CoverageEntry,
): Promise<InstanceSnapshot> {
  const { state, violations, lastSuccess } = coverage;
  const facts = await reads.facts(listed, ["tags", "automaticBackups"]);
  const instance = { ...listed, ...facts };
  const known = { instance, state, policy: coverage.policy?.name ?? null, violations };
  const unknown = { newest: undefined, goodBackups: null, lastFailureAt: null };
  if (state === "UNKNOWN") return { ...known, ...unknown };
  const [newest, good, failed] = await Promise.all([
    lastSuccess ?? ifCached(reads.latestBackup(listed, "SUCCEEDED")),
    ifCached(goodBackupsOf(reads, listed)),
    ifCached(reads.latestBackup(listed, "FAILED")),
  ]);
  const lastFailureAt = failed?.startedAt ?? null;
  return { ...known, newest, goodBackups: good ?? null, lastFailureAt };
}

/** Undefined if the lists that it needs are not cached. */
const ifCached = <T>(read: Promise<T>): Promise<T | undefined> => read.catch(() => undefined);

async function goodBackupsOf(reads: Reads, instance: Instance): Promise<number | null> {
  const page = await reads.backups({
    parent: { type: "Instance", instance },
    page: { backwards: false, size: 0, after: null, before: null },
    filter: { ...EVERY_BACKUP, statuses: ["SUCCEEDED"] },
    order: "STARTED_AT_DESC",
    onSourceError: "PARTIAL",
  });
  return page.totalCount();
}

/** What coverage is watched with. Times are milliseconds. */
export interface CoverageWatchParts {
  /** Opens the reads of one job. Without vendor calls, they use only what is cached. */
  open(principal: Principal, bounds: OperationBounds): Reads;
  /** Epoch milliseconds. */
  now(): number;
  readonly showsTags: boolean;
  /** The time limit for reading the coverage. */
  readonly deadlineMs: number;
  /** The vendor calls that one reading may make. */
  readonly vendorCalls: number;
  /** How long a scrape waits for a read in progress; five seconds by default. */
  readonly patienceMs?: number;
  /** Aborts the read in progress, and prevents further ones. */
  readonly closing: AbortSignal;
  onRead(snapshot: CoverageSnapshot): void;
  onFailure(error: unknown): void;
}

/** The minimum time between the starts of two reads. */
const EVERY_MS = 300_000;
/** The pause after a read, in multiples of its duration: reads take at most a twentieth of the time. */
const REST = 19;
const PATIENCE_MS = 5_000;
/** The minimum time for reads that use only what is cached: they come after the calls of a slow vendor. */
const CACHED_MS = 1_000;

/** Scrapes have no caller: coverage is read under this name, with no scope. */
const WATCHER: Principal = { name: "metrics", scopes: new Set(), accounts: null };

/**
 * The coverage of all accounts, for metrics.
 *
 * If nothing scrapes, nothing is read. Otherwise coverage is read at most every five minutes and for at
 * most a twentieth of the time, however often metrics are scraped.
 */
export class CoverageWatch {
  private snapshot: CoverageSnapshot | null = null;
  private reading: Promise<void> | null = null;
  /** When the last reading began, and when the next may begin. */
  private begunAt = -Infinity;
  private nextAt = -Infinity;

  constructor(private readonly parts: CoverageWatchParts) {}

  /** The last snapshot; null before the first one. Waits a little for a read in progress. */
  async latest(): Promise<CoverageSnapshot | null> {
    const now = this.parts.now();
    // The clock may have been set back since.
    const isDue = now >= this.nextAt || now < this.begunAt;
    if (this.reading === null && isDue && !this.parts.closing.aborted)
      this.reading = this.read().finally(() => (this.reading = null));
    const { patienceMs = PATIENCE_MS } = this.parts;
    if (this.reading !== null)
      await Promise.race([this.reading, delay(patienceMs, undefined, { ref: false })]);
    return this.snapshot;
  }

  private async read(): Promise<void> {
    const { open, now, showsTags, deadlineMs, closing: signal, onRead, onFailure } = this.parts;
    const startedAt = (this.begunAt = now());
    const deadline = startedAt + deadlineMs;
    try {
      this.snapshot = await readCoverage({
        calling: open(WATCHER, { signal, deadline, vendorCalls: this.parts.vendorCalls }),
        cached: () =>
          open(WATCHER, {
            signal,
            deadline: Math.max(deadline, now() + CACHED_MS),
            vendorCalls: 0,
          }),
        showsTags,
      });
      onRead(this.snapshot);
    } catch (error) {
      onFailure(error);
    } finally {
      const endedAt = now();
      this.nextAt = Math.max(startedAt + EVERY_MS, endedAt + REST * (endedAt - startedAt));
    }
  }
}
