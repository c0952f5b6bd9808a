import type { BreakerState } from "../domain/observation.js";
import { bounded, type CallContext, type Clock } from "./bounds.js";
import { TransportError } from "./faults.js";

/** Failures in a row that open a breaker. */
const THRESHOLD = 5;
/** How long an open breaker refuses all attempts. */
export const OPEN_MS = 15_000;

/** What a breaker learns from an attempt. It learns nothing from one that throws. */
interface Probe {
  readonly down: boolean;
  /** Why it failed. */
  readonly error?: unknown;
}

/** What other replicas know about hosts that are down. */
export interface BreakerNews {
  /** Called at each attempt. Doubts the breaker later if its host is down for other replicas. */
  look(account: string, origin: string, breaker: Pick<Breaker, "doubt">): void;
}

/** Keeps an account from calling a host that is down, then lets a single attempt find out if it is back. */
export class Breaker {
  private entered: BreakerState = "closed";
  /** In a row. */
  private failures = 0;
  private openUntil = 0;
  /** The last failure. */
  private cause: unknown;
  /** Counts the changes of state: an attempt counts only for the state in which it began. */
  private age = 0;
  private probed: Promise<void> = Promise.resolve();
  private endProbe = (): void => undefined;

  constructor(
    private readonly clock: Clock,
    private readonly onChange: (state: BreakerState) => void,
  ) {}

  /** Others found the host down: if the breaker is closed, lets a single attempt find out whether it is up. */
  doubt(): void {
    if (this.entered !== "closed") return;
    this.entered = "open";
    this.openUntil = 0;
    this.age += 1;
  }

  get state(): BreakerState {
    return this.entered === "open" && this.leftMs() === 0 ? "halfOpen" : this.entered;
  }

  /** Whether an attempt may run now: the breaker is closed, or has waited and no probe is running. */
  get isPassable(): boolean {
    return this.entered === "closed" || (this.entered === "open" && this.leftMs() === 0);
  }

  /**
   * Waits for the outcome of a running probe, until an attempt may run.
   * @throws {TransportError} UNAVAILABLE while the breaker is open, with the time until it is not and the failure
   * that opened it.
   */
  async pass(context: CallContext): Promise<void> {
    while (this.entered === "halfOpen") await bounded(this.clock, context, this.probed);
    if (this.isPassable) return;
    throw new TransportError("breaker", { retryAfterMs: this.leftMs(), cause: this.cause });
  }

  /** Runs an attempt. The breaker must be passable. */
  async run<T extends Probe>(attempt: () => Promise<T>): Promise<T> {
    if (this.entered === "open") this.become("halfOpen");
    const age = this.age;
    try {
      const outcome = await attempt();
      if (age === this.age) this.learn(outcome);
      return outcome;
    } catch (thrown) {
      // A probe that was cut proves nothing, so the next attempt is a probe again.
      if (age === this.age && this.entered === "halfOpen") this.become("open");
      throw thrown;
    }
  }

  private learn({ down, error }: Probe): void {
    if (!down) {
      this.failures = 0;
      if (this.entered === "halfOpen") this.become("closed");
      return;
    }
    this.failures += 1;
    this.cause = error;
    if (this.entered === "closed" && this.failures < THRESHOLD) return;
    this.openUntil = this.clock.now() + OPEN_MS;
    this.become("open");
  }

  private become(state: BreakerState): void {
    this.entered = state;
    this.age += 1;
    this.endProbe();
    if (state === "halfOpen") this.probed = new Promise((resolve) => (this.endProbe = resolve));
    this.onChange(state);
  }

  /** Milliseconds for which the breaker stays open. A clock that was set back does not prolong them. */
  private leftMs(): number {
    return Math.min(OPEN_MS, Math.max(0, this.openUntil - this.clock.now()));
  }
}
