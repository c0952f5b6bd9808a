/**
 * Ends work that nobody waits for any more, as an AbortController does.
 *
 * There is one for every question under way. Node 20 gives every AbortSignal a hidden class of its own,
 * which costs as much as a tenth of a small exchange and outlives many collections.
 */
export class Abort {
  aborted = false;
  private readonly listeners = new Set<() => void>();

  /** Tells all who listen, once. */
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }

  /** The result takes that back. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** What tells that nobody waits any more. */
export type CallSignal = AbortSignal | Abort;

const heard = new WeakMap<AbortSignal, Abort>();

/**
 * Calls `listener` when `signal` aborts, or at once if it has; the result takes that back.
 *
 * All calls of an operation share its signal. Node warns of a leak at eleven listeners on one signal,
 * and walks through all of them to add another, so the signal itself gets one for all.
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
