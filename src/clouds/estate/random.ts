/** A repeatable random source: the same seed gives the same data on every machine. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [from, to]. */
  whole(from: number, to: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** Text of lower-case letters and digits, as in the vendors' ids. */
  word(length: number): string;
  uuid(): string;
}

const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

/** Makes a random source from a whole number (Mulberry32). */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const hex = (): string =>
    Math.floor(next() * 65_536)
      .toString(16)
      .padStart(4, "0");
  return {
    next,
    whole,
    pick: (from) => from[whole(0, from.length - 1)] as (typeof from)[number],
    word: (length) => {
      let text = "";
      for (let i = 0; i < length; i += 1) text += LETTERS[whole(0, LETTERS.length - 1)];
      return text;
    },
    uuid: () => {
      const variant = (8 + whole(0, 3)).toString(16);
      return `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-${variant}${hex().slice(1)}-${hex()}${hex()}${hex()}`;
    },
  };
}

/** A hash of text as a whole number (FNV-1a), for seeds and shuffled orders. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1)
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
}
