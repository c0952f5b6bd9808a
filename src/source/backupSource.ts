import type { Backup, MappedBackup } from "../domain/backup.js";
import type { Instance } from "../domain/instance.js";
import { SourceError } from "../errors.js";
import type { Direction } from "../paging/direction.js";
import { holds, type Slice } from "../paging/slice.js";
import { pageSizeOf } from "../paging/read/ask.js";
import { readSpan } from "../paging/read/readSpan.js";
import { newSourceMemory } from "../paging/read/spanRequest.js";
import { backupsOf } from "./backupRows.js";
import type { BackupListing, Region } from "./declaration.js";
import { Flight } from "./flight.js";
import type { ListItem } from "./item.js";
import { askPage } from "./listQuestion.js";
import type { Operation } from "./operation.js";
import type { ProviderRuntime } from "./provider.js";
import { SHARD_SET_MS } from "./shardSets.js";
import type { Freshness } from "./settings.js";
import { readSharedSlice } from "./sharedSlices.js";
import { SliceStore } from "./sliceStore.js";

const DAY = 86_400_000;
/** The longest that a vendor keeps a backup of which no instance tells the age: five years. */
const LONGEST_KEPT_MS = 1_890 * DAY;

/** What one slice is asked for. */
export interface SliceQuestion {
  readonly instant: number;
  readonly direction: Direction;
  readonly freshness: Freshness;
  /** When the walk began, which fixes how far back it goes; epoch milliseconds. */
  readonly walkStart: number;
  /** A vendor's total above this ends the reading: another way is cheaper. */
  readonly giveUpAbove?: number;
}

/** One backup list that can be read alone: a listing for a region, or for one instance. */
export class BackupSource {
  readonly memory = newSourceMemory();
  private readonly store: SliceStore<Backup>;
  private flight: Flight<Slice<Backup>> | null = null;
  /** The total above which the flight gives up. */
  private flightLimit = 0;

  constructor(
    private readonly runtime: ProviderRuntime,
    private readonly region: Region,
    private readonly listing: BackupListing,
    private readonly instance: Instance | null,
  ) {
    this.store = new SliceStore(runtime.ports.memory);
  }

  /** Forgets all slices. */
  clear(): void {
    this.store.clear();
  }

  /** The number of pages that the whole list is believed to have. */
  get pages(): number {
    const { listing, runtime } = this;
    const size = pageSizeOf({ shape: listing.shape, memory: runtime.memoryOf(listing.name) });
    return Math.max(1, Math.ceil(this.memory.rows / size));
  }

  /** What is at hand; null where the vendor must be asked. */
  peek({ instant, freshness }: SliceQuestion): Slice<Backup> | null {
    return this.store.at(instant, freshness.notBefore);
  }

  /** Reads the slice that holds an instant. Errors: `SourceError`. */
  async read(question: SliceQuestion, operation: Operation): Promise<Slice<Backup>> {
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

  private takeOff(question: SliceQuestion, operation: Operation): Flight<Slice<Backup>> {
    this.flightLimit = this.giveUpAbove(question);
    const flight = new Flight(operation, async (shared) => {
      try {
        const slice = await this.readOrShare(question, shared);
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
    const read = () => this.readSlice(question, operation);
    return readSharedSlice(source, question, operation, read);
  }

  private async readSlice(question: SliceQuestion, operation: Operation): Promise<Slice<Backup>> {
    const { runtime, listing, region, instance } = this;
    const { now, settings } = runtime.ports;
    const asOf = now();
    const form = runtime.formOf(listing.name);
    const context = { listing, scope: { region, instance }, form, call: runtime.call };
    const read = await readSpan<ListItem<MappedBackup>>({
      ask: (page) => askPage(context, page, operation),
      shape: listing.shape,
      memory: runtime.memoryOf(listing.name),
      scanRows: settings.scanRows,
      giveUpAbove: this.giveUpAbove(question),
      source: this.memory,
      instant: question.instant,
      direction: question.direction,
      bounds: { lowest: this.lowest(question.walkStart), newest: asOf + DAY },
      groupMs: this.groupMs,
      isTooWide: (error) => isTooWide(listing, error),
    });
    const home = {
      provider: runtime.key,
      region: region.id,
      listing,
      shardCount: instance?.shardCount ?? null,
    };
    const { rows, notices } = backupsOf(read, home, asOf);
    for (const { message } of read.notices)
      runtime.ports.onClaimDropped?.(runtime.key, listing.name, message);
    return { since: read.since, until: read.until, rows, asOf, notices, stale: null };
  }

  /** A wide list without windows is given up early: its instances can be asked one by one. */
  private giveUpAbove({ giveUpAbove }: SliceQuestion): number {
    const { instance, listing, runtime } = this;
    if (giveUpAbove !== undefined) return giveUpAbove;
    const oneSlice = instance === null && listing.shape.window === null;
    return oneSlice ? runtime.ports.settings.scanRows : Number.POSITIVE_INFINITY;
  }

  /** No row is older: what is looked back to, else the instance's creation. */
  private lowest(walkStart: number): number {
    const { lookbackMs } = this.runtime.product;
    const created = this.instance?.createdAt ?? null;
    const kept = created === null ? walkStart - LONGEST_KEPT_MS : created - DAY;
    return lookbackMs === null ? kept : Math.max(kept, walkStart - lookbackMs);
  }

  private get groupMs(): number {
    return this.listing.sharded === true && this.instance?.shardCount !== 1 ? SHARD_SET_MS : 0;
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

function isTooWide({ windowTooWideOn = [] }: BackupListing, error: unknown): boolean {
  const code = error instanceof SourceError ? error.details.code : undefined;
  return code !== undefined && windowTooWideOn.includes(code);
}
