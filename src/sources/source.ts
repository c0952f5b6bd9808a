import type { Backup, MappedBackup } from "../domain/backup.js";
import type { Instance } from "../domain/instance.js";
import type { SourcePlace } from "../domain/connection.js";
import { SourceError } from "../errors.js";
import { ReadThrough } from "../index/readThrough.js";
import type { SharedEntry } from "../index/replicas.js";
import { answers, SliceStore, type Freshness, type SliceQuestion } from "../index/sliceStore.js";
import { askPage, knownRowsOf, type ListItem } from "../listing/askPage.js";
import { ReadingLog } from "../listing/checkpoint.js";
import type { BackupListing, Region } from "../listing/declaration.js";
import type { Operation } from "../listing/operation.js";
import { pageSizeOf, type ListingMemory, newSourceMemory } from "../listing/read/evidence.js";
import { AHEAD_MS, type Bounds, spanBeyond, type SpanRead } from "../listing/read/layout.js";
import type { Ask } from "../listing/shape.js";
import { passesOf } from "../listing/read/pages.js";
import { readSpan } from "../listing/read/readSpan.js";
import { wholeSlice, type Notice, type Slice } from "../paging/slice.js";
import type { ProviderRuntime } from "../providers/provider.js";
import { backupsOf, straysIn } from "./backupRows.js";
import { sharedSlice } from "./sharedSlices.js";

const DAY_MS = 86_400_000;
/** The longest that a vendor keeps a backup whose instance has no known age: five years. */
const LONGEST_KEPT_MS = 1_890 * DAY_MS;

/** The name of a source in cursors, by provider, region and instance; `null` stands for all of them. */
export const sourceName = (
  provider: string,
  region: string | null,
  instance: string | null,
): string => `${provider}|${region ?? "*"}|${instance ?? "*"}`;

/** A slice without rows that covers all instants before `until`. */
export const emptySlice = (until = Number.POSITIVE_INFINITY): Slice<Backup> => ({
  ...wholeSlice<Backup>([]),
  until,
});

/** A region of a provider. */
export interface ListedPlace {
  readonly runtime: ProviderRuntime;
  readonly region: Region;
}

/** The instances that members belong to, and what their list lacks. */
interface Owners {
  readonly byMember: ReadonlyMap<string, Instance>;
  readonly notices: readonly Notice[];
}

const NO_OWNERS: Owners = { byMember: new Map(), notices: [] };

/** What names a source. */
interface SourceAddress extends ListedPlace {
  readonly listing: BackupListing;
  /** Null for the region's wide list. */
  readonly instance: Instance | null;
}

/**
 * One list of backups that can be read alone: a listing applied to a region, or to one instance.
 *
 * The planner reads it, because the wide list of the region may answer for an instance.
 */
export class Source extends ReadThrough<SliceQuestion, Slice<Backup>> implements SourceAddress {
  /** Names the source in cursors; unique. */
  readonly name: string;
  readonly runtime: ProviderRuntime;
  readonly region: Region;
  readonly listing: BackupListing;
  readonly instance: Instance | null;
  private readonly slices: SliceStore<Backup>;
  private readonly sourceMemory = newSourceMemory();
  private readonly listingMemory: ListingMemory;
  private readonly log = new ReadingLog<ListItem<MappedBackup>>();
  private trustsWindows = true;

  constructor({ runtime, region, listing, instance }: SourceAddress) {
    super(runtime.ports);
    this.name = sourceName(runtime.key, region.id, instance?.nativeId ?? null);
    this.runtime = runtime;
    this.region = region;
    this.listing = listing;
    this.instance = instance;
    this.listingMemory = runtime.memoryOf(listing.name);
    this.slices = new SliceStore(runtime.ports.memory);
  }

  /** Whether only the region's wide list shows the backups of the instance: if it is no longer listed, say. */
  get isUnlisted(): boolean {
    return this.instance !== null && this.listing === this.runtime.product.wide;
  }

