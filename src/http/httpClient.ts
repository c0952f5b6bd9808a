import { BREAKER_STATES, type AccountHealth } from "../domain/observation.js";
import { getOrMake } from "../domain/maps.js";
import { SourceError } from "../errors.js";
import { Admission, type Entrant } from "./admission.js";
import { isOver, pause, type CallContext, type Clock } from "./bounds.js";
import { Breaker, type BreakerNews } from "./breaker.js";
import type { AccountLimits, HttpCall, HttpClient, HttpObserver, KnownState } from "./client.js";
import { TransportError, transportErrorOf } from "./faults.js";
import type { HttpRequest, HttpResponse } from "./message.js";
import { MemoryQuota, type Quota, type QuotaBucket } from "./quota.js";
import {
  attemptTime,
  budgetAfterSuccess,
  decideRetry,
  FULL_BUDGET,
  leastTime,
  NOT_RETRIED,
  type RetryState,
} from "./retry.js";
import { makeTransport, splitUrl, type Transport } from "./transport.js";
import { dateOf, verdictOf, unanswered, type Failed, type Outcome } from "./verdict.js";

/** What the client needs. Clock and randomness are arguments so that tests are exact. */
export interface HttpClientParts extends Clock {
  settingsOf(account: string): AccountLimits;
  /** Uniform in [0, 1). */
  random(): number;
  /** Unique text of 32 hex digits. */
  nonce(): string;
  readonly observer?: HttpObserver;
  /** By default, counts in this process. */
  readonly quota?: Quota;
  /** By default none: no other replica is known. */
  readonly news?: BreakerNews;
  readonly transport?: Transport;
}

/** Makes the client through which all vendor calls go. */
export function makeHttpClient(parts: HttpClientParts): HttpClient {
  const sending: SendingParts = {
    ...parts,
    clock: parts,
    quota: parts.quota ?? new MemoryQuota(parts),
    transport: parts.transport ?? makeTransport(),
    observer: parts.observer ?? {},
  };
  const accounts = new Map<string, AccountState>();
  const stateOf = (id: string): AccountState =>
    getOrMake(accounts, id, () => new AccountState(id, parts.settingsOf(id), sending));
  return {
    // Async, so that an account that a reload has removed is a rejection too.
    send: async (call, context) => new Sending(sending, stateOf(call.account), call, context).run(),
    health: (account) => stateOf(account).health(),
    state: stateOf,
    forget(account) {
      accounts.delete(account);
      sending.transport.forget(account);
    },
    close: () => sending.transport.close(),
  };
}

/** What every call is sent with. */
interface SendingParts
  extends
    Pick<HttpClientParts, "news" | "random" | "nonce">,
    Required<Pick<HttpClientParts, "quota" | "observer" | "transport">> {
  readonly clock: Clock;
}

/** Clocks that differ by less agree, because the Date header has whole seconds. */
const AGREEING_MS = 2_000;

/** Rows that start more than a day ahead of our clock are not looked for, so such a clock must not go unnoticed. */
const MOST_AHEAD_MS = 23 * 3_600_000;

/** What is remembered about one account between calls. */
export class AccountState implements KnownState {
  readonly admission: Admission;
  isFailing = false;
  /** Of the retry budget. */
  tokens = FULL_BUDGET;
  offsetMs = 0;
  private readonly breakers = new Map<string, Breaker>();
  private lastSuccessAt: number | null = null;
  private lastFailure: string | null = null;

  constructor(
    private readonly id: string,
    readonly limits: AccountLimits,
    private readonly around: Pick<SendingParts, "clock" | "quota" | "observer" | "news">,
  ) {
    this.admission = new Admission(around.clock, around.quota, limits.concurrency);
  }

