/** What is read and how long it is kept. Units: milliseconds, rows. */
export interface EngineSettings {
  /** How long what was read is fresh; 0 keeps nothing beyond an operation. */
  readonly ttlMs: number;
  /** How long old data may stand in for a read that failed. */
  readonly staleIfErrorMs: number;
  /** The most rows of one slice. */
  readonly scanRows: number;
  /** The most rows kept in memory, over all sources. */
  readonly cacheRows: number;
}

/** How old data may be that answers a question. */
export interface Freshness {
  /** Data read before this instant is read again; epoch milliseconds. */
  readonly notBefore: number;
}

/**
 * How old data may be for a walk that began at `walkStart`: what was read for a walk stays good until the
 * walk has passed it, because it holds every row that lives through the walk. `freshMs` replaces `ttlMs`
 * for lists that the refresher keeps in rounds.
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
