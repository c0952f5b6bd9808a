import { setTimeout as delay } from "node:timers/promises";
import { COVERAGE_STATES, type CoverageReport, type CoverageState } from "../../domain/coverage.js";
import type { InstanceFilter } from "../../domain/filter.js";
import type { Instance } from "../../domain/instance.js";
import type { Principal } from "../../domain/principal.js";
import type { CallCount, Reads } from "../../domain/reads.js";

/** The coverage of all accounts at one moment. */
export interface CoverageSnapshot {
  /** Epoch milliseconds. */
  readonly checkedAt: number;
  readonly providers: readonly ProviderCoverage[];
  /** At most `MAX_AGES` instances: first those without a good backup in time, then by age. */
  readonly newest: readonly NewestBackup[];
  /** Instances left out of `newest` because there are too many. */
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

/** When the newest good backup of an instance started. */
export interface NewestBackup {
  readonly instance: Instance;
  /** Epoch milliseconds; null if the instance has no good backup. */
  readonly startedAt: number | null;
}

/** The recovery point objective (RPO) of the gauges: a day, in milliseconds. */
export const RPO_MS = 86_400_000;

/** The maximum number of instances with an age. */
export const MAX_AGES = 1_000;

/** The reads that coverage is taken with. */
export interface CoverageReads {
  /** Reads that may call vendors. */
  readonly calling: Reads;
  /** Makes reads that use only what is cached. */
  cached(): Reads;
}

type Entry = CoverageReport["entries"][number];

/**
 * Reads the coverage of every provider.
 *
 * Cost: the vendor calls of `coverage` and no others. The age of a backup older than the RPO is known
 * only if that backup is cached.
 */
export async function readCoverage({ calling, cached }: CoverageReads): Promise<CoverageSnapshot> {
  const reports = await Promise.all(
    calling.providers().map(async ({ key }) => {
      const report = await calling.coverage(RPO_MS, { ...EVERY_INSTANCE, providers: [key] });
      return { key, report };
    }),
  );
  const entries = worstFirst(reports.flatMap(({ report }) => report.entries));
  const shown = entries.slice(0, MAX_AGES);
  const cachedReads = cached();
  const newest = await Promise.all(shown.map((entry) => newestOf(cachedReads, entry)));
  return {
    checkedAt: Math.min(...reports.map(({ report }) => report.checkedAt)),
    providers: reports.map(({ key, report }) => coverageOf(key, report)),
    newest: newest.filter((one) => one !== null),
    omitted: entries.length - shown.length,
    calls: calling.calls(),
  };
}

const EVERY_INSTANCE: InstanceFilter = {
  vendors: null,
  providers: null,
  regions: null,
  nativeIds: null,
  statuses: null,
  nameContains: null,
};

function coverageOf(provider: string, report: CoverageReport): ProviderCoverage {
  const count = (state: CoverageState): number =>
    report.entries.filter(({ coverage }) => coverage.state === state).length;
  const counts = Object.fromEntries(COVERAGE_STATES.map((state) => [state, count(state)]));
  const { PROTECTED = 0, VIOLATING = 0, UNKNOWN = 0 } = counts;
  return {
    provider,
    counts: { PROTECTED, VIOLATING, UNKNOWN: UNKNOWN + report.unknownRegions },
    complete: report.complete,
  };
}

/** First the instances without a good backup within the RPO, then the others, oldest backup first. */
const worstFirst = (entries: readonly Entry[]): Entry[] =>
  [...entries].sort((a, b) => startOf(a) - startOf(b));

const startOf = ({ coverage }: Entry): number => coverage.lastSuccess?.startedAt ?? -1;

async function newestOf(reads: Reads, { instance, coverage }: Entry): Promise<NewestBackup | null> {
  if (coverage.lastSuccess !== null) return { instance, startedAt: coverage.lastSuccess.startedAt };
  try {
    const newest = await reads.latestBackup(instance, "SUCCEEDED");
    return { instance, startedAt: newest?.startedAt ?? null };
  } catch {
    // The list is not cached. A violation is certain all the same; for other states, nothing is known.
    return coverage.state === "VIOLATING" ? { instance, startedAt: null } : null;
  }
}

/** Opens the reads of one job. Without vendor calls, they use only what is cached. */
export type OpenReads = (
  principal: Principal,
  bounds: {
    readonly signal: AbortSignal;
    /** Epoch milliseconds. */
    readonly deadlineAt: number;
    readonly mayAsk: boolean;
  },
) => Reads;

/** What coverage is watched with. Times are milliseconds. */
export interface CoverageWatchParts {
  open: OpenReads;
  /** Epoch milliseconds. */
  now(): number;
  /** The time limit for reading the coverage. */
  readonly deadlineMs: number;
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
/** The time limit for reads that use only what is cached, also if replicas share the cache. */
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
  private nextAt = -Infinity;

  constructor(private readonly parts: CoverageWatchParts) {}

  /** The last snapshot; null before the first one. Waits a little for a read in progress. */
  async latest(): Promise<CoverageSnapshot | null> {
    if (this.reading === null && this.parts.now() >= this.nextAt && !this.parts.closing.aborted)
      this.reading = this.read().finally(() => (this.reading = null));
    if (this.reading !== null) await waitAtMost(this.parts.patienceMs ?? PATIENCE_MS, this.reading);
    return this.snapshot;
  }

  private async read(): Promise<void> {
    const { open, now, deadlineMs, closing, onRead, onFailure } = this.parts;
    const startedAt = now();
    const reads = (deadlineAt: number, mayAsk: boolean): Reads =>
      open(WATCHER, { signal: closing, deadlineAt, mayAsk });
    try {
      this.snapshot = await readCoverage({
        calling: reads(startedAt + deadlineMs, true),
        cached: () => reads(now() + CACHED_MS, false),
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

async function waitAtMost(ms: number, work: Promise<void>): Promise<void> {
  const done = new AbortController();
  const timeout = delay(ms, undefined, { signal: done.signal }).catch(() => undefined);
  await Promise.race([work, timeout]);
  done.abort();
}
