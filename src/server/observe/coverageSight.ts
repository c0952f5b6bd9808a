import { COVERAGE_STATES, type CoverageReport, type CoverageState } from "../../domain/coverage.js";
import type { InstanceFilter } from "../../domain/filter.js";
import type { Instance } from "../../domain/instance.js";
import type { CallCount, Reads } from "../../domain/reads.js";

/** The coverage of the estate at one moment, as metrics show it. */
export interface CoverageSight {
  /** Epoch milliseconds. */
  readonly checkedAt: number;
  readonly providers: readonly ProviderSight[];
  /** Of at most `MAX_AGES` instances: those without a good backup in time first, then the oldest. */
  readonly newest: readonly NewestBackup[];
  /** Instances that were not looked at for `newest` because there are too many. */
  readonly omitted: number;
  /** What it cost. */
  readonly calls: readonly CallCount[];
}

/** The coverage of one provider. */
export interface ProviderSight {
  /** Provider key. */
  readonly provider: string;
  /** A region whose instances cannot be listed counts one unknown. */
  readonly counts: Readonly<Record<CoverageState, number>>;
  readonly complete: boolean;
}

/** When the newest good backup of an instance was started. */
export interface NewestBackup {
  readonly instance: Instance;
  /** Epoch milliseconds; null where none is known though the vendor answered. */
  readonly startedAt: number | null;
}

/** The recovery point objective of the gauges, in milliseconds: a day. */
export const RPO_MS = 86_400_000;

/** Instances with a series of their own. */
export const MAX_AGES = 1_000;

type Entry = CoverageReport["entries"][number];

/** How the estate is looked at. */
export interface Glasses {
  /** Reads that may ask vendors. */
  readonly asking: Reads;
  /** Makes reads that answer from what was read before, and ask no vendor. */
  remembering(): Reads;
}

/**
 * Looks at the coverage of every provider.
 *
 * Cost: the vendor calls of `coverage`, and no other: the age of a backup behind the objective is told
 * only where it is among what was read.
 */
export async function lookAtCoverage({ asking, remembering }: Glasses): Promise<CoverageSight> {
  const reports = await Promise.all(
    asking.providers().map(async ({ key }) => {
      const report = await asking.coverage(RPO_MS, { ...EVERY_INSTANCE, providers: [key] });
      return { key, report };
    }),
  );
  const entries = worstFirst(reports.flatMap(({ report }) => report.entries));
  const shown = entries.slice(0, MAX_AGES);
  const memory = remembering();
  const newest = await Promise.all(shown.map((entry) => newestOf(memory, entry)));
  return {
    checkedAt: Math.min(...reports.map(({ report }) => report.checkedAt)),
    providers: reports.map(({ key, report }) => providerSight(key, report)),
    newest: newest.filter((one) => one !== null),
    omitted: entries.length - shown.length,
    calls: asking.calls(),
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

function providerSight(provider: string, report: CoverageReport): ProviderSight {
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

/** Instances without a good backup inside the objective, then the others by its age, oldest first. */
const worstFirst = (entries: readonly Entry[]): Entry[] =>
  [...entries].sort((a, b) => startOf(a) - startOf(b));

const startOf = ({ coverage }: Entry): number => coverage.lastSuccess?.startedAt ?? -1;

async function newestOf(reads: Reads, { instance, coverage }: Entry): Promise<NewestBackup | null> {
  if (coverage.lastSuccess !== null) return { instance, startedAt: coverage.lastSuccess.startedAt };
  try {
    const newest = await reads.latestBackup(instance, "SUCCEEDED");
    return { instance, startedAt: newest?.startedAt ?? null };
  } catch {
    // Not among what was read. A violation is certain all the same; of the others nothing is known.
    return coverage.state === "VIOLATING" ? { instance, startedAt: null } : null;
  }
}
