const heard = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` when `signal` aborts, or at once if it has; the result takes that back.
 *
 * All calls of an operation share its signal. Node warns of a leak at eleven listeners on one signal,
 * and walks through all of them to add another, so the signal itself gets one for all.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) {
    listener();
    return () => undefined;
  }
  const listeners = heard.get(signal) ?? hear(signal);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function hear(signal: AbortSignal): Set<() => void> {
  const listeners = new Set<() => void>();
  heard.set(signal, listeners);
  const tell = (): void => {
    for (const listener of listeners) listener();
    listeners.clear();
  };
  signal.addEventListener("abort", tell, { once: true });
  return listeners;
}
