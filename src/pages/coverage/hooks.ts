import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { hashOfView, viewOfHash, type SharedView } from "./filters.js";
import type { Store } from "./store.js";

/** The value of a store, and again whenever it is replaced. */
export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get);

/** The view that the URL's hash leads to, and what changes both. */
export function useSharedView(): [SharedView, (change: Partial<SharedView>) => void] {
  const [view, setView] = useState(() => viewOfHash(location.hash));
  useEffect(() => {
    const follow = (): void => setView(viewOfHash(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const change = useCallback((part: Partial<SharedView>) => {
    const next = { ...viewOfHash(location.hash), ...part };
    // Typing into a filter is no step that the back button should go through.
    history.replaceState(null, "", `${location.pathname}${hashOfView(next)}`);
    setView(next);
  }, []);
  return [view, change];
}

/** Whether a media query fits, and again whenever that changes. */
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
