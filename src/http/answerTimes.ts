import type { HttpResponse } from "./message.js";

type Headers = HttpResponse["headers"];

/** The vendor's clock when it answered, in epoch milliseconds; null where it is not told. */
export function dateOf(headers: Headers): number | null {
  return instantOf(headers["date"]);
}

/**
 * How long the vendor asks to wait, in milliseconds; null where it is not told.
 *
 * A date counts from the vendor's own clock where the answer tells that, so that a difference between
 * the clocks neither shortens nor lengthens the wait.
 */
export function retryAfterOf(headers: Headers, now: number): number | null {
  const value = headers["retry-after"]?.trim();
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const until = instantOf(value);
  return until === null ? null : Math.max(0, until - (dateOf(headers) ?? now));
}

/** HTTP dates name day and month; anything else that `Date` would read is no HTTP date. */
function instantOf(value: string | undefined): number | null {
  if (value === undefined || !/^[A-Za-z]{3,9},? /.test(value)) return null;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? null : instant;
}
