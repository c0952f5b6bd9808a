const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** The longest duration in whole days whose milliseconds a number holds exactly. */
export const LONGEST_DURATION = `P${Math.floor(Number.MAX_SAFE_INTEGER / DAY)}D`;

const PART = (unit: string): string => String.raw`(?:(\d+(?:[.,]\d+)?)${unit})?`;
const FIXED_LENGTH = new RegExp(
  `^P(?=\\d|T)${PART("W")}${PART("D")}(?:T(?=\\d)${PART("H")}${PART("M")}${PART("S")})?$`,
);

/** Longer texts are no duration. One argument of 200,000 zeros kept a report over 200 instances busy for a second. */
const LONGEST_TEXT = 100;

/**
 * The milliseconds of an ISO 8601 duration, or null for any other text.
 *
 * It refuses years and months, because their length varies, and signs.
 */
export function durationToMs(text: string): number | null {
  const parts = text.length > LONGEST_TEXT ? undefined : FIXED_LENGTH.exec(text)?.slice(1);
  if (parts === undefined) return null;
  const units = [WEEK, DAY, HOUR, MINUTE, SECOND];
  const total = parts.reduce((sum, part, i) => {
    const count = Number((part as string | undefined)?.replace(",", ".") ?? 0);
    return sum + count * (units[i] ?? 0);
  }, 0);
  const ms = Math.round(total);
  return Number.isSafeInteger(ms) ? ms : null;
}

/** The ISO 8601 text of a duration in milliseconds, in days, hours, minutes and seconds. */
export function durationOf(ms: number): string {
  if (ms < 0) return `-${durationOf(-ms)}`;
  const time = [
    partOf((ms % DAY) / HOUR, "H"),
    partOf((ms % HOUR) / MINUTE, "M"),
    ms % MINUTE === 0 ? "" : `${(ms % MINUTE) / SECOND}S`,
  ].join("");
  const days = partOf(ms / DAY, "D");
  if (time !== "") return `P${days}T${time}`;
  return days === "" ? "PT0S" : `P${days}`;
}

const partOf = (count: number, unit: string): string =>
  count < 1 ? "" : `${Math.floor(count)}${unit}`;

const LEAP_SECOND = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}):60((?:\.\d{1,9})?)(Z|[+-]\d{2}:\d{2})$/i;

/**
 * The epoch milliseconds of RFC 3339 text that names a leap second, or null for any other text.
 *
 * A leap second is the last second of a UTC month. Unix time has no number for it, so it counts as
 * the first second of the next month.
 */
export function leapSecondToMs(text: string): number | null {
  const [, minute, fraction = "", zone] = LEAP_SECOND.exec(text) ?? [];
  if (minute === undefined) return null;
  const before = Date.parse(`${minute}:59${fraction}${zone}`.toUpperCase());
  const ms = before + SECOND;
  const start = ms - (ms % SECOND);
  const isMonthStart = /-01T00:00:00/.test(Number.isNaN(ms) ? "" : new Date(start).toISOString());
  return isMonthStart && isDay(minute.slice(0, 10)) ? ms : null;
}

/** Whether the month has that day: `Date.parse` takes 30 February for 2 March. `date` is as in 2026-11-29. */
export function isDay(date: string): boolean {
  const midnight = Date.parse(date);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
}
