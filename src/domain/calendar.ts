import { getOrMake } from "./maps.js";
import { nearestText, quoted } from "./nearest.js";

const DAY = 86_400_000;

/** Milliseconds by which the wall clock of a zone is ahead of UTC, at an instant. */
export type OffsetAt = (instant: number) => number;

/** The offset at the end of a date, such as GMT+08:00, or GMT-00:25:21 before there were zones; GMT is none. */
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** The offsets of an IANA zone. Cost: tens of microseconds for the first call, then a few for each. */
export function offsetIn(timeZone: string): OffsetAt {
  const formatter = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  return (instant) => {
    const [, sign = "+", hours = 0, minutes = 0, seconds = 0] =
      OFFSET.exec(formatter.format(instant)) ?? [];
    const total = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
    return (sign === "-" ? -total : total) * 1_000;
  };
}

/** The name of an IANA zone as the system writes it, or null if there is no such zone. */
export function zoneNamed(text: string): string | null {
  // Newer versions of Node also take offsets such as +08:00, which are no zones.
  if (!/^[a-z]/i.test(text)) return null;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** Says that there is no such zone, and which are near. */
export const noZoneText = (text: string): string =>
  `there is no time zone ${quoted(text)}. ` +
  nearestText(text, ["UTC", ...Intl.supportedValuesOf("timeZone")]);

/** The spans of time that a calendar names. */
type CalendarSpan = "DAY" | "WEEK" | "MONTH";

/**
 * Names the days, ISO weeks and months of a time zone: 2026-11-29, 2026-W48, 2026-11.
 *
 * Cost: the zone is asked twice for each day in UTC, and for each instant of a day in which its clocks change.
 */
export class Calendar {
  /** By UTC day; null if the offset changes in it. */
  private readonly offsets = new Map<number, number | null>();
  private readonly names = new Map<number, string>();
  private readonly offsetAt: OffsetAt;

  constructor(
    timeZone: string,
    private readonly span: CalendarSpan,
  ) {
    this.offsetAt = timeZone === "UTC" ? () => 0 : offsetIn(timeZone);
  }

  /** The name of the span that holds an instant in epoch milliseconds. */
  nameAt(instant: number): string {
    const { offsets, names, offsetAt } = this;
    const utcDay = Math.floor(instant / DAY);
    const offset = getOrMake(offsets, utcDay, () => {
      const first = offsetAt(utcDay * DAY);
      return first === offsetAt((utcDay + 1) * DAY) ? first : null;
    });
    const day = Math.floor((instant + (offset ?? offsetAt(instant))) / DAY);
    return getOrMake(names, day, () => NAMES[this.span](day));
  }
}

const dayName = (day: number): string => new Date(day * DAY).toISOString().split("T")[0] ?? "";

/** By ISO 8601, a week belongs to the year of its Thursday. Day 0 of the epoch was a Thursday. */
function weekName(day: number): string {
  const monday = day - ((((day + 3) % 7) + 7) % 7);
  const year = new Date((monday + 3) * DAY).getUTCFullYear();
  const week = Math.floor((monday + 3 - Date.UTC(year, 0, 1) / DAY) / 7) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}

const NAMES: Readonly<Record<CalendarSpan, (day: number) => string>> = {
  DAY: dayName,
  WEEK: weekName,
  MONTH: (day) => dayName(day).slice(0, -3),
};
