import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { flushSync } from "react-dom";
import type { Estate } from "./estate.js";
import { hashOfView, viewOfHash, type SharedView } from "./filters.js";
import type { Store } from "./store.js";

/** The current value of a store. */
export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get);

/** The view in the URL's hash, and a function that changes both. */
export function useSharedView(): [SharedView, (change: Partial<SharedView>) => void] {
  const [view, setView] = useState(() => viewOfHash(location.hash));
  useEffect(() => {
    const follow = (): void => setView(viewOfHash(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const change = useCallback((part: Partial<SharedView>) => {
    const next = { ...viewOfHash(location.hash), ...part };
    // Typing into a filter should not add steps to the browser's history.
    history.replaceState(null, "", `${location.pathname}${hashOfView(next)}`);
    setView(next);
  }, []);
  return [view, change];
}

/** Windows in which the instances come first and everything else is folded. */
export const NARROW = "(max-width: 700px)";

/** Whether a media query currently matches. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/**
 * Whether the page is being printed. The printed content is rendered before this is seen, because a browser
 * prints what the page holds when its listeners return.
 */
export function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const media = matchMedia("print");
    const set = (value: boolean) => (): void => flushSync(() => setPrinting(value));
    const [begin, end] = [set(true), set(false)];
    const follow = (): void => (media.matches ? begin() : end());
    addEventListener("beforeprint", begin);
    addEventListener("afterprint", end);
    media.addEventListener("change", follow);
    return () => {
      removeEventListener("beforeprint", begin);
      removeEventListener("afterprint", end);
      media.removeEventListener("change", follow);
    };
  }, []);
  return isPrinting;
}

/** The time between two readings. Units: milliseconds. */
const EVERY_MS = 60_000;

/** Reads everything again every minute while the page is visible, and when it becomes visible again. */
export function useRefresh(estate: Estate): void {
  useEffect(() => {
    let readAt = Date.now();
    const refresh = (): void => {
      if (document.hidden || estate.isBusy || Date.now() - readAt < EVERY_MS) return;
      readAt = Date.now();
      void estate.refresh();
    };
    const timer = setInterval(refresh, EVERY_MS / 4);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [estate]);
}
