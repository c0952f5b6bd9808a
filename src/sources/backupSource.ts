import type { Backup, MappedBackup } from "../domain/backup.js";
import type { Instance } from "../domain/instance.js";
import { SourceError } from "../errors.js";
import { holds, type Slice } from "../paging/slice.js";
import { pageSizeOf } from "../listing/read/page.js";
import { newSourceMemory } from "../listing/read/span.js";
import type { BackupListing, Region } from "../listing/declaration.js";
import type { Flight } from "../index/singleFlight.js";
import type { ListItem } from "../listing/item.js";
import type { Operation } from "../listing/operation.js";
import type { ProviderContext } from "../providers/context.js";
import { ReadingLog } from "../listing/checkpoint.js";
import { readSharedSlice } from "./sharedSlices.js";
import { floorOf, readSlice } from "./sliceReading.js";
import { SliceStore, type SliceQuestion } from "../index/sliceStore.js";

/** The name of a source in cursors, by provider, region and instance; `null` stands for all of them. */
export const sourceName = (
  provider: string,
  region: string | null,
  instance: string | null,
): string => `${provider}|${region ?? "*"}|${instance ?? "*"}`;

/** The list of an instance that no longer exists. */
export const EMPTY_SLICE: Slice<Backup> = {
  since: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
  rows: [],
  asOf: 0,
  notices: [],
  stale: null,
};

/** One backup list that can be read alone: a listing for a region, or for one instance. */
export class BackupSource {
  readonly memory = newSourceMemory();
  readonly store: SliceStore<Backup>;
  private readonly log = new ReadingLog<ListItem<MappedBackup>>();
  private flight: Flight<Slice<Backup>> | null = null;
  /** The total above which the flight gives up. */
  private flightLimit = 0;
  private trustsWindows = true;

  constructor(
    private readonly runtime: ProviderContext,
    private readonly region: Region,
    private readonly listing: BackupListing,
    private readonly instance: Instance | null,
  ) {
    this.store = new SliceStore(runtime.ports.memory);
  }

  /** Whether this is the list as it is asked now: instances grow shards, or are shown by another list. */
  isOf({ name }: BackupListing, instance: Instance | null): boolean {
    return name === this.listing.name && instance?.shardCount === this.instance?.shardCount;
  }

  /** Forgets all slices. */
  clear(): void {
    this.store.clear();
    this.log.clear();
  }

  /** The number of rows that one call brings at most. */
  get pageSize(): number {
    const { listing, runtime } = this;
    return pageSizeOf({ shape: listing.shape, memory: runtime.memoryOf(listing.name) });
  }

  /** The number of pages that the whole list is believed to have. */
  get pages(): number {
    return Math.max(1, Math.ceil(this.memory.rows / this.pageSize));
  }

  /**
   * The number of calls that reading on over a span is believed to take: of a list without windows, and
   * of one that was never read in windows, the calls for all of it.
   */
  callsOver(spanMs: number): number {
    const { density } = this.memory;
    if (!this.takesWindows || density === null) return this.pages;
    return Math.max(1, Math.ceil((spanMs * density) / this.pageSize));
  }

  /** Whether the vendor shows a part of the list. */
  get takesWindows(): boolean {
    const { listing, runtime } = this;
    return listing.shape.window !== null && runtime.memoryOf(listing.name).windowTrusted;
  }

  /** What is at hand; null where the vendor must be asked. */
  peek({ instant, freshness }: SliceQuestion): Slice<Backup> | null {
    this.forgetWindows();
    return this.store.at(instant, freshness.notBefore);
  }

  /** Reads the slice that holds an instant. Errors: `SourceError`. */
  async read(question: SliceQuestion, operation: Operation): Promise<Slice<Backup>> {
    const floor = floorOf(this.runtime, question.walkStart);
    if (question.instant < floor) return { ...EMPTY_SLICE, until: floor };
    for (;;) {
      const held = this.peek(question);
      if (held !== null) return held;
      this.flight ??= this.takeOff(question, operation);
      const { flight, flightLimit } = this;
      try {
        const slice = await flight.join(operation);
        // Memory may have had no room for it.
        if (answers(slice, question)) return slice;
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        // Another operation's limits are not ours.
        const others = flight.owner !== operation && !operation.signal.aborted;
        const gaveUpEarly = error.kind === "SCAN_LIMIT" && flightLimit < this.giveUpAbove(question);
        if (gaveUpEarly || (error.kind === "CUT" && others)) continue;
        return this.staleFor(question, error);
      }
    }
  }

  /** Once a vendor's windows are not trusted, neither is what was read by them. */
  private forgetWindows(): void {
    const { windowTrusted } = this.runtime.memoryOf(this.listing.name);
    if (this.trustsWindows && !windowTrusted) this.clear();
    this.trustsWindows = windowTrusted;
  }

  private takeOff(question: SliceQuestion, operation: Operation): Flight<Slice<Backup>> {
    this.flightLimit = this.giveUpAbove(question);
    const flight = this.runtime.ports.flights.begin(operation, async (shared) => {
      try {
        const slice = await this.readOrShare(question, shared);
        this.forgetWindows();
        this.store.put(slice);
        return slice;
      } finally {
        if (this.flight === flight) this.flight = null;
      }
    });
    return flight;
  }

  private readOrShare(question: SliceQuestion, operation: Operation): Promise<Slice<Backup>> {
    const { runtime, region, instance, listing, memory, store } = this;
    const source = { runtime, region, instance, listing, memory, store };
    const read = () =>
      readSlice(
        {
          ...source,
          log: this.log,
          held: store.at(question.instant, Number.NEGATIVE_INFINITY),
          giveUpAbove: this.giveUpAbove(question),
        },
        question,
        operation,
      );
    return readSharedSlice(source, question, operation, read);
  }

  /** A wide list without windows is given up early: its instances can be asked one by one. */
  private giveUpAbove({ giveUpAbove }: SliceQuestion): number {
    const { instance, listing, runtime } = this;
    if (giveUpAbove !== undefined) return giveUpAbove;
    const oneSlice = instance === null && listing.shape.window === null;
    return oneSlice ? runtime.ports.settings.scanRows : Number.POSITIVE_INFINITY;
  }

  private staleFor(question: SliceQuestion, error: SourceError): Slice<Backup> {
    const { now, settings } = this.runtime.ports;
    if (error.kind === "CUT" || settings.ttlMs === 0) throw error;
    const notBefore = now() - settings.staleIfErrorMs;
    const { instant, direction } = question;
    const stale = this.store.staleAt(instant, direction, notBefore, error);
    if (stale === null) throw error;
    return stale;
  }
}

const answers = (slice: Slice<Backup>, { instant, freshness }: SliceQuestion): boolean =>
  holds(slice, instant) && slice.asOf >= freshness.notBefore;
