const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

const PART = (unit: string): string => String.raw`(?:(\d+(?:[.,]\d+)?)${unit})?`;
const FIXED_LENGTH = new RegExp(
  `^P(?=\\d|T)${PART("W")}${PART("D")}(?:T(?=\\d)${PART("H")}${PART("M")}${PART("S")})?$`,
);

/**
 * The milliseconds of an ISO 8601 duration, or null for any other text.
 *
 * Years and months are refused, because their length depends on when they begin; so are signs.
 */
export function durationToMs(text: string): number | null {
  const parts = FIXED_LENGTH.exec(text)?.slice(1);
  if (parts === undefined) return null;
  const units = [WEEK, DAY, HOUR, MINUTE, SECOND];
  const total = parts.reduce((sum, part, i) => {
    const count = Number((part as string | undefined)?.replace(",", ".") ?? 0);
    return sum + count * (units[i] ?? 0);
  }, 0);
  const ms = Math.round(total);
  return Number.isSafeInteger(ms) ? ms : null;
}

/** ISO 8601 text of a duration in milliseconds: days, hours, minutes and seconds. */
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
