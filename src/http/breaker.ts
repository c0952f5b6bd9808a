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
  readonly #policy: CircuitBreakerPolicy;
  #openUntil = 0;
  #probed: Promise<void> = Promise.resolve();
  #endProbe = (): void => undefined;

  constructor(clock: Clock, onChange: (state: BreakerState) => void) {
    this.#clock = clock;
    // An attempt that was cut taught nothing; as a probe it must not close the breaker.
    const isDown = handleWhenResult((result) => (result as Probe).down).orWhen(
      () => this.#policy.state === CircuitState.HalfOpen,
    );
    this.#policy = circuitBreaker(isDown, {
      breaker: new ConsecutiveBreaker(THRESHOLD),
      // The policy's own wait runs on the system's clock; ours is kept by `pass` and `isPassable`.
      halfOpenAfter: 0,
    });
    this.#policy.onBreak((reason) => {
      if ("value" in reason) this.#openUntil = clock.now() + OPEN_MS;
    });
    this.#policy.onStateChange((state) => {
      this.#endProbe();
      if (state === CircuitState.HalfOpen)
        this.#probed = new Promise((resolve) => (this.#endProbe = resolve));
      onChange(nameOf(state));
    });
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

function nameOf(state: CircuitState): BreakerState {
  if (state === CircuitState.HalfOpen) return "halfOpen";
  return state === CircuitState.Closed ? "closed" : "open";
}
