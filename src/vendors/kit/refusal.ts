import type { SourceIssueCode } from "../../domain/words.js";
import { SourceError } from "../../errors.js";
import { listedCode, shownCode, type CodeTable, type Meaning } from "../../listing/declaration.js";

/** The answer to a refused call. */
export interface RefusedAnswer {
  readonly status: number;
  readonly code?: string | null | undefined;
  readonly requestId?: string | null | undefined;
  /** The vendor's own figure, which goes before the header `Retry-After`. */
  readonly retryAfterMs?: number | undefined;
}

const MESSAGES: Readonly<Partial<Record<SourceIssueCode, string>>> = {
  UNAUTHENTICATED: "The vendor did not accept the account's credentials.",
  FORBIDDEN: "The account may not make this call.",
  THROTTLED: "The vendor throttled the call.",
  NOT_FOUND: "The vendor does not know what was asked for.",
  TIMEOUT: "The vendor ran out of time.",
  UNAVAILABLE: "The vendor could not answer.",
};

/** The host does not serve this product, or it is not the vendor's. */
export const WRONG_HOST: Meaning = Object.freeze({
  kind: "BAD_RESPONSE",
  message: "The host does not answer as this vendor's API does. Check `endpoint` of the account.",
});

/** The key was deleted or disabled, or belongs to another site of the vendor. */
export const UNKNOWN_KEY: Meaning = Object.freeze({
  kind: "UNAUTHENTICATED",
  message:
    "The vendor does not know the account's key, or the key is disabled. Check it, and `endpoint` of the account.",
});

export const SECRET_WRONG: Meaning = Object.freeze({
  kind: "UNAUTHENTICATED",
  message: "The signature is wrong: the secret of the account does not belong to its key.",
});

export const TOKEN_EXPIRED: Meaning = Object.freeze({
  kind: "UNAUTHENTICATED",
  message: "The session token of the account has expired or does not belong to its key.",
});

export const MFA_WANTED: Meaning = Object.freeze({
  kind: "UNAUTHENTICATED",
  message: "The account's key needs multi-factor authentication. Use the key of a user without it.",
});

export const HTTPS_ONLY: Meaning = Object.freeze({
  kind: "BAD_RESPONSE",
  message: "The vendor accepts https only. Check `endpoint` of the account.",
});

export const IP_REFUSED: Meaning = Object.freeze({
  kind: "FORBIDDEN",
  message: "The vendor refuses calls from this IP address.",
});

/** The meaning of a code, else of its part before the first dot; undefined where neither is listed. */
export function meaningOf(table: CodeTable, code: string): Meaning | undefined {
  const listed = listedCode(table, code);
  return listed === undefined ? undefined : table[listed];
}

/** The error for a call that a vendor refused; without a meaning the HTTP status decides. */
export function refusal(answer: RefusedAnswer, meaning?: Meaning): SourceError {
  const { kind, message, ...known } =
    typeof meaning === "object"
      ? { message: undefined, ...meaning }
      : { kind: meaning ?? kindOfStatus(answer), message: undefined };
  return new SourceError(kind, message ?? messageOf(kind, known.clockSkew), {
    ...known,
    // A message names another reason, such as the caller's address.
    isDenied: kind === "FORBIDDEN" && message === undefined ? true : undefined,
    code: shownCode(answer.code),
    requestId: shownCode(answer.requestId),
    retryAfterMs: answer.retryAfterMs ?? known.retryAfterMs,
  });
}

const messageOf = (kind: SourceIssueCode, clockSkew = false): string =>
  clockSkew
    ? "The vendor refused the call's time."
    : (MESSAGES[kind] ?? "The vendor refused the call, or answered in an unknown way.");

/** The error for an answer that is neither a success nor an error of the vendor's shape, as of another host. */
export const unknownShape = (answer: RefusedAnswer): SourceError =>
  refusal(answer, answer.status < 300 || answer.status === 404 ? WRONG_HOST : undefined);

const KIND_OF_STATUS: Readonly<Record<number, SourceIssueCode>> = {
  401: "UNAUTHENTICATED",
  403: "FORBIDDEN",
  408: "TIMEOUT",
  429: "THROTTLED",
  504: "TIMEOUT",
};

function kindOfStatus({ status, code }: RefusedAnswer): SourceIssueCode {
  // Without a code of the vendor's, a 404 means that the host is not this API.
  if (status === 404) return shownCode(code) === undefined ? "BAD_RESPONSE" : "NOT_FOUND";
  return KIND_OF_STATUS[status] ?? (status >= 500 ? "UNAVAILABLE" : "BAD_RESPONSE");
}

/** The error for an answer that lacks its download link. */
export const noLink = (): SourceError =>
  new SourceError("BAD_RESPONSE", "The vendor's answer has no download link.");
