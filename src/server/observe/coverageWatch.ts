import { setTimeout as delay } from "node:timers/promises";
import type { Principal } from "../../domain/principal.js";
import type { Reads } from "../../domain/reads.js";
import { lookAtCoverage, type CoverageSight } from "./coverageSight.js";

/** Opens the reads of one job; without vendor calls, they know only what was read before. */
export type OpenReads = (
  principal: Principal,
  bounds: {
    readonly signal: AbortSignal;
    /** Epoch milliseconds. */
    readonly deadlineAt: number;
    readonly mayAsk: boolean;
  },
) => Reads;

/** What coverage is read with. Times are milliseconds. */
export interface CoverageWatchParts {
  open: OpenReads;
  /** The clock: epoch milliseconds. */
  now(): number;
  /** Of one look at the estate. */
  readonly deadlineMs: number;
  /** How long a scrape waits for a look that is under way; else five seconds. */
  readonly patienceMs?: number;
  /** Aborts when there is to be no further look; ends one that is under way. */
  readonly closing: AbortSignal;
  /** Told of each look. */
  onLook(sight: CoverageSight): void;
  onFailure(error: unknown): void;
}

/** The least time between the beginnings of two looks. */
const EVERY_MS = 300_000;
/** A look of a minute is followed by nineteen without. */
const REST = 19;
const PATIENCE_MS = 5_000;
/** How long it may take to find what was read before, also where replicas share it. */
const REMEMBER_MS = 1_000;

/** Whoever reads metrics is no caller: nothing but coverage is read in this name. */
const WATCHER: Principal = { name: "metrics", scopes: new Set(), accounts: null };

/**
 * The coverage of the estate for those who scrape it.
 *
 * Nothing is read until somebody scrapes. Then the estate is looked at every five minutes at most, and
 * for at most a twentieth of the time, however often it is scraped.
 */
export class CoverageWatch {
  private sight: CoverageSight | null = null;
  private look: Promise<void> | null = null;
  private nextAt = -Infinity;

  constructor(private readonly parts: CoverageWatchParts) {}

  /** What is known; null before the first look has ended. Waits a little for a look under way. */
  async latest(): Promise<CoverageSight | null> {
    if (this.look === null && this.parts.now() >= this.nextAt && !this.parts.closing.aborted)
      this.look = this.lookOnce().finally(() => (this.look = null));
    if (this.look !== null) await patient(this.look, this.parts.patienceMs ?? PATIENCE_MS);
    return this.sight;
  }

  private async lookOnce(): Promise<void> {
    const { open, now, deadlineMs, closing, onLook, onFailure } = this.parts;
    const startedAt = now();
    const reads = (deadlineAt: number, mayAsk: boolean): Reads =>
      open(WATCHER, { signal: closing, deadlineAt, mayAsk });
    try {
      this.sight = await lookAtCoverage({
        asking: reads(startedAt + deadlineMs, true),
        remembering: () => reads(now() + REMEMBER_MS, false),
      });
      onLook(this.sight);
    } catch (error) {
      onFailure(error);
    } finally {
      const endedAt = now();
      this.nextAt = Math.max(startedAt + EVERY_MS, endedAt + REST * (endedAt - startedAt));
    }
  }
}

async function patient(work: Promise<void>, ms: number): Promise<void> {
  const enough = new AbortController();
  const over = delay(ms, undefined, { signal: enough.signal }).catch(() => undefined);
  await Promise.race([work, over]);
  enough.abort();
}