  /** The source as issues name it. */
  get place(): SourcePlace {
    const { runtime, region, instance } = this;
    const instanceNativeId = instance?.nativeId ?? null;
    return { provider: runtime.key, region: region.id, instanceNativeId };
  }

  /** How long its backups count as fresh. Units: milliseconds. */
  get freshMs(): number {
    const { runtime, region, instance } = this;
    const isKept = instance !== null && !runtime.wide.allows(region.id);
    return (isKept ? runtime.rounds?.freshMs : undefined) ?? runtime.ports.settings.ttlMs;
  }

  /**
   * Whether the source still is this list: an instance may grow shards or move to another listing, and a
   * reload may change the account.
   */
  isOf({ runtime, listing, instance }: SourceAddress): boolean {
    const isSame = runtime === this.runtime && listing === this.listing;
    return isSame && instance?.shardCount === this.instance?.shardCount;
  }

  /** Forgets everything that was read. */
  clear(): void {
    this.slices.clear();
    this.log.clear();
  }

  /** When the slice with the newest rows was read; null if none is kept. */
  get newestAsOf(): number | null {
    return this.slices.newestAsOf;
  }

  /** What its listing has shown, if reading the list on may settle a doubt about all lists of the listing; else null. */
  get doubts(): ListingMemory | null {
    return this.sourceMemory.inDoubt ? this.listingMemory : null;
  }

  /** The most rows that one call returns. */
  get pageSize(): number {
    return pageSizeOf({ shape: this.listing.shape, memory: this.listingMemory });
  }

  /** The number of calls that the whole list takes, as far as is known. */
  get pages(): number {
    return this.pagesOf(this.sourceMemory.rows);
  }

  private pagesOf(rows: number): number {
    const pages = Math.max(1, Math.ceil(rows / this.pageSize));
    return pages === 1 ? 1 : pages * passesOf(this.listing.shape);
  }

  /**
   * The same before the list was ever read, if the facts of all these instances say how many rows they have.
   */
  pagesFor(instances: readonly Instance[]): number {
    const { listing, sourceMemory } = this;
    if (sourceMemory.rows > 0 || this.newestAsOf !== null) return this.pages;
    const now = this.ports.now();
    const rows = instances.map((one) => listing.expectedRows?.(one, now) ?? null);
    const known = rows.filter((count) => count !== null);
    return known.length < rows.length ? this.pages : this.pagesOf(sumOf(known));
  }

  /** The rows up to which the list takes no more calls than a number of other lists of one page. */
  worth(lists: number): number {
    return Math.max(1, Math.floor(lists / passesOf(this.listing.shape))) * this.pageSize;
  }

  /** Notes that the list has more rows than a reading accepted. */
  noteRows(atLeast: number): void {
    this.sourceMemory.rows = Math.max(this.sourceMemory.rows, atLeast);
  }

  /** The number of calls that reading on over a span takes, as far as is known. */
  callsOver(spanMs: number): number {
    const { density } = this.sourceMemory;
    if (!this.takesWindows || density === null) return this.pages;
    return Math.max(1, Math.ceil((spanMs * density) / this.pageSize));
  }

  /** Whether the vendor can list a part of the source's time. */
  get takesWindows(): boolean {
    return this.listing.shape.window !== null && this.listingMemory.windowTrusted;
  }

  peek({ instant, freshness }: SliceQuestion): Slice<Backup> | null {
    this.forgetWindows();
    return this.slices.at(instant, freshness.notBefore);
  }

  override read(
    question: SliceQuestion,
    operation: Operation,
  ): Promise<Slice<Backup> | SourceError> {
    const empty = this.emptyAt(question);
    return empty === null ? super.read(question, operation) : Promise.resolve(empty);
  }

  /**
   * The slice around an instant at which no backup can start; null elsewhere. It is no reading: a list that
   * failed or was refused is not known to be readable again.
   */
  private emptyAt(question: SliceQuestion): Slice<Backup> | null {
    const floor = this.floorOf(question);
    if (question.instant < floor) return emptySlice(floor);
    if (!this.takesWindows || this.listing.shape.window?.open === true) return null;
    const beyond = spanBeyond(question, this.boundsOf(question, this.ports.now()));
    return beyond === null ? null : { ...emptySlice(), ...beyond };
  }

