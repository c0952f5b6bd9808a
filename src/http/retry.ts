/** How a failed attempt may be retried, if budget and deadline allow it. */
export type AttemptFailure =
  /** May pass: network errors, 5xx, the vendor's transient codes. */
  | "transient"
  | "timeout"
  | "throttled"
  /** The body ended with its connection and cannot be read. Retried once. */
  | "brokenOff"
  /** The vendor refused the timestamp, and its clock is known now. Retried once, at once. */
  | "clockSkew"
  | "final";

const BASE_MS = 100;
const THROTTLED_BASE_MS = 500;
const CAP_MS = 5_000;

/** Tokens of a full retry budget. Each account has one. */
export const FULL_BUDGET = 500;
const RETRY_COST = 5;
const TIMEOUT_COST = 10;

/**
 * The share of the time left that an attempt may take, so that its failure becomes part of the answer:
 * an operation that reaches its deadline is ended without it.
 */
const SHARE_OF_LEFT = 0.95;
/** A vendor that is silent for this share of the timeout has timed out, even if the deadline ends the wait. */
const SHARE_OF_TIMEOUT = 0.5;

/** How long an attempt may take with `leftMs` until the deadline, and what reaching that time means. */
export function attemptTime(
  timeoutMs: number,
  leftMs: number,
): { readonly timeoutMs: number; readonly onTimeout: "timeout" | "cut" } {
  const allowedMs = Math.min(timeoutMs, SHARE_OF_LEFT * leftMs);
  const onTimeout = allowedMs >= SHARE_OF_TIMEOUT * timeoutMs ? "timeout" : "cut";
  return { timeoutMs: allowedMs, onTimeout };
}

/** The time left that another attempt needs, to find out whether the vendor still times out. */
export const leastTime = (timeoutMs: number): number =>
  (SHARE_OF_TIMEOUT / SHARE_OF_LEFT) * timeoutMs;

/** What a call has tried so far. */
export interface RetryState {
  readonly retries: number;
  /** Failures that may be retried only once, and were. */
  readonly spent: readonly AttemptFailure[];
}

/** The state of a new call. */
export const NOT_RETRIED: RetryState = { retries: 0, spent: [] };

/** A failed attempt, and what limits the next one. */
interface FailedAttempt {
  readonly failure: AttemptFailure;
  /** How long the vendor asked to wait, or null if it did not. */
  readonly retryAfterMs: number | null;
  /** Milliseconds until the call's deadline. */
  readonly remainingMs: number;
  /** Milliseconds without which another attempt is pointless. */
  readonly neededMs: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

/** What the account allows. */
interface RetryMeans {
  readonly maxRetries: number;
  /** The account's budget before this decision. */
  readonly tokens: number;
}

/** Whether and when to try again, and the account's budget afterwards. */
type RetryDecision =
  | {
      readonly retry: true;
      readonly delayMs: number;
      readonly tokens: number;
      readonly state: RetryState;
    }
  | { readonly retry: false; readonly tokens: number };

/**
 * Decides on another attempt.
 *
 * The delay has full jitter under a doubling ceiling, and is never shorter than the vendor asked for. There
 * is no retry if the delay would end too close to the deadline, or if the account's budget is used up, so
 * that an outage does not triple the load.
 */
export function decideRetry(
  state: RetryState,
  attempt: FailedAttempt,
  { maxRetries, tokens }: RetryMeans,
): RetryDecision {
  const { failure } = attempt;
  const cost = failure === "timeout" ? TIMEOUT_COST : RETRY_COST;
  const delayMs = delayOf(state.retries, attempt);
  const refused =
    failure === "final" ||
    state.retries >= maxRetries ||
    state.spent.includes(failure) ||
    tokens < cost ||
    delayMs + attempt.neededMs >= attempt.remainingMs;
  if (refused) return { retry: false, tokens };
  const once = failure === "brokenOff" || failure === "clockSkew";
  return {
    retry: true,
    delayMs,
    tokens: tokens - cost,
    state: { retries: state.retries + 1, spent: once ? [...state.spent, failure] : state.spent },
  };
}

function delayOf(retries: number, { failure, retryAfterMs, random }: FailedAttempt): number {
  if (failure === "clockSkew") return 0;
  const base = failure === "throttled" ? THROTTLED_BASE_MS : BASE_MS;
  const jitter = Math.floor(random * Math.min(CAP_MS, base * 2 ** retries));
  return Math.max(jitter, retryAfterMs ?? 0);
}

/** The account's budget after a successful call, which earns a token if it needed no retry. */
export const budgetAfterSuccess = (tokens: number, { retries }: RetryState): number =>
  retries === 0 ? Math.min(FULL_BUDGET, tokens + 1) : tokens;