  breakerOf(origin: string): Breaker {
    const { id: account, around } = this;
    const { clock, observer, news } = around;
    const makeBreaker = () =>
      new Breaker(clock, (state) => observer.onBreaker?.({ account, origin, state }));
    const breaker = getOrMake(this.breakers, origin, makeBreaker);
    news?.look(account, origin, breaker);
    return breaker;
  }

  /** Learns the vendor's clock from an answer. Returns false if that does not explain a refused timestamp. */
  learnClock({ headers }: HttpResponse, sentWithOffsetMs: number): boolean {
    const date = dateOf(headers);
    if (date === null) return false;
    const offsetMs = date - this.around.clock.now();
    if (Math.abs(offsetMs - sentWithOffsetMs) < AGREEING_MS || offsetMs > MOST_AHEAD_MS)
      return false;
    this.offsetMs = offsetMs;
    return true;
  }

  succeeded(): void {
    this.lastSuccessAt = this.around.clock.now();
    this.isFailing = false;
  }

  /** What was cut, missing, or refused because of an instance's state says nothing about the account's health. */
  failed({ kind, details }: SourceError): void {
    if (kind === "CUT" || kind === "NOT_FOUND" || details.isOfState === true) return;
    this.lastFailure = kind;
    this.isFailing = true;
  }

  health(): AccountHealth {
    const states = [...this.breakers.values()].map(({ state }) => BREAKER_STATES.indexOf(state));
    return {
      breaker: BREAKER_STATES[Math.max(0, ...states)] ?? "closed",
      lastSuccessAt: this.lastSuccessAt,
      lastFailure: this.lastFailure,
      isFailing: this.isFailing,
      callsLeft: this.around.quota.callsLeft(this.id),
    };
  }
}

/** The signed request of one attempt. */
interface Prepared {
  readonly request: HttpRequest;
  readonly origin: string;
  readonly breaker: Breaker;
  readonly offsetMs: number;
}

/**
 * One call, with all its attempts.
 *
 * Each attempt passes the account's admission (quota and concurrency), is signed, passes the breaker of its
 * host, and is sent within its time. Then the outcome is judged, and retried or reported.
 */
class Sending<T> implements Entrant<Outcome<T>> {
  readonly bucket: QuotaBucket;
  private attempt = 0;
  /** Of the answer to the last attempt. */
  private status: number | null = null;
  private enteredAt = 0;
  private retries: RetryState = NOT_RETRIED;
  private prepared: Prepared | null = null;
  /** The failure of the attempt before. */
  private failed: SourceError | null = null;

  constructor(
    private readonly parts: SendingParts,
    private readonly account: AccountState,
    private readonly call: HttpCall<T>,
    readonly context: CallContext,
  ) {
    const { account: id, action, rate } = call;
    this.bucket = { account: id, action, rate: account.limits.rate ?? rate };
  }

  /**
   * @throws {SourceError} the failure of the last attempt, or the reason why there was no other. If a retry
   * ended for lack of time, the failure before it matters more. So does a timeout before a retry that finds the
   * breaker open.
   */
  async run(): Promise<T> {
    try {
      for (;;) {
        if (isOver(this.parts.clock, this.context)) throw new TransportError("cut");
        this.enteredAt = this.parts.clock.now();
        const outcome = await this.account.admission.run(this);
        if (outcome.ok) {
          this.account.tokens = budgetAfterSuccess(this.account.tokens, this.retries);
          this.account.succeeded();
          return outcome.value;
        }
        await this.beforeRetry(outcome);
      }
    } catch (thrown) {
      const fault = thrown instanceof TransportError ? thrown.fault : null;
      const isUnsent = fault === "cut" || (fault === "breaker" && this.failed?.kind === "TIMEOUT");
      const met = isUnsent && !this.context.signal.aborted ? (this.failed ?? thrown) : thrown;
      const error = met instanceof SourceError ? met : transportErrorOf(met);
      this.account.failed(error);
      throw error;
    }
  }

  joins(): void {
    if (this.attempt === 0) this.call.admitted?.();
  }