  /** Reads the slice; after a CUT, the next reading continues behind the pages that were answered. */
  protected fetch(question: SliceQuestion, operation: Operation): Promise<Slice<Backup>> {
    const { runtime, region, listing, instance, slices, listingMemory: memory } = this;
    const { direction, instant, freshness, walkStart } = question;
    // The owners of members change without their rows.
    const before = listing.ownedByMember ? null : slices.at(instant, Number.NEGATIVE_INFINITY);
    const known = knownRowsOf(before, listing);
    const { call, ports } = runtime;
    const { scanRows } = ports.settings;
    const scope = { region, instance };
    const context = { listing, scope, memory, call, scanRows, known };
    // A list without windows is read in the same way for every instant.
    const name = listing.shape.window === null ? "" : `${direction} ${instant}`;
    return this.log.take(
      (page) => askPage(context, page, operation),
      { name, now: ports.now(), notBefore: freshness.notBefore, walkStart },
      async (ask, asOf, earliest) => {
        const read = await this.readSpan({ ...question, walkStart: earliest }, ask, asOf);
        const { strays } = listing;
        if (strays !== undefined)
          runtime.noteStrays(listing, this.name, straysIn(strays, read.items));
        // A walk that began earlier looks back further, and must not take this for the beginning.
        const since = Math.max(read.since, this.floorOf(question));
        const owners = await this.ownersOf(read.items, question, operation);
        return this.sliceOf({ ...read, since }, owners, asOf);
      },
    );
  }

  protected keep(slice: Slice<Backup>): void {
    if (this.instance === null) this.runtime.wide.noteRead(this.region.id);
    this.forgetWindows();
    this.slices.put(slice);
  }

  protected serves(slice: Slice<Backup>, question: SliceQuestion): boolean {
    return answers(slice, question);
  }

  protected freshnessOf({ freshness }: SliceQuestion): Freshness {
    return freshness;
  }

  protected standIn(
    question: SliceQuestion,
    notBefore: number,
    error: SourceError,
  ): Slice<Backup> | null {
    return this.slices.staleAt(question, notBefore, error, this.runtime.marginMs);
  }

  /** A reading that gave up early says nothing to one that accepts more rows. */
  protected override fails(
    { kind }: SourceError,
    asked: SliceQuestion,
    question: SliceQuestion,
  ): boolean {
    return kind !== "SCAN_LIMIT" || this.giveUpAbove(asked) >= this.giveUpAbove(question);
  }

  protected entryFor(
    question: SliceQuestion,
    operation: Operation,
  ): SharedEntry<Slice<Backup>> | null {
    const { runtime, region, listing, instance } = this;
    const { shared: cache, account, ports, rounds } = runtime;
    if (cache === null) return null;
    const { ttlMs, staleIfErrorMs } = ports.settings;
    // The number of shards of an instance decides how its rows are read.
    const { nativeId, shardCount } = instance ?? { nativeId: "", shardCount: null };
    return sharedSlice(question, {
      cache,
      name: ["slices", runtime.key, region.id, listing.name, nativeId, shardCount].join(" "),
      keptMs: Math.max(ttlMs, rounds?.freshMs ?? 0) + staleIfErrorMs,
      now: ports.now,
      onFound: (slice) => {
        this.learn(slice);
        operation.calls.add(account.vendor, listing.action, { cached: 1 });
      },
      onOld: (slice) => this.slices.offer(slice),
    });
  }

  /** Learns about the source from a slice that another replica read. */
  private learn({ since, until, rows }: Slice<Backup>): void {
    const isWhole = since === Number.NEGATIVE_INFINITY && until === Number.POSITIVE_INFINITY;
    this.sourceMemory.large ||= !isWhole;
    this.noteRows(rows.length);
  }

