import type { Ask } from "./ask.js";
import { DAY_MS, dayIndexOf } from "./days.js";
import {
  BackupsByDayDocument,
  type BackupsByDayQuery,
  type BackupStatus,
} from "./generated/graphql.js";

type Stats = NonNullable<BackupsByDayQuery["backupStats"]>;

/** Backups of one day in one state. */
export interface DayFigure {
  readonly count: number;
  /** The sum of the sizes that are known. */
  readonly sizeBytes: number;
  readonly sizedCount: number;
}

/** The backups of one day, by state. */
export type DayFigures = Partial<Record<BackupStatus, DayFigure>>;

/** The backups of one provider in the last days. */
export interface DailyBackups {
  /** One for each day, oldest first. */
  readonly days: readonly DayFigures[];
  readonly isComplete: boolean;
  /** Whether the figures are being read again, because an operation's limits cut them short. */
  readonly isReading: boolean;
}

/** Which backups to count. */
export interface DaysQuestion {
  /** Provider key. */
  readonly provider: string;
  /** Midnights in UTC, oldest first, in epoch milliseconds. */
  readonly days: readonly number[];
  readonly signal: AbortSignal;
}

/** The number of answers in a row that count no more than one before, after which a count is stuck. */
const STUCK = 3;

/**
 * Reads the backups of each day of one provider, in one request. The request is repeated while the limits of
 * one operation or the vendor's quota cut it short, unless it is stuck: a long list that is read by several
 * operations counts only in the end.
 */
export async function* readDays(
  ask: Ask,
  { provider, days, signal }: DaysQuestion,
): AsyncGenerator<DailyBackups> {
  // A vendor's clock may be ahead, so the last day has no end on the vendor's side.
  const range = [days[0] ?? 0, (days.at(-1) ?? 0) + 2 * DAY_MS];
  const [since = "", until = ""] = range.map((instant) => new Date(instant).toISOString());
  for (let most = 0, stuck = 0; ;) {
    const variables = { since, until, providers: [provider] };
    const { backupStats } = await ask(BackupsByDayDocument, variables, signal);
    if (!backupStats) return;
    const figures = figuresOf(backupStats, days);
    const count = figures.flatMap((day) => Object.values(day)).reduce((n, one) => n + one.count, 0);
    stuck = count > most ? 0 : stuck + 1;
    most = Math.max(most, count);
    const isReading = backupStats.issues.some(isCut) && stuck < STUCK;
    yield { days: figures, isComplete: backupStats.complete, isReading };
    if (!isReading) return;
  }
}

const isCut = ({ code }: Stats["issues"][number]): boolean =>
  code === "CUT" || code === "THROTTLED";

function figuresOf({ buckets }: Stats, days: readonly number[]): DayFigures[] {
  const figures = days.map((): DayFigures => ({}));
  for (const { keys, count, sizeBytes, sizedCount } of buckets) {
    const [day, status] = keys.map(({ value }) => value ?? "");
    const own = figures[dayIndexOf(days, Date.parse(day ?? "")) ?? -1];
    if (own === undefined) continue;
    const before = own[status as BackupStatus] ?? { count: 0, sizeBytes: 0, sizedCount: 0 };
    own[status as BackupStatus] = {
      count: before.count + count,
      sizeBytes: before.sizeBytes + sizeBytes,
      sizedCount: before.sizedCount + sizedCount,
    };
  }
  return figures;
}
