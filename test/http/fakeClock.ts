import type { Clock } from "../../src/http/bounds.js";

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((wake, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const sleeper = { at: this.#now + ms, wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });

  get sleeping(): number {
    return this.#sleepers.size;
  }

  /** Moves on, wakes each sleeper at its time, and runs what it woke. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const [next] = [...this.#sleepers].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > until) break;
      this.#sleepers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await settle();
    }
    this.#now = until;
  }

  /** Sets the clock back, as a correction of the machine's clock does. No sleeper wakes. */
  setBack(ms: number): void {
    this.#now -= ms;
  }
}

/** Runs everything that waits for nothing. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