  /** Once a vendor's windows are not trusted, neither is what was read with them. */
  private forgetWindows(): void {
    const { windowTrusted } = this.listingMemory;
    if (this.trustsWindows && !windowTrusted) this.clear();
    this.trustsWindows = windowTrusted;
  }

  /** A wide list without windows is given up early, because its instances can be read one by one. */
  private giveUpAbove({ giveUpAbove }: SliceQuestion): number {
    if (giveUpAbove !== undefined) return giveUpAbove;
    const isOneSlice = this.instance === null && this.listing.shape.window === null;
    return isOneSlice ? this.ports.settings.scanRows : Number.POSITIVE_INFINITY;
  }

  /** No list is read before this instant; the beginning of time if nothing limits it. */
  private floorOf({ walkStart }: SliceQuestion): number {
    const { lookbackMs } = this.runtime.product;
    return lookbackMs === null ? Number.NEGATIVE_INFINITY : walkStart - lookbackMs;
  }

  /** The instants between which the rows of a reading at `asOf` start. */
  private boundsOf(question: SliceQuestion, asOf: number): Bounds {
    const floor = this.floorOf(question);
    // A bucket keeps its objects for as long as their owner wants.
    const isKept = this.listing.shape.window?.open === true;
    const earliest = Math.max(isKept ? 0 : question.walkStart - LONGEST_KEPT_MS, floor);
    const created = this.instance?.createdAt ?? null;
    const lowest = created === null ? earliest : Math.max(created - DAY_MS, floor);
    return { lowest, earliest, newest: asOf + AHEAD_MS };
  }

  private readSpan(
    question: SliceQuestion,
    ask: Ask<ListItem<MappedBackup>>,
    asOf: number,
  ): Promise<SpanRead<ListItem<MappedBackup>>> {
    const { runtime, listing, instance, sourceMemory } = this;
    const { shards, windowTooWideOn = [] } = listing;
    return readSpan({
      ask,
      shape: listing.shape,
      // Unlike `listingMemory`, this first forgets what was learned a day ago.
      memory: runtime.memoryOf(listing.name),
      trustTotals: runtime.account.upstream.trustTotals,
      scanRows: runtime.ports.settings.scanRows,
      giveUpAbove: this.giveUpAbove(question),
      source: sourceMemory,
      name: this.name,
      instant: question.instant,
      direction: question.direction,
      bounds: this.boundsOf(question, asOf),
      groupMs: shards !== undefined && instance?.shardCount !== 1 ? shards.withinMs : 0,
      isTooWide: (error) => error instanceof SourceError && error.hasCode(windowTooWideOn),
      onBroken: (message) => runtime.tell(listing.name, message),
    });
  }

  /** The instances of the region by their members, if a row names a member; else, and while unknown, none. */
  private async ownersOf(
    items: readonly ListItem<MappedBackup>[],
    { freshness }: SliceQuestion,
    operation: Operation,
  ): Promise<Owners> {
    const { runtime, region, listing } = this;
    if (!items.some(({ mapped, row }) => mapped !== null && listing.ownedByMember?.(row)))
      return NO_OWNERS;
    const list = await runtime.instanceList(region).read(freshness, operation);
    if (!(list instanceof SourceError)) return { byMember: list.value.byMember, notices: [] };
    const message = `The list of instances, which says whose backups these are, could not be read. ${list.message}`;
    return { ...NO_OWNERS, notices: [{ code: list.kind, message }] };
  }

  private sliceOf(
    read: SpanRead<ListItem<MappedBackup>>,
    { byMember, notices: unowned }: Owners,
    asOf: number,
  ): Slice<Backup> {
    const { runtime, region, listing, instance } = this;
    const shardCount = instance?.shardCount ?? null;
    const { offsetMs } = runtime.ports.http.state(runtime.account.id);
    const place = { provider: runtime.key, region: region.id, listing };
    const home = { ...place, shardCount, byMember, offsetMs };
    const { rows, notices, starting } = backupsOf(read, home, asOf);
    const all = [...notices, ...unowned];
    const { since, until } = read;
    return { since, until, rows, asOf, notices: all, starting, stale: null };
  }
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
