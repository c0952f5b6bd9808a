import { isRow } from "../domain/row.js";
import { SourceError } from "../errors.js";
import type { CallSignal } from "../http/bounds.js";
import { cut, type Operation } from "../listing/operation.js";

/**
 * Texts that all replicas share, and claims by which one replica reads what several want.
 *
 * No method rejects, and no answer depends on the cache: while its server is unreachable every read
 * finds nothing, every claim is granted, and every write is dropped.
 */
export interface SharedCache {
  /** Null if no replica has written it. */
  get(name: string): Promise<string | null>;
  set(name: string, text: string, ttlMs: number): Promise<void>;
  /** False while another replica holds the claim. A claim lasts until its release, or until its holder ends. */
  claim(name: string): Promise<boolean>;
  release(name: string): Promise<void>;
  /** Resolves after `ms`; rejects as soon as the signal aborts. */
  pause(ms: number, signal: CallSignal): Promise<void>;
}

/** One answer that replicas share. */
export interface SharedEntry<T> {
  readonly cache: SharedCache;
  /** Names the claim; unique within the account. */
  readonly name: string;
  /** The shared answer if it is fresh enough, else null. */
  find(): Promise<T | null>;
  put(answer: T): Promise<void>;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;
/** The longest wait for a replica that still holds its claim. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Returns what another replica has read, or reads it for all of them.
 *
 * A replica that does not get the claim waits for the one that has it, but never longer than half of the
 * time left to its operation; then it reads by itself.
 *
 * Cost:   one lookup if the answer is shared; else four lookups, a claim and a write.
 * Errors: those of `read`; only refusals are shared, for `ttlMs`. `SourceError` CUT if the
 *         operation ends.
 */
export async function readShared<T>(
  entry: SharedEntry<T>,
  times: SharedTimes & { readonly operation: Operation },
  read: () => Promise<T>,
): Promise<T> {
  const { cache, name } = entry;
  const { operation, now } = times;
  const begunAt = now();
  const patience = Math.min(LONGEST_WAIT_MS, (operation.deadline - begunAt) / 2);
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const found = await findIn(entry, times);
    if (found !== null) return found;
    if (await cache.claim(name)) return readClaimed(entry, times, read);
    if (now() - begunAt >= patience) return readAndPut(entry, times, read);
    await cache.pause(pauseMs, operation.signal).catch(() => {
      throw cut("The operation was ended.");
    });
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
  }
}

interface SharedTimes {
  readonly now: () => number;
  /** How long a refusal is kept. Units: milliseconds. */
  readonly ttlMs: number;
}

/** The shared answer, or null. @throws {SourceError} if the vendor has refused it to another replica. */
async function findIn<T>(entry: SharedEntry<T>, times: SharedTimes): Promise<T | null> {
  const found = await entry.find();
  const refusal =
    found === null ? refusalIn(await entry.cache.get(refusedName(entry)), times) : null;
  if (refusal !== null) throw refusal;
  return found;
}

const refusedName = ({ name }: SharedEntry<unknown>): string => `${name} refused`;

/** The refusal that a text holds; null for anything else, and once it is too old. */
function refusalIn(text: string | null, { now, ttlMs }: SharedTimes): SourceError | null {
  const held = parsed(text);
  if (!isRow(held)) return null;
  const { kind, message, code, at } = held;
  if (kind !== "FORBIDDEN" && kind !== "NOT_FOUND") return null;
  if (typeof message !== "string" || typeof at !== "number") return null;
  if (Math.abs(now() - at) >= ttlMs) return null;
  return new SourceError(kind, message, {
    code: typeof code === "string" ? code : undefined,
    refusedAt: Math.min(at, now()),
  });
}

async function readClaimed<T>(
  entry: SharedEntry<T>,
  times: SharedTimes,
  read: () => Promise<T>,
): Promise<T> {
  try {
    // The previous holder of the claim may have written since the last lookup.
    return (await findIn(entry, times)) ?? (await readAndPut(entry, times, read));
  } finally {
    void entry.cache.release(entry.name);
  }
}

async function readAndPut<T>(
  entry: SharedEntry<T>,
  { now, ttlMs }: SharedTimes,
  read: () => Promise<T>,
): Promise<T> {
  try {
    const answer = await read();
    await entry.put(answer);
    return answer;
  } catch (error) {
    if (error instanceof SourceError && error.isRefusal) {
      const { kind, message, details } = error;
      const text = JSON.stringify({ kind, message, code: details.code, at: now() });
      await entry.cache.set(refusedName(entry), text, ttlMs);
    }
    throw error;
  }
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
  keptMs(): number;
}

/** Clocks of replicas agree to within this. Units: milliseconds. */
const CLOCKS_AGREE_MS = 1_000;

/**
 * When a reading of another replica was made, by our clock; null if its clock was ahead, or ours was set back:
 * nobody knows then how old it is.
 */
export const sharedAsOf = (asOf: number, now: number): number | null =>
  asOf > now + CLOCKS_AGREE_MS ? null : Math.min(asOf, now);

/** The entry of a value that was read as a whole, at `notBefore` or later. */
export const sharedEntry = <T>(
  { cache, name, keptMs, encode, decode }: SharedValue<T>,
  notBefore: number,
  now: () => number,
): SharedEntry<{ readonly value: T; readonly asOf: number; readonly stale: null }> => ({
  cache,
  name,
  async find() {
    const held = parsed(await cache.get(name));
    if (!isRow(held) || typeof held["asOf"] !== "number") return null;
    const asOf = sharedAsOf(held["asOf"], now());
    if (asOf === null || asOf < notBefore) return null;
    const value = decode(held["value"]);
    return value === null ? null : { value, asOf, stale: null };
  },
  put: ({ value, asOf }) =>
    cache.set(name, JSON.stringify({ asOf, value: encode(value) }), keptMs()),
});

/** The value of a JSON text; null for anything else. */
export function parsed(text: string | null): unknown {
  try {
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    return null;
  }
}
