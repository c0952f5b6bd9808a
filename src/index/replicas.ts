import { isRow } from "../domain/row.js";
import type { CallSignal } from "../http/abort.js";
import { cut, type Operation } from "../listing/operation.js";

/**
 * Texts that all replicas share, and claims by which one of them reads what all want.
 *
 * Nothing here ever rejects, and nothing is needed for a right answer: where the server is away there is
 * no text, every claim is granted, and writing does nothing.
 */
export interface SharedCache {
  /** Null where there is none that one of us wrote. */
  get(name: string): Promise<string | null>;
  set(name: string, text: string, ttlMs: number): Promise<void>;
  /** False where another replica reads this; a claim stands until its release, or its holder's end. */
  claim(name: string): Promise<boolean>;
  release(name: string): Promise<void>;
  /** Resolves after `ms`; rejects as soon as the signal aborts. */
  pause(ms: number, signal: CallSignal): Promise<void>;
}

/** One thing that replicas share. */
export interface SharedEntry<T> {
  /** What is claimed; unique within the account. */
  readonly name: string;
  /** What is shared and still good; null where there is nothing. */
  find(cache: SharedCache): Promise<T | null>;
  put(cache: SharedCache, value: T): Promise<void>;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;
/** The longest wait for another replica, though it still holds its claim. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Gives what another replica read, or reads it for all.
 *
 * Who does not get the claim waits for the one who has it, though never for more than half of what is
 * left of its own time; then it reads by itself.
 *
 * Cost:   a look where the thing is shared; else two looks, a claim and a write.
 * Errors: those of `read`, of which nothing is shared; `SourceError` CUT where the operation ends.
 */
export async function readShared<T>(
  cache: SharedCache,
  entry: SharedEntry<T>,
  { operation, now }: { readonly operation: Operation; readonly now: () => number },
  read: () => Promise<T>,
): Promise<T> {
  const begun = now();
  const patience = Math.min(LONGEST_WAIT_MS, (operation.deadline - begun) / 2);
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const found = await entry.find(cache);
    if (found !== null) return found;
    if (await cache.claim(entry.name)) return readClaimed(cache, entry, read);
    if (now() - begun >= patience) return readAndPut(cache, entry, read);
    await cache.pause(pauseMs, operation.signal).catch(() => {
      throw cut("The operation was ended.");
    });
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

async function readClaimed<T>(
  cache: SharedCache,
  entry: SharedEntry<T>,
  read: () => Promise<T>,
): Promise<T> {
  try {
    // Whoever held the claim may have written since we looked.
    return (await entry.find(cache)) ?? (await readAndPut(cache, entry, read));
  } finally {
    void cache.release(entry.name);
  }
}

async function readAndPut<T>(
  cache: SharedCache,
  entry: SharedEntry<T>,
  read: () => Promise<T>,
): Promise<T> {
  const value = await read();
  await entry.put(cache, value);
  return value;
}

/** How a value is written for other replicas. */
export interface Codec<T> {
  /** Returns JSON. */
  encode(value: T): unknown;
  /** Null for anything that `encode` did not write. */
  decode(value: unknown): T | null;
}

/** A value that replicas share, and where. */
export interface SharedValue<T> extends Codec<T> {
  readonly cache: SharedCache;
  /** Unique within the account. */
  readonly name: string;
  /** How long it is shared. Units: milliseconds. */
  readonly keptMs: number;
}

/** A value with the instant at which it was read, in epoch milliseconds. */
interface Read<T> {
  readonly value: T;
  readonly asOf: number;
}

/** The entry of a value that was read at `notBefore` or later. */
export const sharedEntry = <T>(
  shared: SharedValue<T>,
  notBefore: number,
  now: () => number,
): SharedEntry<Read<T>> => ({
  name: shared.name,
  async find(cache) {
    const held = parsed(await cache.get(shared.name));
    const asOf = isRow(held) ? held["asOf"] : null;
    if (!isRow(held) || typeof asOf !== "number" || asOf < notBefore) return null;
    const value = shared.decode(held["value"]);
    // Another replica's clock may be ahead: what it wrote was still read before now.
    return value === null ? null : { value, asOf: Math.min(asOf, now()) };
  },
  put: (cache, { value, asOf }) =>
    cache.set(shared.name, JSON.stringify({ asOf, value: shared.encode(value) }), shared.keptMs),
});

/** The value of a JSON text; null for anything else. */
export function parsed(text: string | null): unknown {
  try {
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}
