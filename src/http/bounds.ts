import { TransportError } from "./faults.js";

/** The clock that all waiting is measured by. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`. Rejects as soon as `signal` aborts, also if it aborted before. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/**
 * Ends work whose result is no longer needed, as an AbortController does.
 *
 * Every running question has one. Node 20 gives each AbortSignal a hidden class of its own, which costs as
 * much as a tenth of a small exchange and outlives many garbage collections.
 */
export class Abort {
  aborted = false;
  private readonly listeners = new Set<() => void>();

  /** Calls all listeners, once. */
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }

  /** Returns a function that removes the listener. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** Aborts when the result of a call is no longer needed. */
export type CallSignal = AbortSignal | Abort;

const heard = new WeakMap<AbortSignal, Abort>();

/**
 * Calls `listener` when `signal` aborts, or at once if it has. Returns a function that removes the listener.
 *
 * All calls of an operation share its signal. Node warns of a leak at eleven listeners on one signal, and
 * visits all of them to add another, so the signal itself gets one listener for all.
 */
export function onAbort(signal: CallSignal, listener: () => void): () => void {
  if (signal.aborted) {
    listener();
    return () => undefined;
  }
  const abort = signal instanceof Abort ? signal : (heard.get(signal) ?? hear(signal));
  return abort.listen(listener);
}

function hear(signal: AbortSignal): Abort {
  const abort = new Abort();
  heard.set(signal, abort);
  signal.addEventListener("abort", () => abort.abort(), { once: true });
  return abort;
}

/** What bounds a call from outside. Whichever comes first ends it. */
export interface CallContext {
  readonly signal: CallSignal;
  /** Epoch milliseconds by the gateway's clock. */
  readonly deadline: number;
  /** Whether the call is a prefetch. Its failure does not count for the breaker. */
  readonly isEarly?: boolean;
  /** Names the request for which the call is made, for the log. */
  readonly calls?: { readonly requestId?: string | undefined };
}

/** The longest time that Node's timers can wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** Whether a call was aborted or has reached its deadline. */
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
