import { setImmediate } from "node:timers/promises";
import DataLoader from "dataloader";
import type { Backup } from "../domain/backup.js";
import type { SourcePlace } from "../domain/connection.js";
import type { BackupPolicy } from "../domain/policy.js";
import { SourceError } from "../errors.js";
import type { Engine } from "../engine/engine.js";
import type { Planner, SliceKey } from "../engine/planner.js";
import { type Freshness, freshnessOf, type SliceQuestion } from "../index/sliceStore.js";
import { earlyPartOf, quarterPartOf, Turns, type Operation } from "../listing/operation.js";
import type { Cursors } from "../paging/cursor.js";
import type { Direction } from "../paging/direction.js";
import type { MergeSource, Reading, Share, Slice } from "../paging/slice.js";
import { getOrMake } from "../domain/maps.js";
import type { ProviderRuntime } from "../providers/provider.js";
import type { Source } from "../sources/source.js";
import { FactReader } from "./facts.js";
import type { MergedPages, Prefetch } from "./fast/plain.js";
import type { WalkTime } from "./walk.js";

/** What the reads of all operations share. */
export interface ReadParts {
  readonly engine: Engine;
  readonly planner: Planner;
  readonly cursors: Cursors;
  /** Rows that a page may pass over because they do not match. */
  readonly scanRows: number;
  /** The policies in the order in which they match, the default last. */
  readonly policies: readonly BackupPolicy[];
  readonly merged: MergedPages;
  readonly prefetch: (context: ReadContext) => Prefetch;
}

/** Instances that are judged in one turn of the event loop, if their newest backups are cached. */
const JUDGED_AT_ONCE = 200;

/** A slice that was requested in this operation. */
interface Requested {
  readonly question: SliceQuestion;
  readonly coming: Promise<Reading<Backup>>;
  readonly by: Loader;
  answer: Reading<Backup> | null;
}

/** A slice to load, with others, in the operation's next batch. */
type Loader = DataLoader<SliceKey, { readonly answer: Promise<Reading<Backup>> }>;

/** What the lists of one operation share: each slice is requested once, together with others. */
export class ReadContext {
  /** An instance that grows shards, or moves to another list, gets another source. */
  private readonly requested = new Map<Source, Requested[]>();
  // The rest is made when it is first needed. The quarter is one of what is left then.
  private prefetching: Prefetch | null = null;
  private reader: FactReader | null = null;
  private needed: Loader | null = null;
  private early: Loader | null = null;
  private quarter: { readonly operation: Operation; readonly loader: Loader } | null = null;
  private judging: Turns | null = null;
  private earlySlices = 0;
  private running = 0;
  private waiting: (() => void)[] = [];

  constructor(
    readonly parts: ReadParts,
    readonly operation: Operation,
    /** Epoch milliseconds. */
    readonly startedAt: number,
    /** The providers that the caller may see, by key. */
    readonly providers: ReadonlyMap<string, ProviderRuntime>,
  ) {}

  get prefetch(): Prefetch {
    return (this.prefetching ??= this.parts.prefetch(this));
  }

  get facts(): FactReader {
    return (this.reader ??= new FactReader(this));
  }

  /** The turns of the event loop in which instances are judged. */
  get turns(): Turns {
    return (this.judging ??= new Turns(JUDGED_AT_ONCE));
  }

  get ttlMs(): number {
    return this.parts.engine.ports.settings.ttlMs;
  }

  /** The time of a walk that begins with this operation. */
  get now(): WalkTime {
    return { walkStart: this.startedAt, freshFor: this.startedAt };
  }

  /** The slice if no call is needed for it, else null. */
  peek(key: SliceKey): Reading<Backup> | null {
    const { planner } = this.parts;
    const answer = this.requestedFor(key)?.answer ?? null;
    if (answer !== null && !(answer instanceof SourceError) && answer.stale === null) return answer;
    const cached = planner.peek(key);
    if (cached !== null) this.countCached(key.source);
    return cached ?? answer;
  }

  /** Reads a slice; a slice that was requested in this operation before is not requested again. */
  read(key: SliceKey, share: Share = "whole"): Promise<Reading<Backup>> {
    if (share === "quarter") return this.request(key, this.quarterOf().loader);
    this.needed ??= loaderOf(this.parts.planner, this.operation);
    return this.request(key, this.needed);
  }

  /** The operation, or the part of it that what is owed may use. */
  operationFor(share: Share): Operation {
    return share === "whole" ? this.operation : this.quarterOf().operation;
  }

  /** Requests a slice that will probably be read later in this operation. */
  readEarly(key: SliceKey): void {
    if (this.parts.planner.peek(key) !== null || this.requestedFor(key) !== undefined) return;
    this.earlySlices += 1;
    this.early ??= loaderOf(this.parts.planner, earlyPartOf(this.operation));
    void this.request(key, this.early);
  }

  /** Whether so many early requests leave enough vendor calls for the others. */
  hasRoomFor(slices: number, shareOfCalls: number): boolean {
    return this.earlySlices + slices <= shareOfCalls * this.operation.budget.left;
  }

  /** Counts a list that was not requested because it was cached. */
  countCached({ runtime, listing }: Source): void {
    this.operation.calls.add(runtime.account.vendor, listing.action, { cached: 1 });
  }

