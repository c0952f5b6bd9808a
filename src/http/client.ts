import type { CallSignal } from "./abort.js";
import type { HttpRequest, HttpResponse } from "./message.js";

/** What bounds a call from outside: both end it, whichever comes first. */
export interface CallContext {
  readonly signal: CallSignal;
  /** Epoch milliseconds by the gateway's clock. */
  readonly deadline: number;
  /** Whether it is asked before it is known to be needed: its failure then opens no breaker. */
  readonly isEarly?: boolean;
}

/** One read of one vendor account, signed anew at every attempt. */
export interface HttpCall<T> {
  readonly account: string;
  readonly action: string;
  /** Calls a second that the vendor allows for the action; a rate in the settings overrides it. */
  readonly rate: number;
  /** Builds and signs the request of one attempt; `now` is corrected for the vendor's clock. */
  request(moment: { readonly now: number; readonly nonce: string }): HttpRequest;
  /**
   * Opens a whole answer.
   * @throws {SourceError} the vendor's refusal, by its own table; retried only where it is retryable.
   */
  open(response: HttpResponse): T;
}

/** Limits of the calls of one account; the upstream settings of the config are one. */
export interface AccountLimits {
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number;
  readonly concurrency: number;
  /** Calls a second for each action; null takes the call's own figure. */
  readonly rate: number | null;
  readonly retries: number;
  /** Of one body after decompression. */
  readonly maxResponseBytes: number;
}

/** What is known of an account's host, for `Provider.health`. Instants are epoch milliseconds. */
export interface AccountHealth {
  /** Of the worst host, where an account has several. */
  readonly breaker: "closed" | "open" | "halfOpen";
  readonly lastSuccessAt: number | null;
  /** The kind of the last failure; it stays after a later success. */
  readonly lastFailure: string | null;
  /** Whether nothing has succeeded since the last failure. */
  readonly isFailing: boolean;
  /** Calls that the fullest-used action could start at this moment; null where none was made. */
  readonly callsLeft: number | null;
}

/**
 * Sends calls within each account's quota, concurrency, breaker, timeout, retries and size cap.
 *
 * Errors: `SourceError` only. Its kind is TIMEOUT, UNAVAILABLE, BAD_RESPONSE, THROTTLED, CUT (the
 * context's deadline or signal ended it), or what `open` threw.
 */
export interface HttpClient {
  send<T>(call: HttpCall<T>, context: CallContext): Promise<T>;
  health(account: string): AccountHealth;
  /** The same of `health` alone, which costs nothing. */
  isFailing(account: string): boolean;
  close(): Promise<void>;
}
