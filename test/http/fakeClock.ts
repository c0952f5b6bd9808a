import type { Clock } from "../../src/http/bounds.js";

/** A clock that stands still until it is moved. */
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

  /** Moves on, wakes each sleeper at its moment, and lets run what it woke. */
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

  /** As when the machine's clock is corrected: nobody wakes. */
  setBack(ms: number): void {
    this.#now -= ms;
  }
}

/** Lets everything run that waits for nothing. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
