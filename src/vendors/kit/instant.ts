import { offsetIn, type OffsetAt } from "../../domain/calendar.js";
import { getOrMake } from "../../domain/maps.js";

/** Instants are epoch milliseconds, UTC. */
type Instant = number;

const WALL_CLOCK = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?$/;

/** No backup or instance of these clouds is older; year 0 stands for "none". */
const FIRST_YEAR = 1970;

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** China has been at UTC+8 without daylight saving since 1992. */
const SHANGHAI_FIXED_SINCE = Date.UTC(1992, 0, 1);

/** Reads `YYYY-MM-DD HH:mm[:ss[.fraction]]` as if in UTC; null for text that is no day or time of day. */
export function wallClock(text: string): Instant | null {
  if (!WALL_CLOCK.test(text)) return null;
  const year = digits(text, 0) * 100 + digits(text, 2);
  const month = digits(text, 5);
  const day = digits(text, 8);
  const hour = digits(text, 11);
  const minute = digits(text, 14);
  const second = text.length > 17 ? digits(text, 17) : 0;
  const millisecond = text.length > 20 ? Number(text.slice(20, 23).padEnd(3, "0")) : 0;
  const midnight = Date.UTC(year, month - 1, day);
  // A day that the month does not have becomes one of the next month.
  const real =
    year >= FIRST_YEAR && month >= 1 && month <= 12 && new Date(midnight).getUTCDate() === day;
  if (!real || hour > 23 || minute > 59 || second > 59) return null;
  return midnight + hour * HOUR + minute * MINUTE + second * 1000 + millisecond;
}

/** The offset from UTC at the end of RFC 3339 text. ISO 8601 also allows it without the colon. */
const OFFSET = /(?:z|([+-])([01]\d|2[0-3]):?([0-5]\d))$/i;

/** Reads ISO 8601 text with an offset from UTC, such as `Z` or `+08:00`; null for any other text. */
export function zonedInstant(text: string): Instant | null {
  const [offset, sign, hours = 0, minutes = 0] = OFFSET.exec(text) ?? [];
  if (offset === undefined) return null;
  const wall = wallClock(text.slice(0, -offset.length).replace("t", "T"));
  const ahead = Number(hours) * HOUR + Number(minutes) * MINUTE;
  return wall === null ? null : wall - (sign === "-" ? -ahead : ahead);
}

/** `YYYY-MM-DDTHH:mm:ssZ`. */
export const isoSecond = (instant: Instant): string =>
  new Date(instant).toISOString().slice(0, 19) + "Z";

/** `YYYY-MM-DDTHH:mmZ`. */
export const isoMinute = (instant: Instant): string =>
  new Date(instant).toISOString().slice(0, 16) + "Z";

const ZERO = 48;

/** The number that two digits of a text form. */
const digits = (text: string, at: number): number =>
  text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 11 * ZERO;

/** Converts between instants and times without a zone. */
interface ZoneClock {
  /**
   * The instant of a wall clock time given as if in UTC. A time that the clock shows twice is the earlier instant.
   * A time that it skips is read with the offset from before the skip, so that an hour is never lost.
   */
  toInstant(wall: Instant): Instant;
  /**
   * `YYYY-MM-DD HH:mm:ss`: the first time that `toInstant` reads as this instant or a later one. When the clock
   * shows times again, that is the end of the repetition, so that the edge of a window divides rows as their
   * times are read.
   */
  format(instant: Instant): string;
}

const clocks = new Map<string, ZoneClock>();

/** The clock of an IANA zone. Cost: one formatter for each zone, made when it is first needed. */
export const zoneClock = (timeZone: string): ZoneClock =>
  getOrMake(clocks, timeZone, () => {
    const offsetAt = timeZone === "Asia/Shanghai" ? shanghaiOffset() : offsetIn(timeZone);
    const toInstant = (wall: Instant): Instant => {
      const before = offsetAt(wall - DAY);
      const after = offsetAt(wall + DAY);
      if (before === after) return wall - before;
      const fits = [before, after].filter((offset) => offsetAt(wall - offset) === offset);
      return wall - (fits.length === 0 ? before : Math.max(...fits));
    };
    return Object.freeze<ZoneClock>({
      toInstant,
      format(instant) {
        const offset = offsetAt(instant);
        const wall = instant + offset;
        const repeatedMs = instant - toInstant(wall);
        const shown =
          repeatedMs > 0 ? firstWith(offset, offsetAt, instant) + repeatedMs + offset : wall;
        return new Date(shown).toISOString().slice(0, 19).replace("T", " ");
      },
    });
  });

/** The instant at which an offset began that still holds, and that did not hold a day before. */
function firstWith(offset: number, offsetAt: OffsetAt, instant: Instant): Instant {
  let [without, since] = [instant - DAY, instant];
  while (since - without > 1) {
    const middle = Math.floor((without + since) / 2);
    if (offsetAt(middle) === offset) since = middle;
    else without = middle;
  }
  return since;
}

function shanghaiOffset(): OffsetAt {
  let historic: OffsetAt | null = null;
  return (instant) => {
    if (instant >= SHANGHAI_FIXED_SINCE) return 8 * HOUR;
    historic ??= offsetIn("Asia/Shanghai");
    return historic(instant);
  };
}
