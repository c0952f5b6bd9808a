import { nearestText, quoted } from "./nearest.js";

const DAY = 86_400_000;

/** Milliseconds by which the wall clock of a zone is ahead of UTC, at an instant. */
export type OffsetAt = (instant: number) => number;

/** The offsets of an IANA zone. Cost: tens of microseconds for the first call, then a few for each. */
export function offsetIn(timeZone: string): OffsetAt {
  const formatter = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  return (instant) => {
    const whole = Math.floor(instant / 1000) * 1000;
    const parts = new Map(formatter.formatToParts(whole).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    return (
      Date.UTC(
        part("year"),
        part("month") - 1,
        part("day"),
        part("hour"),
        part("minute"),
        part("second"),
      ) - whole
    );
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
export type CalendarSpan = "DAY" | "WEEK" | "MONTH";

/** An offset, and the instant of the same UTC day from which another one applies. */
interface DayOffset {
  readonly before: number;
  readonly changesAt: number;
  readonly after: number;
}

/**
 * Names the days, ISO weeks and months of a time zone: 2026-11-29, 2026-W48, 2026-11.
 *
 * Cost: the zone is asked twice for each day in UTC, however many instants of it are named.
 */
export class Calendar {
  private readonly offsets = new Map<number, DayOffset>();
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
    const utcDay = Math.floor(instant / DAY);
    let offset = this.offsets.get(utcDay);
    if (offset === undefined) this.offsets.set(utcDay, (offset = this.offsetOn(utcDay)));
    const shift = instant < offset.changesAt ? offset.before : offset.after;
    const day = Math.floor((instant + shift) / DAY);
    let name = this.names.get(day);
    if (name === undefined) this.names.set(day, (name = NAMES[this.span](day)));
    return name;
  }

  private offsetOn(utcDay: number): DayOffset {
    const { offsetAt } = this;
    const before = offsetAt(utcDay * DAY);
    const after = offsetAt((utcDay + 1) * DAY);
    let low = utcDay * DAY;
    let high = (utcDay + 1) * DAY;
    while (before !== after && high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle) === before) low = middle;
      else high = middle;
    }
    return { before, changesAt: high, after };
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
