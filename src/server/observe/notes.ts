import type { CallCount } from "../../domain/reads.js";
import { ClientError, type ClientErrorCode } from "../../errors.js";

/** What is known about an operation when its response was sent or its client disconnected. */
export interface OperationNote {
  readonly requestId: string;
  /** The name in the client's document. It is free text, so it must not become a label. */
  readonly name: string | null;
  /** Null if the request contained no valid operation. */
  readonly type: string | null;
  /** Null if the request was refused before anything was read. */
  readonly principal: string | null;
  /** Milliseconds from the end of the request to the end of the response. */
  readonly ms: number;
  readonly outcome: Outcome;
  /** The distinct codes of all errors. */
  readonly codes: readonly string[];
  /** Whether every list of the answer was complete. */
  readonly complete: boolean;
  /** Issues of all lists of the answer. */
  readonly issues: number;
  /** Late rows in the answer, by provider key. */
  readonly late: ReadonlyMap<string, number>;
  readonly calls: readonly CallCount[];
}

/** One attempt of a vendor call, without its URL, headers and bodies. */
export interface AttemptNote {
  readonly account: string;
  readonly action: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** `OK`, or the code of the issue that it causes. */
  readonly outcome: string;
  /** The transport error; null if the vendor answered. */
  readonly fault: string | null;
  /** Milliseconds. */
  readonly ms: number;
}

/** A circuit breaker that changed its state. */
export interface BreakerNote {
  readonly account: string;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly state: BreakerState;
}

/** The states of a circuit breaker, best first. */
export const BREAKER_STATES = ["closed", "halfOpen", "open"] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

/** Whether the server that replicas share responds. */
export type SharedState = "up" | "lost";

/** The vendor of a configured account, in the config's words. */
export type VendorOf = (account: string) => string;

/**
 * How an operation ended: OK, PARTIAL (no error, but issues), or the code of its first error.
 *
 * CLIENT_GONE: the client disconnected before the response was sent. OTHER: an unknown code.
 */
export type Outcome = ErrorCode | "OK" | "PARTIAL" | "CLIENT_GONE" | "OTHER";

type ErrorCode =
  | ClientErrorCode
  | "GRAPHQL_PARSE_FAILED"
  | "GRAPHQL_VALIDATION_FAILED"
  | "OPERATION_RESOLUTION_FAILURE"
  | "BAD_REQUEST"
  | "INTERNAL_SERVER_ERROR";

const ERROR_CODES: Readonly<Record<ErrorCode, true>> = {
  GRAPHQL_PARSE_FAILED: true,
  GRAPHQL_VALIDATION_FAILED: true,
  OPERATION_RESOLUTION_FAILURE: true,
  BAD_REQUEST: true,
  BAD_USER_INPUT: true,
  CURSOR_INVALID: true,
  CURSOR_MISMATCH: true,
  QUERY_TOO_COSTLY: true,
  UNAUTHENTICATED: true,
  FORBIDDEN: true,
  RATE_LIMITED: true,
  OVERLOADED: true,
  UPSTREAM_FAILED: true,
  DEADLINE_EXCEEDED: true,
  INTERNAL_SERVER_ERROR: true,
};

/** What the outcome of an operation depends on. */
export interface Ending {
  /** The codes of its errors; null if the GraphQL server gave no response. */
  readonly codes: readonly string[] | null;
  /** Whether its lists are complete. */
  readonly complete: boolean;
  /** Why it was aborted; null if it was not. */
  readonly abortedBy: Error | null;
  /** The HTTP status. */
  readonly status: number;
  /** Whether the whole response was sent. */
  readonly sent: boolean;
}

/** The outcome of an operation, from a fixed set of words. */
export function outcomeOf({ codes, complete, abortedBy, status, sent }: Ending): Outcome {
  if (codes === null && abortedBy instanceof ClientError) return abortedBy.code;
  if (!sent) return "CLIENT_GONE";
  if (codes === null) return status >= 500 ? "INTERNAL_SERVER_ERROR" : "BAD_REQUEST";
  const [code] = codes;
  if (code !== undefined) return Object.hasOwn(ERROR_CODES, code) ? (code as Outcome) : "OTHER";
  return complete ? "OK" : "PARTIAL";
}

/** The kind of an outcome, for metrics with many other labels. */
export function resultOf(outcome: Outcome): "ok" | "partial" | "error" {
  if (outcome === "OK") return "ok";
  return outcome === "PARTIAL" ? "partial" : "error";
}
