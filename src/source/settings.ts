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
