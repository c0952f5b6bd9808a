import type { ProviderCapabilities } from "../domain/provider.js";
import type { ProviderRuntime } from "./provider.js";

/** What was read so many rounds ago still passes as fresh. */
const FRESH_ROUNDS = 3;

/** How a provider's lists are kept that are too many to be read within ttl. */
export interface Rounds {
  /** Between the starts of two calls. Units: milliseconds. */
  readonly everyMs: number;
  /** Age up to which a list passes as fresh. Units: milliseconds. */
  readonly freshMs: number;
}

/** What a provider's lists ask of its quota. Units: calls, calls a second, milliseconds. */
export interface Load {
  /** Calls that read every list once. */
  readonly calls: number;
  readonly rate: number;
  readonly ttlMs: number;
  /** Part of the rate that keeping them may use, 0 to 1. */
  readonly share: number;
}

/** Null where the quota reads every list within ttl, or where nothing may be kept. */
export function roundsFor({ calls, rate, ttlMs, share }: Load): Rounds | null {
  if (ttlMs === 0 || share === 0 || (calls / rate) * 1_000 <= ttlMs) return null;
  const everyMs = 1_000 / (rate * share);
  return { everyMs, freshMs: Math.max(ttlMs, Math.ceil(FRESH_ROUNDS * calls * everyMs)) };
}

const kept = new WeakMap<ProviderRuntime, Rounds>();

/** How a provider's lists are kept; null where nobody needs to keep them. */
export const roundsOf = (runtime: ProviderRuntime): Rounds | null => kept.get(runtime) ?? null;

/** Notes how a provider's lists are kept from now on. */
export function setRounds(runtime: ProviderRuntime, rounds: Rounds | null): void {
  if (rounds === null) kept.delete(runtime);
  else kept.set(runtime, rounds);
}

/** What a provider can do, and how old its lists may be where they are kept. */
export function withRounds(runtime: ProviderRuntime): ProviderCapabilities {
  const { capabilities } = runtime;
  const rounds = roundsOf(runtime);
  if (rounds === null) return capabilities;
  const seconds = Math.ceil(rounds.freshMs / 1_000);
  const note = `There are too many instances to read all within cache.ttl: their backups are read in rounds, and are shown as they were up to ${seconds} seconds ago.`;
  return { ...capabilities, notes: [...capabilities.notes, note] };
}
