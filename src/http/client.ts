import type { CallContext } from "./bounds.js";
import type { SourceIssueKind } from "./faults.js";
import type { HttpRequest, HttpResponse } from "./message.js";

/** One read of one vendor account. It is signed again for every attempt. */
export interface HttpCall<T> {
  readonly account: string;
  readonly action: string;
  /** Calls a second that the vendor allows for the action. A rate in the settings overrides it. */
  readonly rate: number;
  /** Builds and signs the request of one attempt. `now` is corrected for the vendor's clock. */
  request(moment: { readonly now: number; readonly nonce: string }): HttpRequest;
  /**
   * Opens an answer.
   * @throws {SourceError} the vendor's refusal, by the vendor's table; retried only if it is retryable.
   */
  open(response: HttpResponse): T;
}

/** The limits of the calls of one account, such as the upstream settings of the config. */
export interface AccountLimits {
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** Calls a second for each action; null uses the call's own rate. */
  readonly rate: number | null;
  readonly retries: number;
  /** Of one body, after decompression. */
  readonly maxResponseBytes: number;
}

/** The health of an account's hosts, for `Provider.health`. Instants are epoch milliseconds. */
export interface AccountHealth {
  /** Of the worst host, if an account has several. */
  readonly breaker: "closed" | "open" | "halfOpen";
  readonly lastSuccessAt: number | null;
  /** The kind of the last failure, also after a later success. */
  readonly lastFailure: string | null;
  /** Whether no call has succeeded since the last failure. */
  readonly isFailing: boolean;
  /** Calls that the most used action could start now; null before the first call. */
  readonly callsLeft: number | null;
}

/**
 * Sends calls within each account's quota, concurrency, breaker, timeout, retries and size limit.
 *
 * Errors: `SourceError` only. Its kind is TIMEOUT, UNAVAILABLE, BAD_RESPONSE, THROTTLED, CUT (the deadline
 * or the signal of the context ended it), or whatever `open` threw.
 */
export interface HttpClient {
  send<T>(call: HttpCall<T>, context: CallContext): Promise<T>;
  health(account: string): AccountHealth;
  /** `health(account).isFailing`, without the cost of the rest. */
  isFailing(account: string): boolean;
  close(): Promise<void>;
}

/** One attempt of a call, after it ended. Contains nothing from a body, URL or header. */
export interface AttemptNote {
  readonly account: string;
  readonly action: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly outcome: "OK" | SourceIssueKind;
  /** What went wrong below the vendor's API, for example `tls`; null if the vendor answered. */
  readonly fault: string | null;
  /** Milliseconds from sending to the opened answer. */
  readonly ms: number;
}

/** A breaker that changed its state. */
export interface BreakerNote {
  readonly account: string;
  readonly origin: string;
  readonly state: "closed" | "open" | "halfOpen";
}

/** Listens for metrics, logs and traces. Called synchronously, and must not throw. */
export interface HttpObserver {
  onAttempt?(note: AttemptNote): void;
  /** An attempt waited for its turn, its token or a free slot. Not called if it did not wait. */
  onWait?(ms: number, account: string, action: string): void;
  onBreaker?(note: BreakerNote): void;
}
