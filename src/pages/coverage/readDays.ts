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
  /** Whether the figures are being read, because an operation's limits cut them short. */
  readonly isReading: boolean;
  /** Whether nothing but the gateway's limits kept the count from being complete. */
  readonly isCut: boolean;
}

/** Which backups to count. */
export interface DaysQuestion {
  /** Provider key. */
  readonly provider: string;
  /** Midnights in UTC, oldest first, in epoch milliseconds. */
  readonly days: readonly number[];
  readonly signal: AbortSignal;
}

/** Days that are counted in one request: from an index up to another one, which is not among them. */
type Period = readonly [from: number, to: number];

/** The number of answers in a row that count no more than one before, after which a count is stuck. */
const STUCK = 3;

/**
 * Reads the backups of each day of one provider, in one request if the gateway's limits allow it. A request is
 * repeated while the limits of one operation or the vendor's quota cut it short. If it is stuck, or one list
 * has too many backups, shorter periods are counted, newest first.
 */
export async function* readDays(ask: Ask, question: DaysQuestion): AsyncGenerator<DailyBackups> {
  const counted = question.days.map((): DayFigures => ({}));
  const missing = new Set<string>();
  const periods: Period[] = [[0, counted.length]];
  let helpsToDivide = true;
  for (let period = periods.pop(); period !== undefined; period = periods.pop()) {
    const [from, to] = period;
    const patience: number = helpsToDivide ? STUCK : 1;
    for await (const { stats, isReading } of answersFor(ask, question, { period, patience })) {
      const isTooLong = stats.issues.some((issue) => isOverLimit(issue, isReading));
      // What exceeds the limits in a single day may do so in any period.
      helpsToDivide &&= !isTooLong || to - from > 1;
      if (isTooLong && helpsToDivide) {
        periods.push(...halvesOf(period));
        break;
      }
      counted.splice(from, to - from, ...figuresOf(stats, question.days).slice(from, to));
      if (!isReading) codesOf(stats).forEach((code) => missing.add(code));
      const isLast = periods.length === 0;
      yield {
        days: [...counted],
        isComplete: isLast && stats.complete && missing.size === 0,
        isReading: isReading || !isLast,
        isCut: missing.size > 0 && [...missing].every((code) => LIMITS.includes(code)),
      };
    }
  }
}

/** Whether a shorter period may be counted completely. */
const isOverLimit = ({ code }: Stats["issues"][number], isReading: boolean): boolean =>
  code === "SCAN_LIMIT" || (code === "CUT" && !isReading);

function halvesOf([from, to]: Period): readonly Period[] {
  const middle = Math.ceil((from + to) / 2);
  return [
    [from, middle],
    [middle, to],
  ];
}

/** The answers for one period, until nothing is cut any more or the count is stuck. */
async function* answersFor(
  ask: Ask,
  { provider, days, signal }: DaysQuestion,
  { period: [from, to], patience }: { readonly period: Period; readonly patience: number },
): AsyncGenerator<{ readonly stats: Stats; readonly isReading: boolean }> {
  // A vendor's clock may be ahead, so the last day has no end on the vendor's side.
  const range = [days[from] ?? 0, days[to] ?? (days.at(-1) ?? 0) + 2 * DAY_MS];
  const [since = "", until = ""] = range.map((instant) => new Date(instant).toISOString());
  for (let most = 0, stuck = 0; ;) {
    const variables = { since, until, providers: [provider] };
    const { backupStats: stats } = await ask(BackupsByDayDocument, variables, signal);
    if (!stats) return;
    const count = stats.buckets.reduce((sum, bucket) => sum + bucket.count, 0);
    stuck = count > most ? 0 : stuck + 1;
    most = Math.max(most, count);
    const isReading = stats.issues.some(isCut) && stuck < patience;
    yield { stats, isReading };
    if (!isReading) return;
  }
}

/** The codes of what is missing; an answer may also be incomplete without an issue. */
const codesOf = ({ complete, issues }: Stats): readonly string[] =>
  complete ? [] : issues.length === 0 ? ["UNKNOWN"] : issues.map(({ code }) => code);

/** The codes of issues for which the gateway's own limits are the reason. */
const LIMITS: readonly string[] = ["CUT", "SCAN_LIMIT"];

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