  /** What counts as fresh for a walk that began at `freshFor`, of lists that are fresh for `freshMs`. */
  freshnessFor(freshFor: number, freshMs = this.ttlMs): Freshness {
    return freshnessOf(this.parts.engine.ports.settings, freshFor, this.startedAt, freshMs);
  }

  /** Counts a read of the operation as running until it ends. Prefetching is none. */
  during<T>(read: Promise<T>): Promise<T> {
    this.running += 1;
    read.then(this.ended, this.ended);
    return read;
  }

  private readonly ended = (): void => {
    this.running -= 1;
    if (this.running > 0) return;
    for (const resolve of this.waiting) resolve();
    this.waiting = [];
  };

  /**
   * Resolves when the operation reads nothing, and its fields have had a turn of the event loop to begin
   * another read. Waits for nothing that only other operations read.
   */
  async settled(): Promise<void> {
    do {
      if (this.running > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
      await setImmediate();
    } while (this.running > 0);
  }

  private quarterOf(): { readonly operation: Operation; readonly loader: Loader } {
    if (this.quarter !== null) return this.quarter;
    const { planner, engine } = this.parts;
    const operation = quarterPartOf(this.operation, engine.ports.now());
    return (this.quarter = { operation, loader: loaderOf(planner, operation) });
  }

  private request(key: SliceKey, loader: Loader): Promise<Reading<Backup>> {
    const { coming, by } = this.requestedFor(key) ?? this.begin(key, loader);
    if (by === loader || by !== this.quarter?.loader) return coming;
    // The quarter of an operation does not bind reads that may use all of it.
    return coming.then((answer) =>
      this.isCutByQuarter(answer, by) ? this.request(key, loader) : answer,
    );
  }

  private requestedFor({ source, question }: SliceKey): Requested | undefined {
    return this.requested.get(source)?.find((one) => isSameQuestion(one.question, question));
  }

  private begin(key: SliceKey, by: Loader): Requested {
    const { source, question } = key;
    // Each slice of a batch is answered as soon as it was read.
    const loading = by.load(key).then(({ answer }) => answer);
    const coming = by === this.early ? loading : this.during(loading);
    const requested: Requested = { question, coming, by, answer: null };
    const all = getOrMake(this.requested, source, (): Requested[] => []);
    all.push(requested);
    void coming.then((answer) => {
      if (this.isCutByQuarter(answer, by)) all.splice(all.indexOf(requested), 1);
      else requested.answer = answer;
    });
    return requested;
  }

  private isCutByQuarter(answer: Reading<Backup>, by: Loader): boolean {
    return by === this.quarter?.loader && answer instanceof SourceError && answer.kind === "CUT";
  }
}

const loaderOf = (planner: Planner, operation: Operation): Loader =>
  new DataLoader(async (keys) => planner.read(keys, operation).map((answer) => ({ answer })), {
    name: "slices",
    cache: false,
  });

/** Whether two questions about one source are the same within one operation. */
const isSameQuestion = (a: SliceQuestion, b: SliceQuestion): boolean =>
  a.instant === b.instant &&
  a.direction === b.direction &&
  a.freshness.notBefore === b.freshness.notBefore;

/** The backups of an instance, or of a whole region, as a walk reads them. */
export class WalkSource implements MergeSource<Backup> {
  readonly name: string;
  readonly low = null;
  readonly high = null;
  readonly freshMs: number;

  constructor(
    private readonly context: ReadContext,
    private readonly source: Source,
    private readonly time: WalkTime,
  ) {
    this.name = source.name;
    this.freshMs = source.freshMs;
  }

  get place(): SourcePlace {
    return this.source.place;
  }

  peek(instant: number, direction: Direction): Reading<Backup> | null {
    const { context, time } = this;
    const fresh = context.peek(this.keyOf(instant, direction));
    if (fresh !== null || Math.min(time.freshFor, context.startedAt) <= time.walkStart)
      return fresh;
    // What the walk has read stays good, except where new rows may have appeared since.
    const old = context.peek(this.keyOf(instant, direction, time.walkStart));
    const settled =
      old === null || old instanceof SourceError ? null : settledPart(old, this.source.runtime);
    return settled !== null && instant < settled.until ? settled : null;
  }

  read(instant: number, direction: Direction, share?: Share): Promise<Reading<Backup>> {
    return this.context.read(this.keyOf(instant, direction), share);
  }

  keyOf(instant: number, direction: Direction, freshFor = this.time.freshFor): SliceKey {
    const { source, time } = this;
    const freshness = this.context.freshnessFor(freshFor, this.freshMs);
    return { source, question: { instant, direction, freshness, walkStart: time.walkStart } };
  }
}

/** The part of a slice in which no new row is expected. */
function settledPart(slice: Slice<Backup>, { marginMs }: ProviderRuntime): Slice<Backup> {
  const until = Math.min(slice.until, slice.asOf - marginMs);
  const rows = slice.rows.filter(({ startedAt }) => startedAt < until);
  // A walk's start does not depend on when these rows were read.
  return { ...slice, until, rows, asOf: Number.POSITIVE_INFINITY };
}
