import type { AccountState, Surroundings } from "./accountState.js";
import type { Entrant } from "./admission.js";
import { isOver, pause } from "./bounds.js";
import type { Breaker } from "./breaker.js";
import type { CallContext, HttpCall } from "./client.js";
import { TransportError, transportErrorOf } from "./faults.js";
import type { HttpRequest } from "./message.js";
import type { SourceError } from "../errors.js";
import type { QuotaBucket } from "./quota.js";
import {
  attemptTime,
  budgetAfterSuccess,
  decideRetry,
  leastTime,
  NOT_RETRIED,
  type RetryState,
} from "./retry.js";
import { splitUrl, type Transport } from "./transport.js";
import { judge, unanswered, type Failed, type Outcome } from "./verdict.js";

/** What every call is sent with. */
export interface SendingParts extends Surroundings {
  readonly transport: Transport;
  /** Uniform in [0, 1). */
  random(): number;
  /** Unique text of 32 hex digits. */
  nonce(): string;
}

/** What one attempt sends, and how it was signed. */
interface Prepared {
  readonly request: HttpRequest;
  readonly breaker: Breaker;
  readonly offsetMs: number;
}

/** One call on its way, through all its attempts. */
export class Sending<T> implements Entrant<Outcome<T>> {
  readonly bucket: QuotaBucket;
  #attempt = 0;
  #enteredAt = 0;
  #retries: RetryState = NOT_RETRIED;
  #prepared: Prepared | null = null;
  /** The failure of the attempt before. */
  #failed: SourceError | null = null;

  constructor(
    private readonly parts: SendingParts,
    private readonly account: AccountState,
    private readonly call: HttpCall<T>,
    readonly context: CallContext,
  ) {
    const { account: id, action, rate } = call;
    this.bucket = { account: id, action, rate: account.limits.rate ?? rate };
  }

  /** @throws {SourceError} the failure of the last attempt, or why there was no further one. */
  async run(): Promise<T> {
    for (;;) {
      if (isOver(this.parts.clock, this.context)) throw new TransportError("cut");
      this.#enteredAt = this.parts.clock.now();
      const outcome = await this.account.admission.run(this).catch((thrown: unknown) => {
        throw this.#failed !== null && this.#isOutOfTime(thrown) ? this.#failed : thrown;
      });
      if (outcome.ok) {
        this.account.tokens = budgetAfterSuccess(this.account.tokens, this.#retries);
        return outcome.value;
      }
      await this.#beforeRetry(outcome);
    }
  }

  prepare(): Promise<void> | null {
    const { offsetMs } = this.account;
    const moment = { now: this.parts.clock.now() + offsetMs, nonce: this.parts.nonce() };
    const request = this.call.request(moment);
    const breaker = this.account.breakerOf(splitUrl(request.url).origin);
    this.#prepared = { request, breaker, offsetMs };
    return breaker.isPassable ? null : breaker.pass(this.context);
  }

  isReady(): boolean {
    return this.#prepared?.breaker.isPassable === true;
  }

  async start(): Promise<Outcome<T>> {
    const { clock, observer } = this.parts;
    const { account, action } = this.bucket;
    const startedAt = clock.now();
    this.#attempt += 1;
    if (startedAt > this.#enteredAt)
      observer.onWait?.(startedAt - this.#enteredAt, account, action);
    const { request, breaker } = this.#prepared as Prepared;
    try {
      // Many are asked early at once, which would make of one short failure many in a row.
      const teachesNothing = this.context.isEarly === true && breaker.state === "closed";
      const exchange = () => this.#exchange(request);
      const outcome = await (teachesNothing ? exchange() : breaker.run(exchange));
      this.#note(startedAt, outcome.ok ? null : outcome);
      return outcome;
    } catch (thrown) {
      const error = transportErrorOf(thrown);
      this.#note(startedAt, unanswered(error));
      throw error;
    }
  }

  async #exchange(request: HttpRequest): Promise<Outcome<T>> {
    const { concurrency, maxResponseBytes } = this.account.limits;
    const limits = {
      account: this.bucket.account,
      connections: concurrency,
      ...attemptTime(this.account.limits.timeoutMs, this.context.deadline - this.parts.clock.now()),
      maxResponseBytes,
    };
    try {
      const response = await this.parts.transport.send(request, limits, this.context.signal);
      return judge(this.call, response, this.parts.clock.now());
    } catch (thrown) {
      const error = transportErrorOf(thrown);
      if (error.kind === "CUT") throw error;
      return unanswered(error);
    }
  }

  async #beforeRetry(failed: Failed): Promise<void> {
    const { clock, quota } = this.parts;
    const retryAfterMs = failed.error.details.retryAfterMs ?? null;
    if (failed.error.kind === "THROTTLED") quota.throttled(this.bucket, retryAfterMs);
    const decision = decideRetry(
      this.#retries,
      {
        failure: this.#isSkewUnexplained(failed) ? "final" : failed.failure,
        retryAfterMs,
        remainingMs: this.context.deadline - clock.now(),
        neededMs: failed.failure === "timeout" ? leastTime(this.account.limits.timeoutMs) : 0,
        random: this.parts.random(),
      },
      { maxRetries: this.account.limits.retries, tokens: this.account.tokens },
    );
    this.account.tokens = decision.tokens;
    if (!decision.retry) throw failed.error;
    this.#retries = decision.state;
    this.#failed = failed.error;
    if (decision.delayMs > 0) await pause(clock, decision.delayMs, this.context);
  }

  /** Whether a retry ended for want of time: then the vendor's own failure is what matters. */
  #isOutOfTime(thrown: unknown): boolean {
    const isCut = thrown instanceof TransportError && thrown.fault === "cut";
    return isCut && !this.context.signal.aborted;
  }

  #isSkewUnexplained({ failure, response }: Failed): boolean {
    if (failure !== "clockSkew" || response === null) return false;
    return !this.account.learnClock(response, this.#prepared?.offsetMs ?? 0);
  }

  #note(startedAt: number, failed: Failed | null): void {
    const { account, action } = this.bucket;
    const fault = failed?.response === null ? (failed.error as TransportError).fault : null;
    this.parts.observer.onAttempt?.({
      account,
      action,
      attempt: this.#attempt,
      outcome: failed?.error.kind ?? "OK",
      fault,
      ms: this.parts.clock.now() - startedAt,
    });
  }
}
