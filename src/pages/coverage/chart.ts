import { wordsOfCounts, type DayCounts } from "./days.js";
import type { BackupStatus } from "./generated/graphql.js";
import type { DayFigure, DayFigures } from "./readDays.js";
import type { Reading } from "./reading.js";
import { counted, dayText, sizeText } from "./texts.js";

/** What the bars of the chart show. */
export type Measure = "count" | "sizeBytes";

/** The states in the order of a bar's parts, from the bottom. */
export const STACK: readonly BackupStatus[] = [
  "SUCCEEDED",
  "RUNNING",
  "LOCKED",
  "UNKNOWN",
  "FAILED",
  "EXPIRED",
  "DELETED",
];

/** A part of a bar. Units: pixels. */
export interface Part {
  readonly status: BackupStatus;
  readonly top: number;
  readonly height: number;
}

/** A part that is there is never thinner than this. Units: pixels. */
const THINNEST = 2;

/** The parts of a bar that stands on `bottom`, where `top` is the place of the scale's largest value. */
export function partsOf(
  figures: DayFigures,
  measure: Measure,
  { top, bottom, most }: { readonly top: number; readonly bottom: number; readonly most: number },
): readonly Part[] {
  const parts: Part[] = [];
  let stands = bottom;
  for (const status of STACK) {
    const value = figures[status]?.[measure] ?? 0;
    if (value === 0) continue;
    const height = Math.max(THINNEST, ((bottom - top) * value) / most);
    stands -= height;
    parts.push({ status, top: stands, height });
  }
  return parts;
}

/** The states that occur in the days, in the order of bars. */
export const statusesIn = (days: readonly DayFigures[]): readonly BackupStatus[] =>
  STACK.filter((status) => days.some((day) => day[status] !== undefined));

/** The sum of a day, or of one state in all days. */
export function sumOf(figures: readonly (DayFigure | undefined)[]): DayFigure {
  const sum = { count: 0, sizeBytes: 0, sizedCount: 0 };
  for (const figure of figures) {
    sum.count += figure?.count ?? 0;
    sum.sizeBytes += figure?.sizeBytes ?? 0;
    sum.sizedCount += figure?.sizedCount ?? 0;
  }
  return sum;
}

/** The backups of all providers in the last days, and what is missing from them. */
export interface EstateDays {
  /** One for each day, oldest first. */
  readonly days: readonly DayFigures[];
  /** Whether some provider's backups are still being counted. */
  readonly isReading: boolean;
  /** The keys of providers from which backups are missing. */
  readonly missing: readonly string[];
  /** Those of them whose count only the gateway's limits ended. */
  readonly cut: readonly string[];
}

/** Adds up the counts of all providers, or null before the first. */
export function daysOf(readings: readonly Reading[], days: readonly number[]): EstateDays | null {
  const dailies = readings.flatMap(({ daily }) => daily ?? []);
  if (dailies.length === 0) return null;
  const figuresOf = (index: number): DayFigures => {
    const figures: DayFigures = {};
    for (const status of STACK) {
      const own = dailies.flatMap((daily) => daily.days[index]?.[status] ?? []);
      if (own.length > 0) figures[status] = sumOf(own);
    }
    return figures;
  };
  const isReading = readings.some(({ daily }) => daily === null || daily.isReading);
  const missing = readings.filter(({ daily }) => daily?.isComplete !== true);
  return {
    days: days.map((_, index) => figuresOf(index)),
    isReading,
    missing: keysOf(missing),
    cut: keysOf(missing.filter(({ daily }) => daily?.isCut)),
  };
}

const keysOf = (readings: readonly Reading[]): readonly string[] =>
  readings.map(({ provider }) => provider.key);

const COUNTING = "Counting…";

/** What the chart shows, in words. */
export function summaryOf(daily: EstateDays | null): string {
  if (daily === null) return COUNTING;
  const { count, sizeBytes, sizedCount } = sumOf(daily.days.flatMap((day) => Object.values(day)));
  const size = count > 0 && sizedCount === 0 ? "" : `, ${sizeText(sizeBytes)}`;
  const unsized = (count - sizedCount).toLocaleString("en");
  const unknown = count > sizedCount ? ` (${unsized} of unknown size)` : "";
  const figures = `${counted(count, "backup")} of all accounts${size}${unknown} in ${counted(daily.days.length, "day")}`;
  if (daily.missing.length === 0) return figures;
  if (daily.isReading) return count === 0 ? COUNTING : `At least ${figures}, counting on…`;
  const { cut } = daily;
  const unread = daily.missing.filter((key) => !cut.includes(key));
  const without = unread.length > 0 ? ` without what cannot be read of ${named(unread)}` : "";
  const limited = cut.length > 0 ? `. The gateway's limits end the count of ${named(cut)}` : "";
  return `Incomplete: ${figures}${without}${limited}`;
}

/** How many of the providers from which backups are missing are named. */
const NAMED = 3;

function named(keys: readonly string[]): string {
  const rest = keys.length - NAMED;
  return keys.slice(0, NAMED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** The values at the lines of a scale from 0 to a round number that is not below `value`. */
export function scaleTo(value: number, measure: Measure): readonly number[] {
  const unit = measure === "count" ? 1 : 1024 ** Math.floor(Math.log2(Math.max(1, value)) / 10);
  const amount = Math.max(1, value / unit);
  // Half a backup, or half a byte, is no value for a line.
  for (let power = unit === 1 ? 1 : 0.1; ; power *= 10)
    for (const step of [power, 2 * power, 5 * power]) {
      const lines = Math.ceil(amount / step);
      if (lines <= MOST_LINES)
        return Array.from({ length: lines + 1 }, (_, index) => index * step * unit);
    }
}

/** Lines of a scale above zero. */
const MOST_LINES = 4;

/** A value of the scale as text. */
export const valueText = (value: number, measure: Measure): string =>
  measure === "count" ? value.toLocaleString("en") : sizeText(value);

/** One day as text, such as `9 Jun: 12 good, 1 failed · 3.4 GiB`. */
export function dayFiguresText(day: number, figures: DayFigures, isToday: boolean): string {
  const counts: DayCounts = Object.fromEntries(
    Object.entries(figures).map(([status, { count }]) => [status, count]),
  );
  const { count, sizeBytes, sizedCount } = sumOf(Object.values(figures));
  const sizes = [
    ...(sizedCount === 0 ? [] : [sizeText(sizeBytes)]),
    ...(count > sizedCount ? [`${count - sizedCount} of unknown size`] : []),
  ];
  const size = count === 0 ? "" : ` · ${sizes.join(", ")}`;
  const words = wordsOfCounts(counts) || "no backups";
  return `${dayText(day)}${isToday ? " (today so far)" : ""}: ${words}${size}`;
}
