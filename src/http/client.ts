import type { UpstreamSettings } from "../domain/account.js";
import type { AccountHealth, AttemptNote, BreakerNote } from "../domain/observation.js";
import type { CallContext } from "./bounds.js";
import type { HttpRequest, HttpResponse } from "./message.js";

/** One read of one vendor account. It is signed again for every attempt. */
export interface HttpCall<T> {
  readonly account: string;
  readonly action: string;
  /** Calls a second that the vendor allows for the action. A rate in the settings overrides it. */
  readonly rate: number;
  /**
   * Called once, at once, if the quota can serve the call before the deadline. A call that the quota refuses is
   * not counted. @throws {SourceError} if the call may not be made.
   */
  readonly admitted?: () => void;
  /** Builds and signs the request of one attempt. `now` is corrected for the vendor's clock. */
  request(moment: { readonly now: number; readonly nonce: string }): HttpRequest;
  /**
   * Opens an answer.
   * @throws {SourceError} the vendor's refusal, by the vendor's table; retried only if it is retryable.
   */
  open(response: HttpResponse): T;
}

/** What calls have shown about an account. */
export interface KnownState {
  /** Whether no call has succeeded since the last failure. */
  readonly isFailing: boolean;
  /** The vendor's clock minus ours, in milliseconds; 0 until the vendor refuses the time of a call. */
  readonly offsetMs: number;
}

/** The limits of the calls of one account. */
export type AccountLimits = Pick<
  UpstreamSettings,
  "timeoutMs" | "concurrency" | "rate" | "retries" | "maxResponseBytes"
>;

/**
 * Sends calls within each account's quota, concurrency, breaker, timeout, retries and size limit.
 *
 * Errors: `SourceError` only. Its kind is TIMEOUT, UNAVAILABLE, BAD_RESPONSE, THROTTLED, CUT (the deadline
 * or the signal of the context ended it), or whatever `open` threw.
 */
export interface HttpClient {
  send<T>(call: HttpCall<T>, context: CallContext): Promise<T>;
  health(account: string): AccountHealth;
  /** What is known about an account, without the cost of `health`. */
  state(account: string): KnownState;
  /**
   * Forgets the settings and the health of an account. Its connections close when their requests have
   * ended, and the next call begins with the settings that the account has then.
   */
  forget(account: string): void;
  close(): Promise<void>;
}

/** Listens for metrics, logs and traces. Called synchronously, and must not throw. */
export interface HttpObserver {
  onAttempt?(note: AttemptNote): void;
  /** An attempt waited for its turn, its token or a free slot. Not called if it did not wait. */
  onWait?(ms: number, account: string, action: string): void;
  onBreaker?(note: BreakerNote): void;
}
