import type { NonceMemory } from "./request.js";

/**
 * Makes a bounded memory of nonces.
 *
 * A nonce is forgotten when it is older than a signature can be, or when `most` newer ones came: a
 * simulator must not grow with the length of a walk.
 */
export function makeNonceMemory(keptMs: number, most = 100_000): NonceMemory {
  // A Map keeps its keys in the order they came, so the oldest are the first.
  const usedAt = new Map<string, number>();
  const forget = (now: number): void => {
    for (const [nonce, at] of usedAt) {
      if (usedAt.size < most && now - at <= keptMs) return;
      usedAt.delete(nonce);
    }
  };
  return {
    use(nonce, now) {
      forget(now);
      if (usedAt.has(nonce)) return false;
      usedAt.set(nonce, now);
      return true;
    },
  };
}
