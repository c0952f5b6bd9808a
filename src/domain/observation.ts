import type { SourceIssueCode } from "./words.js";

/** One attempt of a vendor call, after it ended. Contains no path, query, header or text of a body. */
export interface AttemptNote {
  readonly account: string;
  readonly action: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** `OK`, or the code of the issue that it causes. */
  readonly outcome: "OK" | SourceIssueCode;
  /** What went wrong below the vendor's API, for example `tls`; null if the vendor answered. */
  readonly fault: string | null;
  /** The vendor's own code of its refusal, if our tables list it. */
  readonly code?: string | undefined;
  /** The request id of the operation that caused the call; absent for other jobs. */
  readonly requestId?: string | undefined;
  /** What was sent, to which scheme, host and port, and the status of the answer, if there was one. */
  readonly sent?:
    | { readonly method: string; readonly origin: string; readonly status: number | null }
    | undefined;
  /** Milliseconds from sending to the opened answer. */
  readonly ms: number;
}

/** The states of a circuit breaker, best first. */
export const BREAKER_STATES = ["closed", "halfOpen", "open"] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

/** A circuit breaker that changed its state. */
export interface BreakerNote {
  readonly account: string;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly state: BreakerState;
}

/** The health of an account's hosts, for `Provider.health`. Instants are epoch milliseconds. */
export interface AccountHealth {
  /** Of the worst host, if an account has several. */
  readonly breaker: BreakerState;
  /** Null before the first success. */
  readonly lastSuccessAt: number | null;
  /** The kind of the last failure, also after a later success. */
  readonly lastFailure: string | null;
  /** Whether no call has succeeded since the last failure. */
  readonly isFailing: boolean;
  /** Calls that the most used action could start now; null before the first call. */
  readonly callsLeft: number | null;
}

/** A reading of an account's credentials that changed something, or failed. Contains no secret. */
export interface CredentialsNote {
  readonly account: string;
  /** When the credentials in use expire, in epoch milliseconds. Null if they do not. */
  readonly expiresAt: number | null;
  /** Why the reading failed. Earlier credentials are used until they expire. */
  readonly error: string | null;
}

/** The labels of metrics about one instance, besides those of tags. */
export const INSTANCE_LABELS = [
  "provider",
  "region",
  "redis_instance",
  "redis_instance_name",
  "policy",
] as const;

/** Labels that a tag may not have: those of metrics about instances, and those that Prometheus sets. */
const TAKEN_LABELS: readonly string[] = [
  ...INSTANCE_LABELS,
  ...["state", "violation", "instance", "job", "le", "quantile"],
];

/** The label for a tag: its key, with an underscore for each character that no label may have. */
export const labelOfTag = (key: string): string =>
  key.replaceAll(/[^a-zA-Z0-9_]/g, "_").replace(/^(?=\d)/, "_");

/** Whether a label is taken by another meaning. */
export const isTakenLabel = (label: string): boolean =>
  TAKEN_LABELS.includes(label) || label.startsWith("__");
