import {
  CircuitState,
  circuitBreaker,
  ConsecutiveBreaker,
  handleWhenResult,
  type CircuitBreakerPolicy,
} from "cockatiel";
import { bounded, type Clock } from "./bounds.js";
import type { CallContext } from "./client.js";
import { TransportError } from "./faults.js";

export type BreakerState = "closed" | "open" | "halfOpen";

/** Failures in a row that open a breaker. */
const THRESHOLD = 5;
/** How long an open breaker keeps everybody off. */
export const OPEN_MS = 15_000;

/** What a breaker learns from an attempt; one that throws teaches nothing. */
export interface Probe {
  readonly down: boolean;
}

/** Keeps an account off a host that is down, then lets a single attempt find out whether it is back. */
export class Breaker {
  readonly #clock: Clock;
  readonly #onChange: (state: BreakerState) => void;
  #policy: CircuitBreakerPolicy;
  #openUntil = 0;
  #probed: Promise<void> = Promise.resolve();
  #endProbe = (): void => undefined;

  constructor(clock: Clock, onChange: (state: BreakerState) => void) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.#policy = this.#makePolicy();
  }

  /**
   * Takes another's word that the host is down: one attempt finds out whether it is so for us. Does
   * nothing unless the breaker is closed.
   */
  doubt(): void {
    if (this.#policy.state !== CircuitState.Closed) return;
    this.#policy = this.#makePolicy(doubted());
    this.#openUntil = 0;
  }

  #makePolicy(initialState?: unknown): CircuitBreakerPolicy {
    // An attempt that was cut taught nothing; as a probe it must not close the breaker.
    const isDown = handleWhenResult((result) => (result as Probe).down).orWhen(
      () => policy.state === CircuitState.HalfOpen,
    );
    const policy: CircuitBreakerPolicy = circuitBreaker(isDown, {
      breaker: new ConsecutiveBreaker(THRESHOLD),
      // The policy's own wait runs on the system's clock; ours is kept by `pass` and `isPassable`.
      halfOpenAfter: 0,
      initialState,
    });
    policy.onBreak((reason) => {
      if ("value" in reason && policy === this.#policy)
        this.#openUntil = this.#clock.now() + OPEN_MS;
    });
    policy.onStateChange((state) => {
      // Attempts that began before a doubt teach the policy of their time, which counts no more.
      if (policy !== this.#policy) return;
      this.#endProbe();
      if (state === CircuitState.HalfOpen)
        this.#probed = new Promise((resolve) => (this.#endProbe = resolve));
      this.#onChange(nameOf(state));
    });
    return policy;
  }

  get state(): BreakerState {
    const name = nameOf(this.#policy.state);
    return name === "open" && this.#closedOffMs() === 0 ? "halfOpen" : name;
  }

  /** Whether an attempt may run now: the breaker is closed, or has waited and nobody probes yet. */
  get isPassable(): boolean {
    const { state } = this.#policy;
    if (state === CircuitState.Closed) return true;
    return state === CircuitState.Open && this.#closedOffMs() === 0;
  }

  /**
   * Waits for the outcome of a probe under way, until an attempt may run.
   * @throws {TransportError} UNAVAILABLE while the breaker is open, with the time until it is not.
   */
  async pass(context: CallContext): Promise<void> {
    while (this.#policy.state === CircuitState.HalfOpen)
      await bounded(this.#clock, context, this.#probed);
    if (this.isPassable) return;
    throw new TransportError("breaker", { retryAfterMs: this.#closedOffMs() });
  }

  /** Milliseconds that the breaker stays open; a clock that was set back does not prolong them. */
  #closedOffMs(): number {
    return Math.min(OPEN_MS, Math.max(0, this.#openUntil - this.#clock.now()));
  }

  /** Runs an attempt that may run now. */
  run<T extends Probe>(attempt: () => Promise<T>): Promise<T> {
    return this.#policy.execute(attempt);
  }
}

/** The state of a policy that has waited long enough to let an attempt through. */
const doubted = (): unknown => ({
  ownState: { value: CircuitState.Open, openedAt: 0, attemptNo: 1 },
  breakerState: 0,
});

function nameOf(state: CircuitState): BreakerState {
  if (state === CircuitState.HalfOpen) return "halfOpen";
  return state === CircuitState.Closed ? "closed" : "open";
}
