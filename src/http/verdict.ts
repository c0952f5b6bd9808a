import { SourceError } from "../errors.js";
import type { HttpCall } from "./client.js";
import { TransportError } from "./faults.js";
import type { HttpResponse } from "./message.js";
import type { AttemptFailure } from "./retry.js";

/** How one attempt ended. */
export type Outcome<T> = Answered<T> | Failed;

interface Answered<T> {
  readonly ok: true;
  readonly value: T;
  readonly down: false;
}

/** An attempt without a result. */
export interface Failed {
  readonly ok: false;
  readonly error: SourceError;
  readonly failure: AttemptFailure;
  /** Whether it counts against the host. */
  readonly down: boolean;
  /** The vendor's answer, if there was one. */
  readonly response: HttpResponse | null;
}

/**
 * Opens an answer and judges it.
 *
 * The vendor's own code decides. If the body has none (a proxy's page, for example), the status does. A
 * redirect is opened like any other answer, because it may say what is wrong, and is never followed.
 */
export function verdictOf<T>(call: HttpCall<T>, response: HttpResponse, now: number): Outcome<T> {
  const byStatus = faultOfStatus(response.status);
  try {
    const value = call.open(response);
    if (byStatus === null) return { ok: true, value, down: false };
    return refused(new TransportError(byStatus), response, now);
  } catch (thrown) {
    const refusal = thrown instanceof SourceError ? thrown : unreadable(thrown);
    const unclear = byStatus !== null && refusal.kind === "BAD_RESPONSE";
    return refused(unclear ? namedBy(byStatus, refusal) : refusal, response, now);
  }
}

/** Judges an attempt without an answer. */
export const unanswered = (error: TransportError): Failed => ({
  ok: false,
  error,
  failure: error.fault === "brokenOff" ? "brokenOff" : failureOf(error),
  down: error.down,
  response: null,
});

type StatusFault = "redirect" | "status" | "throttled";

function faultOfStatus(status: number): StatusFault | null {
  if (status === 429) return "throttled";
  if (status >= 300 && status < 400) return "redirect";
  return status >= 500 || status === 408 ? "status" : null;
}

const unreadable = (cause: unknown): SourceError =>
  new SourceError("BAD_RESPONSE", "The vendor's response cannot be read.", { cause });

/** The kind of the fault, with the details of the refusal. */
function namedBy(fault: StatusFault, refusal: SourceError): SourceError {
  const { kind, message, details } = new TransportError(fault);
  return new SourceError(kind, message, { ...refusal.details, ...details, cause: refusal });
}

function refused(refusal: SourceError, response: HttpResponse, now: number): Failed {
  const error = withRetryAfter(refusal, response, now);
  const halfRead = error.kind === "BAD_RESPONSE" && response.endedByClose === true;
  return {
    ok: false,
    error,
    failure: halfRead ? "brokenOff" : failureOf(error),
    down: response.status >= 500 && ["UNAVAILABLE", "TIMEOUT"].includes(error.kind),
    response,
  };
}

function withRetryAfter(error: SourceError, { headers }: HttpResponse, now: number): SourceError {
  if (!error.retryable || error.details.retryAfterMs !== undefined) return error;
  const retryAfterMs = retryAfterOf(headers, now);
  if (retryAfterMs === null) return error;
  return new SourceError(error.kind, error.message, { ...error.details, retryAfterMs });
}

function failureOf(error: SourceError): AttemptFailure {
  if (error.details.clockSkew === true) return "clockSkew";
  if (!error.retryable || error.details.isOfState === true) return "final";
  if (error.kind === "THROTTLED") return "throttled";
  return error.kind === "TIMEOUT" ? "timeout" : "transient";
}

type Headers = HttpResponse["headers"];

/** The vendor's clock when it answered, in epoch milliseconds, or null if the answer has no date. */
export function dateOf(headers: Headers): number | null {
  return instantOf(headers["date"]);
}

/**
 * How long the vendor asks to wait, in milliseconds, or null if it does not ask.
 *
 * A date is compared with the date of the answer, so that a difference between the clocks neither shortens
 * nor lengthens the wait.
 */
export function retryAfterOf(headers: Headers, now: number): number | null {
  const value = headers["retry-after"]?.trim();
  if (value === undefined) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const until = instantOf(value);
  return until === null ? null : Math.max(0, until - (dateOf(headers) ?? now));
}

/** HTTP dates contain the names of day and month. Other texts that `Date` would read are no HTTP dates. */
function instantOf(value: string | undefined): number | null {
  if (value === undefined || !/^[A-Za-z]{3,9},? /.test(value)) return null;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? null : instant;
}