  prepare(): Promise<void> | null {
    const { offsetMs } = this.account;
    const moment = { now: this.parts.clock.now() + offsetMs, nonce: this.parts.nonce() };
    const request = this.call.request(moment);
    const { origin } = splitUrl(request.url);
    const breaker = this.account.breakerOf(origin);
    this.prepared = { request, origin, breaker, offsetMs };
    return breaker.isPassable ? null : breaker.pass(this.context);
  }

  isReady(): boolean {
    return this.prepared?.breaker.isPassable === true;
  }

  async start(): Promise<Outcome<T>> {
    const { clock, observer } = this.parts;
    const { account, action } = this.bucket;
    const startedAt = clock.now();
    this.attempt += 1;
    this.status = null;
    if (startedAt > this.enteredAt) observer.onWait?.(startedAt - this.enteredAt, account, action);
    const { request, breaker } = this.prepared as Prepared;
    try {
      // Many prefetches run at once, so that one short failure would count as many in a row.
      const teachesNothing = this.context.isEarly === true && breaker.state === "closed";
      const exchange = () => this.exchange(request);
      const outcome = await (teachesNothing ? exchange() : breaker.run(exchange));
      this.note(startedAt, outcome.ok ? null : outcome);
      return outcome;
    } catch (thrown) {
      const error = transportErrorOf(thrown);
      this.note(startedAt, unanswered(error));
      throw error;
    }
  }

  private async exchange(request: HttpRequest): Promise<Outcome<T>> {
    const { concurrency, maxResponseBytes } = this.account.limits;
    const limits = {
      account: this.bucket.account,
      connections: concurrency,
      ...attemptTime(this.account.limits.timeoutMs, this.context.deadline - this.parts.clock.now()),
      maxResponseBytes,
    };
    try {
      const response = await this.parts.transport.send(request, limits, this.context.signal);
      this.status = response.status;
      return verdictOf(this.call, response, this.parts.clock.now());
    } catch (thrown) {
      const error = transportErrorOf(thrown);
      if (error.kind === "CUT") throw error;
      return unanswered(error);
    }
  }

  private async beforeRetry(failed: Failed): Promise<void> {
    const { clock, quota } = this.parts;
    const retryAfterMs = failed.error.details.retryAfterMs ?? null;
    if (failed.error.kind === "THROTTLED") quota.throttled(this.bucket, retryAfterMs);
    const decision = decideRetry(
      this.retries,
      {
        failure: this.isSkewUnexplained(failed) ? "final" : failed.failure,
        retryAfterMs,
        remainingMs: this.context.deadline - clock.now(),
        neededMs: failed.failure === "timeout" ? leastTime(this.account.limits.timeoutMs) : 0,
        random: this.parts.random(),
      },
      { maxRetries: this.account.limits.retries, tokens: this.account.tokens },
    );
    this.account.tokens = decision.tokens;
    if (!decision.retry) throw failed.error;
    this.retries = decision.state;
    this.failed = failed.error;
    if (decision.delayMs > 0) await pause(clock, decision.delayMs, this.context);
  }

  private isSkewUnexplained({ failure, response }: Failed): boolean {
    if (failure !== "clockSkew" || response === null) return false;
    return !this.account.learnClock(response, this.prepared?.offsetMs ?? 0);
  }

  private note(startedAt: number, failed: Failed | null): void {
    const { account, action } = this.bucket;
    const fault = failed?.response === null ? (failed.error as TransportError).fault : null;
    const { request, origin } = this.prepared as Prepared;
    this.parts.observer.onAttempt?.({
      account,
      action,
      attempt: this.attempt,
      outcome: failed?.error.kind ?? "OK",
      fault,
      code: failed?.error.details.loggedCode,
      requestId: this.context.calls?.requestId,
      sent: { method: request.method, origin, status: this.status },
      ms: this.parts.clock.now() - startedAt,
    });
  }
}
