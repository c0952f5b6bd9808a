import type { SourceIssueCode } from "./domain/words.js";

/** Details of a failed vendor call. */
export interface SourceErrorDetails {
  /** Key of the provider that could not be read, if known. */
  readonly provider?: string | undefined;
  /** The vendor's own error code, verbatim. */
  readonly code?: string | undefined;
  /** That code as it may be logged, or the part of it that our tables list: a hostile vendor may put any text into a code. */
  readonly loggedCode?: string | undefined;
  readonly requestId?: string | undefined;
  /** How long to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Whether the vendor refused the call for want of a permission, as far as its code says. */
  readonly isDenied?: boolean | undefined;
  /** What the vendor calls the permission that the call needs, if the account may not make it. */
  readonly permission?: string | undefined;
  /** Whether the vendor rejected the timestamp of the request. */
  readonly clockSkew?: boolean | undefined;
  /** Whether the vendor rejected the token of a page, so that only the list's start can be read. */
  readonly tokenRefused?: boolean | undefined;
  /** Whether the answer was too large to be read, so that a smaller page may help. */
  readonly tooLarge?: boolean | undefined;
  /** Whether the vendor refused the call because of an instance's state: the account is well, and a retry helps later only. */
  readonly isOfState?: boolean | undefined;
  /** When the vendor refused the call to another replica; epoch milliseconds. */
  readonly refusedAt?: number | undefined;
  /** Whether the same request may succeed later. By default, it depends on the kind. */
  readonly retryable?: boolean | undefined;
  readonly cause?: unknown;
}

/**
 * A vendor call failed. `kind` says what the caller can do about it, and code may branch on nothing
 * else. The message is safe to show to a client: it never quotes a vendor's answer.
 */
export class SourceError extends Error {
  override readonly name = "SourceError";

  constructor(
    readonly kind: SourceIssueCode,
    message: string,
    readonly details: SourceErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
  }

  /** The same error with a provider's key, unless it has one. */
  of(provider: string): SourceError {
    if (this.details.provider !== undefined) return this;
    return new SourceError(this.kind, this.message, { ...this.details, provider });
  }

  /** Whether the vendor has nothing else to say as long as nobody changes the account's rights. */
  get isRefusal(): boolean {
    return this.kind === "FORBIDDEN" || this.kind === "NOT_FOUND";
  }

  /** Whether the vendor's own code is one of these. */
  hasCode(codes: readonly string[]): boolean {
    return codes.includes(this.details.code ?? "");
  }

  get retryable(): boolean {
    return this.details.retryable ?? ["UNAVAILABLE", "TIMEOUT", "THROTTLED"].includes(this.kind);
  }
}

/** A thrown `SourceError` as a value. @throws anything else, because it is a bug. */
export function asFailure(thrown: unknown): SourceError {
  if (thrown instanceof SourceError) return thrown;
  throw thrown;
}

/** The result of work, or the `SourceError` that it threw. */
export const caught = <T>(work: Promise<T>): Promise<T | SourceError> => work.catch(asFailure);

/**
 * What was read of one provider.
 * @throws {SourceError} naming the provider, if the read failed.
 */
export async function readOf<T>(provider: string, read: Promise<T | SourceError>): Promise<T> {
  const result = await caught(read);
  if (result instanceof SourceError) throw result.of(provider);
  return result;
}

/** The codes of errors that the gateway itself finds. docs/errors.md has a section for every code. */
const CLIENT_ERROR_CODES = [
  "BAD_USER_INPUT",
  "CURSOR_INVALID",
  "CURSOR_MISMATCH",
  "QUERY_TOO_COSTLY",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "RATE_LIMITED",
  "OVERLOADED",
  "UPSTREAM_FAILED",
  "DEADLINE_EXCEEDED",
] as const;
type ClientErrorCode = (typeof CLIENT_ERROR_CODES)[number];

/** All values of `extensions.code`. The others come from GraphQL and Apollo Server. */
export const ERROR_CODES = [
  ...CLIENT_ERROR_CODES,
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "BAD_REQUEST",
  "INTERNAL_SERVER_ERROR",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error that the client sees unchanged: its message and extensions are safe to show. */
export class ClientError extends Error {
  override readonly name = "ClientError";

  constructor(
    readonly code: ClientErrorCode,
    message: string,
    readonly extensions: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}
