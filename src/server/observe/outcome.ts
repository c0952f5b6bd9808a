import { ClientError, type ClientErrorCode } from "../../errors.js";

/**
 * How an operation ended: OK, PARTIAL (no error, but issues), or the code of its first error.
 *
 * CLIENT_GONE: nobody waited for the answer any more. OTHER: a code that is not known here.
 */
export type Outcome = ErrorCode | "OK" | "PARTIAL" | "CLIENT_GONE" | "OTHER";

/** The codes that errors may have. */
type ErrorCode =
  | ClientErrorCode
  | "GRAPHQL_PARSE_FAILED"
  | "GRAPHQL_VALIDATION_FAILED"
  | "OPERATION_RESOLUTION_FAILURE"
  | "BAD_REQUEST"
  | "INTERNAL_SERVER_ERROR";

const KNOWN: Readonly<Record<ErrorCode, true>> = {
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

/** Everything that tells how an operation ended. */
export interface Ending {
  /** The codes of its errors; null where the GraphQL server gave no answer. */
  readonly codes: readonly string[] | null;
  /** Whether nothing is missing from its lists. */
  readonly complete: boolean;
  /** Why it was aborted; null where it was not. */
  readonly abortedBy: Error | null;
  /** The HTTP status that was sent. */
  readonly status: number;
  /** Whether the whole answer left. */
  readonly sent: boolean;
}

/** Names the end of an operation, by one of a fixed set of words. */
export function outcomeOf({ codes, complete, abortedBy, status, sent }: Ending): Outcome {
  if (codes === null && abortedBy instanceof ClientError) return abortedBy.code;
  if (!sent) return "CLIENT_GONE";
  if (codes === null) return status >= 500 ? "INTERNAL_SERVER_ERROR" : "BAD_REQUEST";
  const [code] = codes;
  if (code !== undefined) return Object.hasOwn(KNOWN, code) ? (code as Outcome) : "OTHER";
  return complete ? "OK" : "PARTIAL";
}

/** The three kinds of ends, where every word would be too many. */
export function resultOf(outcome: Outcome): "ok" | "partial" | "error" {
  if (outcome === "OK") return "ok";
  return outcome === "PARTIAL" ? "partial" : "error";
}
