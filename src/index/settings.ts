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

/** Walks that begin within one grain of time have the same start. Units: milliseconds. */
const LONGEST_GRAIN_MS = 1_000;
/** The fewest grains in `ttlMs`. */
const GRAINS = 16;

/**
 * The start of a walk that begins at an instant: the end of its grain of time, so that walks which begin
 * in the same grain have the same cursors. It is never before the instant, so data that is fresh enough
 * for a walk from there is fresh enough for this one.
 */
export function walkStartAt({ ttlMs }: EngineSettings, instant: number): number {
  const grain = Math.max(1, Math.min(LONGEST_GRAIN_MS, Math.floor(ttlMs / GRAINS)));
  return Math.ceil(instant / grain) * grain;
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
