import { SourceError } from "../errors.js";
import type { Flight, Flights } from "./singleFlight.js";
import type { Operation } from "../listing/operation.js";
import type { ReadingTime } from "../listing/checkpoint.js";
import type { EngineSettings, Freshness } from "./settings.js";
import { readShared, sharedEntry, type SharedValue } from "./replicas.js";

/** Something read as a whole, and when. */
export interface Dated<T> {
  readonly value: T;
  /** Epoch milliseconds before the first call. */
  readonly asOf: number;
  /** Why old data is shown; null for fresh data. */
  readonly stale: SourceError | null;
}

/** Reads a thing whole; it may go on with a reading that began at `notBefore` or later. */
export type ReadWhole<T> = (
  operation: Operation,
  time: ReadingTime,
) => Promise<{ readonly value: T; readonly asOf: number }>;

/** What whatever is read whole works with. */
export interface CachedParts {
  readonly settings: EngineSettings;
  readonly now: () => number;
  readonly flights: Flights;
}

/**
 * One thing that is read whole: kept while it is fresh, asked for once by however many want it, and
 * shown old when reading it anew fails.
 */
export class Cached<T> {
  /** Whether it could not be read when it was last tried. */
  isFailing = false;
  private held: Dated<T> | null = null;
  private flight: Flight<Dated<T>> | null = null;

  constructor(
    private readonly read: ReadWhole<T>,
    private readonly parts: CachedParts,
    private readonly shared: SharedValue<T> | null = null,
  ) {}

  /** What is at hand; null where it must be read. */
  peek({ notBefore }: Freshness): Dated<T> | null {
    return this.held !== null && this.held.asOf >= notBefore ? this.held : null;
  }

  /** Errors: `SourceError`. */
  async get(operation: Operation, freshness: Freshness): Promise<Dated<T>> {
    for (;;) {
      const held = this.peek(freshness);
      if (held !== null) return held;
      this.flight ??= this.takeOff(operation, freshness);
      const flight = this.flight;
      try {
        // A flight that began earlier may bring less than this operation needs.
        await flight.join(operation);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        // Another operation's limits are not ours.
        if (error.kind === "CUT" && flight.owner !== operation && !operation.signal.aborted)
          continue;
        return this.staleFor(error);
      }
    }
  }

  private takeOff(operation: Operation, freshness: Freshness): Flight<Dated<T>> {
    const flight = this.parts.flights.begin<Dated<T>>(operation, async (joint) => {
      try {
        const dated = { ...(await this.readOrShare(joint, freshness)), stale: null };
        this.held = dated;
        this.isFailing = false;
        return dated;
      } catch (error) {
        this.isFailing = true;
        throw error;
      } finally {
        if (this.flight === flight) this.flight = null;
      }
    });
    return flight;
  }

  private readOrShare(operation: Operation, { notBefore }: Freshness) {
    const { shared } = this;
    const { now } = this.parts;
    const read = () => this.read(operation, { now: now(), notBefore });
    if (shared === null) return read();
    const entry = sharedEntry(shared, notBefore, now);
    return readShared(shared.cache, entry, { operation, now }, read);
  }

  private staleFor(error: SourceError): Dated<T> {
    const { held } = this;
    const { now, settings } = this.parts;
    const { ttlMs, staleIfErrorMs } = settings;
    const usable = held !== null && ttlMs > 0 && now() - held.asOf <= staleIfErrorMs;
    if (error.kind === "CUT" || !usable) throw error;
    return { ...held, stale: error };
  }
}
