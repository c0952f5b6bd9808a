import { onAbort } from "./abort.js";
import type { CallContext } from "./client.js";
import { TransportError } from "./faults.js";

/** The clock that all waiting is measured by. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`; rejects as soon as `signal` aborts, also when it has aborted before. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The longest that Node's timers can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** Whether a call has nobody left who waits for it. */
export const isOver = (clock: Clock, { signal, deadline }: CallContext): boolean =>
  signal.aborted || clock.now() >= deadline;

/** Waits `ms`. @throws {TransportError} CUT as soon as the context's signal aborts. */
export async function pause(
  clock: Pick<Clock, "sleep">,
  ms: number,
  { signal }: Pick<CallContext, "signal">,
): Promise<void> {
  const over = new AbortController();
  const forget = onAbort(signal, () => over.abort());
  try {
    await clock.sleep(ms, over.signal);
  } catch (cause) {
    throw new TransportError("cut", { cause });
  } finally {
    forget();
  }
}

/** Waits for `wait`. @throws {TransportError} CUT as soon as the context ends. */
export async function bounded<T>(clock: Clock, context: CallContext, wait: Promise<T>): Promise<T> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  const cut = (): never => {
    throw new TransportError("cut");
  };
  const forget = onAbort(context.signal, stop);
  const leftMs = Math.min(LONGEST_MS, Math.max(0, context.deadline - clock.now()));
  const end = clock.sleep(leftMs, over.signal).then(cut, cut);
  try {
    return await Promise.race([wait, end]);
  } finally {
    forget();
    stop();
  }
}
