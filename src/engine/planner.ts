import type { Backup } from "../domain/backup.js";
import { SourceError } from "../errors.js";
import type { Slice } from "../paging/slice.js";
import type { SliceQuestion } from "../index/sliceStore.js";
import { emptySlice, sourceName, type Source } from "../sources/source.js";
import type { Engine } from "./engine.js";
import { ofInstance } from "./instanceSlice.js";
import type { Operation } from "../listing/operation.js";
import type { Freshness } from "../index/settings.js";
import {
  instancesOf,
  isUnlisted,
  leadingOf,
  listingOf,
  serves,
  type SliceKey,
  type SourceRef,
} from "./sourceRef.js";

/** What the wide list of a region answers. */
type Hoisted = Promise<ReadonlyMap<SliceKey, Slice<Backup> | SourceError>>;

const regionOf = ({ ref: { runtime, region } }: SliceKey): string =>
  sourceName(runtime.key, region.id, null);

/** Reads slices by the fewest calls: many instances of a region through its wide list. */
export class Planner {
  constructor(private readonly engine: Engine) {}

  /** What is at hand for a question, without asking anybody. */
  peek({ ref, question }: SliceKey): Slice<Backup> | null {
    const own = isUnlisted(ref) ? null : (this.own(ref)?.peek(question) ?? null);
    if (own !== null || ref.instance === null) return own;
    const wide = this.wide(ref)?.peek(question) ?? null;
    return wide === null ? null : ofInstance(wide, ref.instance.nativeId);
  }

  /**
   * Answers a batch, in its order, each question as soon as its answer has come.
   * Errors: an `Error` in the place of a question that failed, and of no other.
   */
  read(keys: readonly SliceKey[], operation: Operation): Promise<Slice<Backup> | SourceError>[] {
    const regions = new Map<string, SliceKey[]>();
    for (const key of keys) {
      const name = regionOf(key);
      const group = regions.get(name);
      if (group === undefined) regions.set(name, [key]);
      else group.push(key);
    }
    const hoists = new Map<string, Hoisted>();
    for (const [name, group] of regions) {
      const bound = group.filter(({ ref }) => ref.instance !== null);
      if (this.paysToHoist(bound)) hoists.set(name, this.hoist(bound, operation));
    }
    return keys.map((key) => this.readHoisted(key, hoists.get(regionOf(key)), operation));
  }

  private async readHoisted(
    key: SliceKey,
    hoisted: Hoisted | undefined,
    operation: Operation,
  ): Promise<Slice<Backup> | SourceError> {
    const answer = hoisted === undefined ? undefined : (await hoisted).get(key);
    return answer ?? this.readOne(key, operation);
  }

  /** Whether the wide list answers these instances with fewer calls than one for each. */
  private paysToHoist(bound: readonly SliceKey[]): boolean {
    const first = bound[0]?.ref;
    const wide = first === undefined ? null : this.wide(first);
    if (wide === null) return false;
    return instancesOf(bound) > wide.pages || bound.some(({ ref }) => isUnlisted(ref));
  }

  /** Answers what the wide list can; the rest is asked one by one. */
  private async hoist(bound: readonly SliceKey[], operation: Operation): Hoisted {
    const [first] = bound as [SliceKey];
    const answers = new Map<SliceKey, Slice<Backup> | SourceError>();
    const question = { ...leadingOf(bound).question, giveUpAbove: this.worth(bound) };
    const slice = await this.readWide(first.ref, question, operation);
    if (slice === null) return answers;
    for (const key of bound) {
      const { instance } = key.ref;
      if (slice instanceof SourceError) answers.set(key, slice);
      else if (instance !== null && serves(slice, key.question))
        answers.set(key, ofInstance(slice, instance.nativeId));
    }
    return answers;
  }

  /** Rows of a wide list up to which it is fewer calls than asking one by one. */
  private worth(bound: readonly SliceKey[]): number {
    if (bound.some(({ ref }) => isUnlisted(ref))) return this.engine.ports.settings.scanRows;
    const [first] = bound as [SliceKey];
    return instancesOf(bound) * (this.wide(first.ref)?.pageSize ?? 1);
  }

  /**
   * A slice of a region's wide list, or why it cannot be read; null where asking its instances one by
   * one takes fewer calls, or is the only way.
   */
  async readWide(
    ref: SourceRef,
    question: SliceQuestion & { readonly giveUpAbove: number },
    operation: Operation,
  ): Promise<Slice<Backup> | SourceError | null> {
    const wide = this.wide(ref);
    if (wide === null) return null;
    const slice = await wide.read(question, operation);
    noteWide(ref, slice);
    if (slice instanceof SourceError && slice.kind === "SCAN_LIMIT") {
      // Next time it is known beforehand that one by one is cheaper.
      const limit = Math.min(question.giveUpAbove, this.engine.ports.settings.scanRows);
      wide.noteRows(limit + 1);
      return null;
    }
    return slice instanceof SourceError && !ref.runtime.wide.allows(ref.region.id) ? null : slice;
  }

  private async readOne(key: SliceKey, operation: Operation): Promise<Slice<Backup> | SourceError> {
    const held = this.peek(key);
    if (held !== null) return held;
    const { ref, question } = key;
    const { instance } = ref;
    const wide = instance === null || isUnlisted(ref);
    const own = this.own(ref);
    if (own === null) return new SourceError("NOT_FOUND", "No list shows this instance's backups.");
    const slice = await own.read(question, operation);
    if (wide) noteWide(ref, slice);
    if (instance === null) return slice;
    if (wide) return slice instanceof SourceError ? slice : ofInstance(slice, instance.nativeId);
    const unknown = slice instanceof SourceError && slice.kind === "NOT_FOUND";
    if (!unknown) return slice;
    const refusedAt = own.refusedAt ?? this.engine.ports.now();
    return (await this.isGone(key, refusedAt, operation)) ? emptySlice() : slice;
  }

  /**
   * Whether the instance list too lacks an instance whose backup list is NOT_FOUND: the list as the walk
   * sees it, and if that still shows the instance, a list read after the refusal.
   */
  private async isGone(
    { ref, question }: SliceKey,
    refusedAt: number,
    operation: Operation,
  ): Promise<boolean> {
    const list = ref.runtime.instanceList(ref.region);
    const lacksIt = async (freshness: Freshness): Promise<boolean> => {
      const read = await list.read(freshness, operation);
      if (read instanceof SourceError || read.stale !== null) return false;
      return !read.value.byNativeId.has(ref.instance?.nativeId ?? "");
    };
    return (await lacksIt(question.freshness)) || (await lacksIt({ notBefore: refusedAt }));
  }

  /** The wide list of a place; null where there is none, or it may not be read now. */
  wide({ runtime, region }: Pick<SourceRef, "runtime" | "region">): Source | null {
    const { wide } = runtime.product;
    if (wide === null || !runtime.wide.allows(region.id)) return null;
    return this.engine.source(runtime, region, wide, null);
  }

  /** The list that shows a source's rows; of an instance that is not listed, its region's. */
  private own(ref: SourceRef): Source | null {
    const { runtime, region, instance } = ref;
    const listing = listingOf(ref);
    if (listing === null) return null;
    return this.engine.source(runtime, region, listing, isUnlisted(ref) ? null : instance);
  }
}

/** Remembers what the failure of a wide list says about its region. */
function noteWide(
  { runtime, region, instance }: SourceRef,
  slice: Slice<Backup> | SourceError,
): void {
  if (slice instanceof SourceError) runtime.wide.note(region.id, slice, instance === null);
}
