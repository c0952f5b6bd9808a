/** What the engine reads and keeps. Times are milliseconds. */
export interface EngineSettings {
  /** How long what was read is fresh; 0 keeps nothing beyond an operation. */
  readonly ttlMs: number;
  /** How long what was read may stand in for a read that failed. */
  readonly staleIfErrorMs: number;
  /** Rows that one slice may hold. */
  readonly scanRows: number;
  /** Rows kept in memory, over all sources. */
  readonly cacheRows: number;
}

/** Walks that begin within one of these count as begun at its end. Units: milliseconds. */
const LONGEST_GRAIN_MS = 1_000;
/** Grains in `ttlMs` at least. */
const GRAINS = 16;

/**
 * When a walk counts as begun that begins at an instant: at the end of its grain of time, so that walks
 * that begin in the same grain have the same cursors. It is never before the instant: what is fresh enough
 * for a walk that began then is fresh enough for this one.
 */
export function walkStartAt({ ttlMs }: EngineSettings, instant: number): number {
  const grain = Math.max(1, Math.min(LONGEST_GRAIN_MS, Math.floor(ttlMs / GRAINS)));
  return Math.ceil(instant / grain) * grain;
}

/** What passes as fresh enough for one operation. */
export interface Freshness {
  /** Data read before this instant is read anew; epoch milliseconds. */
  readonly notBefore: number;
}

/**
 * Data fresh enough for a walk that began at `walkStart`: what was read for a walk stays good until it
 * has passed, since every row that lives through the walk is in it. `freshMs` takes the place of `ttlMs`
 * for lists that are kept in rounds.
 */
export function freshnessOf(
  { ttlMs }: EngineSettings,
  walkStart: number,
  operationStart: number,
  freshMs = ttlMs,
): Freshness {
  return {
    notBefore: ttlMs === 0 ? operationStart : Math.min(walkStart, operationStart) - freshMs,
  };
}
