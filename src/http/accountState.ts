import type { SourceError } from "../errors.js";
import { Admission } from "./admission.js";
import type { Clock } from "./bounds.js";
import { Breaker, type BreakerNews, type BreakerState } from "./breaker.js";
import type { AccountHealth, AccountLimits, HttpObserver } from "./client.js";
import type { HttpResponse } from "./message.js";
import type { Quota } from "./quota.js";
import { FULL_BUDGET } from "./retry.js";
import { dateOf } from "./verdict.js";

/** What all accounts share. */
export interface Surroundings {
  readonly clock: Clock;
  readonly quota: Quota;
  readonly observer: HttpObserver;
  readonly news?: BreakerNews;
}

const BREAKER_ORDER: readonly BreakerState[] = ["closed", "halfOpen", "open"];
/** Clocks that differ by less agree, because the Date header has whole seconds. */
const AGREEING_MS = 2_000;

/** What is remembered about one account between calls. */
export class AccountState {
  readonly admission: Admission;
  /** Whether no call has succeeded since the last failure. */
  isFailing = false;
  /** Of the retry budget. */
  tokens = FULL_BUDGET;
  /** The vendor's clock minus ours. */
  offsetMs = 0;
  readonly #breakers = new Map<string, Breaker>();
  #lastSuccessAt: number | null = null;
  #lastFailure: string | null = null;

  constructor(
    private readonly id: string,
    readonly limits: AccountLimits,
    private readonly around: Surroundings,
  ) {
    this.admission = new Admission(around.clock, around.quota, limits.concurrency);
  }

  breakerOf(origin: string): Breaker {
    let breaker = this.#breakers.get(origin);
    if (breaker === undefined) {
      const { clock, observer } = this.around;
      const account = this.id;
      breaker = new Breaker(clock, (state) => observer.onBreaker?.({ account, origin, state }));
      this.#breakers.set(origin, breaker);
    }
    this.around.news?.look(this.id, origin, breaker);
    return breaker;
  }

  /** Learns the vendor's clock from an answer. Returns false if that does not explain a refused timestamp. */
  learnClock({ headers }: HttpResponse, sentWithOffsetMs: number): boolean {
    const date = dateOf(headers);
    if (date === null) return false;
    const offsetMs = date - this.around.clock.now();
    if (Math.abs(offsetMs - sentWithOffsetMs) < AGREEING_MS) return false;
    this.offsetMs = offsetMs;
    return true;
  }

  succeeded(): void {
    this.#lastSuccessAt = this.around.clock.now();
    this.isFailing = false;
  }

  /** A call that was cut, or that asked for something missing, says nothing about the account's health. */
  failed({ kind }: SourceError): void {
    if (kind === "CUT" || kind === "NOT_FOUND") return;
    this.#lastFailure = kind;
    this.isFailing = true;
  }

  health(): AccountHealth {
    const states = [...this.#breakers.values()].map(({ state }) => BREAKER_ORDER.indexOf(state));
    return {
      breaker: BREAKER_ORDER[Math.max(0, ...states)] ?? "closed",
      lastSuccessAt: this.#lastSuccessAt,
      lastFailure: this.#lastFailure,
      isFailing: this.isFailing,
      callsLeft: this.around.quota.callsLeft(this.id),
    };
  }
}
