import type { NonceMemory } from "./request.js";

/**
 * Makes a bounded memory of nonces.
 *
 * It forgets a nonce when it is older than a signature may be, or after `most` newer ones, so that a
 * simulator does not grow with the number of calls.
 */
export function makeNonceMemory(keptMs: number, most = 100_000): NonceMemory {
  // A Map keeps the order of insertion, so the oldest keys come first.
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
