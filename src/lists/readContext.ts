import type { Backup } from "../domain/backup.js";
import { SourceError } from "../errors.js";
import type { Direction } from "../paging/direction.js";
import type { MergeSource } from "../paging/mergeSource.js";
import type { Cursors } from "../paging/cursor.js";
import type { Slice } from "../paging/slice.js";
import type { KeptLists } from "./mergedCache/keptLists.js";
import type { Engine } from "../engine/engine.js";
import type { SliceQuestion } from "../index/sliceStore.js";
import type { Operation } from "../listing/operation.js";
import type { Planner } from "../engine/planner.js";
import type { SliceKey, SourceRef } from "../engine/sourceRef.js";
import type { ProviderRuntime } from "../providers/provider.js";
import { freshnessOf, walkStartAt, type Freshness } from "../index/settings.js";

/** Limits of one operation's lists; rows. */
export interface ListLimits {
  /** The largest page. */
  readonly first: number;
  /** Rows that a page may pass over because they do not match. */
  readonly scanRows: number;
}

/** Loads a slice in the operation's next batch. */
export type LoadSlice = (key: SliceKey) => Promise<Slice<Backup> | SourceError>;

/** All that the lists of one operation share. */
export interface Reader {
  readonly engine: Engine;
  readonly kept: KeptLists;
  readonly planner: Planner;
  readonly operation: Operation;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly loadSlice: LoadSlice;
  /** The same for what is not yet known to be needed. */
  readonly loadEarly: LoadSlice;
  /** First questions that were asked, by their names. */
  readonly begun: Map<string, Begun>;
  readonly cursors: Cursors;
  readonly limits: ListLimits;
  /** The providers that the caller may see, by key. */
  readonly providers: ReadonlyMap<string, ProviderRuntime>;
}

function thrown<T>(result: T | SourceError): T {
  if (result instanceof SourceError) throw result;
  return result;
}

/** A question that is under way, and its answer once it has come. */
export interface Begun {
  /** Never rejects. */
  readonly coming: Promise<void>;
  answer?: Slice<Backup> | SourceError;
}

/**
 * The name of a question among those of one operation. An instance may grow shards or be shown by another
 * list while the operation runs: then its rows are others.
 */
export function nameOfQuestion({ ref, question }: SliceKey): string {
  const { direction, instant, freshness } = question;
  const { listing, shardCount } = ref.instance ?? REGION;
  return [ref.name, listing, shardCount, direction, instant, freshness.notBefore].join(" ");
}

const REGION = { listing: "", shardCount: null };

/** What passes as fresh for a walk that began at `walkStart`. */
export const freshnessFor = ({ engine, startedAt }: Reader, walkStart: number): Freshness =>
  freshnessOf(engine.ports.settings, walkStart, startedAt);

/** When a walk counts as begun that begins now. */
export const walkStartFor = ({ engine, startedAt }: Reader): number =>
  walkStartAt(engine.ports.settings, startedAt);

/** The same for the backups of a source, which may be kept in rounds. */
export function sourceFreshness(
  { engine, startedAt }: Reader,
  { instance, runtime, region }: Omit<SourceRef, "name">,
  walkStart: number,
): Freshness {
  const isKept = instance !== null && !runtime.wide.allows(region.id);
  const kept = isKept ? runtime.rounds : null;
  return freshnessOf(engine.ports.settings, walkStart, startedAt, kept?.freshMs);
}

/** The vendor's action that lists a source. */
export const actionOf = ({ runtime: { product }, instance }: SourceRef): string =>
  (instance === null ? product.wide : null)?.action ?? product.perInstance[0]?.action ?? "";

/** A source of a walk, read at hand where it can be and in a batch otherwise. */
export class WalkSource implements MergeSource<Backup> {
  readonly low = null;
  readonly high = null;
  private readonly freshness: Freshness;

  constructor(
    private readonly reader: Reader,
    private readonly ref: SourceRef,
    private readonly walkStart: number,
  ) {
    this.freshness = sourceFreshness(reader, ref, walkStart);
  }

  get name(): string {
    return this.ref.name;
  }

  read(instant: number, direction: Direction): Slice<Backup> | Promise<Slice<Backup>> {
    const { reader, ref } = this;
    const key = this.keyOf(instant, direction);
    const begun = this.begunFor(key);
    if (begun !== undefined && begun.answer === undefined)
      return begun.coming.then(() => this.read(instant, direction));
    const answer = begun?.answer;
    if (answer !== undefined && !(answer instanceof SourceError) && answer.stale === null)
      return answer;
    const held = reader.planner.peek(key);
    if (held !== null) {
      reader.operation.calls.add(ref.runtime.account.vendor, actionOf(ref), { cached: 1 });
      return held;
    }
    if (answer === undefined) return reader.loadSlice(key).then(thrown);
    // Not thrown: other sources are asked at the same time, whose failures somebody must wait for.
    return answer instanceof SourceError ? Promise.reject(answer) : answer;
  }

  /**
   * Asks what the source is asked first, before it is read: while other sources are still found out about,
   * and so that a page need not wait with all that it is made of. Whoever reads the source in the same
   * operation meets the answer, or the failure. Null where there is nothing to wait for.
   */
  begin(
    { instant, direction }: Pick<SliceQuestion, "instant" | "direction">,
    load: LoadSlice = this.reader.loadSlice,
  ): Promise<void> | null {
    const { reader } = this;
    const key = this.keyOf(instant, direction);
    const before = this.begunFor(key);
    if (before !== undefined) return before.answer === undefined ? before.coming : null;
    if (reader.planner.peek(key) !== null) return null;
    const coming = load(key).then((answer) => void (begun.answer = answer));
    const begun: Begun = { coming };
    reader.begun.set(nameOfQuestion(key), begun);
    return coming;
  }

  /** The same question, where this operation has begun it; where it has begun none, none is named. */
  private begunFor(key: SliceKey): Begun | undefined {
    const { begun } = this.reader;
    return begun.size > 0 ? begun.get(nameOfQuestion(key)) : undefined;
  }

  private keyOf(instant: number, direction: Direction): SliceKey {
    const { ref, freshness, walkStart } = this;
    return { ref, question: { instant, direction, freshness, walkStart } };
  }
}
