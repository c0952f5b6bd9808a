import { monitorEventLoopDelay } from "node:perf_hooks";
import { ClientError } from "../../errors.js";

/** How late the process is with what it has to do, in milliseconds. */
export interface LoopDelay {
  (): number;
  /** Stops measuring. */
  stop(): void;
}

/** What is read of Node's own measurement; its times are nanoseconds. */
export interface DelayHistogram {
  readonly count: number;
  readonly mean: number;
  reset(): void;
  enable(): boolean;
  disable(): boolean;
}

/** How often the process looks whether it is late. */
const RESOLUTION_MS = 10;
/** How long one measurement lasts. */
const WINDOW_MS = 500;

/** Measures the event loop: the mean delay of the last whole window. */
export function makeLoopDelay(
  now: () => number,
  histogram: DelayHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS }),
): LoopDelay {
  histogram.enable();
  let startedAt = now();
  let delayMs = 0;
  // No timer of its own: it would be late exactly when it is needed.
  const read = (): number => {
    if (now() - startedAt < WINDOW_MS) return delayMs;
    delayMs = histogram.count === 0 ? 0 : Math.max(0, histogram.mean / 1e6 - RESOLUTION_MS);
    histogram.reset();
    startedAt = now();
    return delayMs;
  };
  return Object.assign(read, { stop: () => void histogram.disable() });
}

/** Makes the check that sheds load. Errors: `ClientError` OVERLOADED. */
export const makeOverloadCheck =
  (maxDelayMs: number, delay: () => number): (() => void) =>
  () => {
    if (delay() <= maxDelayMs) return;
    const retryAfterMs = 2 * WINDOW_MS;
    throw new ClientError("OVERLOADED", "The gateway has more to do than it can do in time.", {
      retryAfterMs,
    });
  };
