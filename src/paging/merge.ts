import type { Key } from "../domain/id.js";
import { SourceError } from "../errors.js";
import { compareWalk, type Direction, firstInstant, openingOf } from "./direction.js";
import {
  indexAfter,
  instantAfter,
  type MergeSource,
  type Notice,
  type Reading,
  type Share,
  type Slice,
} from "./slice.js";

/**
 * What happens to a source that the operation's own limits kept from being read: `cut` ends the page
 * before its rows, `owe` treats it like a source that failed.
 */
export type CutPolicy = "cut" | "owe";

/** A part of a source to merge; its keys are exclusive and in walk order. */
interface MergePart<T extends Key> {
  readonly source: MergeSource<T>;
  readonly from: Key;
  readonly end: Key | null;
  /** Identifies the part in what the merge reports. */
  readonly ticket: number;
}

/** A source that left the merge: every row before `from`, in walk order, was delivered, and none after. */
export interface Failure<T extends Key> {
  readonly source: MergeSource<T>;
  readonly error: SourceError;
  readonly from: Key;
  readonly ticket: number;
}

/** An old slice that was shown because reading its source again failed. */
export interface Stale<T extends Key> {
  readonly source: MergeSource<T>;
  readonly slice: Slice<T>;
  readonly from: Key;
  readonly ticket: number;
  /** Rows between `from` and this instant may exist and are not shown; null if none is missing. */
  readonly to: number | null;
}

/** A part of a source, and how far it has been read. */
interface Stream<T extends Key> extends Omit<MergePart<T>, "from"> {
  rows: readonly T[];
  /** The place of the next row; negative if the source must be read. */
  index: number;
  /** The instant to read next; null if the source was read to its end. */
  instant: number | null;
  /** What was cached for that instant; null if it was not looked up, or must be read. */
  cached: Reading<T> | null;
  /** The next row's key, or the earliest key that a row not yet read could have. */
  bound: Key;
}

/**
 * Merges sources into one walk.
 *
 * A row is taken only if no source could still hold one before it: the merge stops at the first
 * frontier, reads that source's next slice, and continues. Sources that fail leave the merge; the others
 * stay.
 *
 * Cost: O(log S) a row, and no read of a source that could not matter.
 */
export class Merge<T extends Key> {
  readonly failures: Failure<T>[] = [];
  readonly stales: Stale<T>[] = [];
  readonly notices: { readonly source: MergeSource<T>; readonly notice: Notice }[] = [];
  /** Sources that the operation's own limits kept from being read. */
  readonly cuts: Failure<T>[] = [];
  /** Until when the oldest fresh slice that was merged counts as fresh; epoch milliseconds. */
  freshUntil = Number.POSITIVE_INFINITY;
  /** What its reads may use of the operation. */
  share: Share = "whole";
  private readonly heap: Heap<Stream<T>>;
  private hasReported = false;

  constructor(
    private readonly direction: Direction,
    private readonly policy: CutPolicy,
  ) {
    // What a frontier hides comes strictly after it, so at one key either may go first.
    this.heap = new Heap((a, b) => compareWalk(direction, a.bound, b.bound) < 0);
  }

  /** Adds the rows of a source after `from` and before `end`. */
  add({ source, from, end, ticket }: MergePart<T>): void {
    const { direction } = this;
    const first = direction === "newestFirst" ? source.high : source.low;
    const last = direction === "newestFirst" ? source.low : source.high;
    const bound = first !== null && compareWalk(direction, first, from) > 0 ? first : from;
    if (last !== null && compareWalk(direction, last, from) <= 0) return;
    const instant = firstInstant(direction, bound);
    this.push({ source, rows: [], index: -1, instant, cached: null, bound, end, ticket });
  }

  /** The next row, left in its place; undefined at the end, or if `read` must be called first. */
  peek(): T | undefined {
    for (;;) {
      const top = this.heap.peek();
      if (top === undefined) return undefined;
      if (this.cuts.length > 0) return void this.reportFailed();
      if (top.index >= 0) return top.rows[top.index];
      const cached = this.lookUp(top);
      if (cached === null) return undefined;
      this.heap.pop();
      this.accept(top, cached);
    }
  }

  /** Reports the sources that have failed where a cut stops the walk, although their turn has not come. */
  private reportFailed(): void {
    const { cutAt } = this;
    if (cutAt === null || this.hasReported) return;
    this.hasReported = true;
    for (const stream of this.heap.values()) {
      if (stream.index >= 0 || compareWalk(this.direction, stream.bound, cutAt) > 0) continue;
      const read = this.lookUp(stream);
      if (read instanceof SourceError && read.kind !== "CUT") this.leave(stream, read);
    }
  }

  /** Passes the row that `peek` returned. */
  pass(): void {
    const top = this.heap.peek() as Stream<T>;
    top.index += this.direction === "newestFirst" ? 1 : -1;
    const row = top.rows[top.index];
    if (row !== undefined && !this.ended(top, row)) {
      top.bound = row;
      this.heap.settle();
      return;
    }
    this.heap.pop();
    this.place(top);
  }

  /** Whether `read` can lead to further rows. */
  get pending(): boolean {
    return this.heap.size > 0 && this.cuts.length === 0;
  }

  /** Where a cut stopped the walk: every row before this key was taken. */
  get cutAt(): Key | null {
    const top = this.heap.peek()?.bound;
    return this.cuts.reduce<Key | null>((least, { from }) => {
      const first = least === null || compareWalk(this.direction, from, least) < 0 ? from : least;
      return top !== undefined && compareWalk(this.direction, top, first) < 0 ? null : first;
    }, null);
  }

  /** No row is left before this key; null at the end. */
  get bound(): Key | null {
    return this.heap.peek()?.bound ?? null;
  }

  /** The tickets of the parts that may have rows left. */
  get unfinished(): Set<number> {
    return new Set([...this.heap.values(), ...this.cuts].map(({ ticket }) => ticket));
  }

  /**
   * Reads, at the same time, every source that could hold a row before the first one that was read. Call it
   * only if `peek` found that the first of them must be read.
   */
  async read(): Promise<void> {
    const cached: Stream<T>[] = [];
    const unread: Stream<T>[] = [];
    for (let top = this.heap.peek(); top !== undefined && top.index < 0; top = this.heap.peek()) {
      this.heap.pop();
      (unread.length === 0 || this.lookUp(top) === null ? unread : cached).push(top);
    }
    // A cached slice may turn out not to matter: it is merged when its turn comes.
    for (const stream of cached) this.heap.push(stream);
    const reads = await Promise.all(
      unread.map(({ source, instant }) =>
        source.read(instant as number, this.direction, this.share),
      ),
    );
    unread.forEach((stream, index) => this.accept(stream, reads[index] as Reading<T>));
  }

  private lookUp(stream: Stream<T>): Reading<T> | null {
    return (stream.cached ??= stream.source.peek(stream.instant as number, this.direction));
  }

  private accept(stream: Stream<T>, read: Reading<T>): void {
    stream.cached = null;
    if (read instanceof SourceError) return this.leave(stream, read);
    const { direction } = this;
    const { source, bound, ticket } = stream;
    const asked = stream.instant as number;
    if (read.stale === null)
      this.freshUntil = Math.min(this.freshUntil, read.asOf + source.freshMs);
    else {
      const isOwed = read.until <= asked && !read.stale.isRefusal;
      const to = direction === "newestFirst" && isOwed ? read.until : null;
      this.stales.push({ source, slice: read, from: bound, to, ticket });
    }
    for (const notice of read.notices) this.notices.push({ source, notice });
    stream.rows = read.rows;
    stream.instant = instantAfter(direction, read);
    stream.index = indexAfter(read.rows, direction, bound);
    this.place(stream);
  }

  private leave({ source, bound: from, ticket }: Stream<T>, error: SourceError): void {
    const isCut = error.kind === "CUT" && this.policy === "cut";
    (isCut ? this.cuts : this.failures).push({ source, error, from, ticket });
  }

  /** Puts a stream back where its next row, or its frontier, belongs; drops it at its end. */
  private place(stream: Stream<T>): void {
    const row = stream.rows[stream.index];
    if (row !== undefined) {
      stream.bound = row;
      this.push(stream);
      return;
    }
    if (stream.instant === null) return;
    stream.index = -1;
    stream.bound = openingOf(this.direction, stream.instant);
    this.push(stream);
  }

  private push(stream: Stream<T>): void {
    const { source, bound, index } = stream;
    const last = this.direction === "newestFirst" ? source.low : source.high;
    const isUnread = index < 0;
    if (isUnread && last !== null && compareWalk(this.direction, last, bound) < 0) return;
    if (!this.ended(stream, bound)) this.heap.push(stream);
  }

  private ended({ end }: Stream<T>, key: Key): boolean {
    return end !== null && compareWalk(this.direction, key, end) >= 0;
  }
}

/** Sources merged into one walk, as a page takes its rows. */
export type Merged<T extends Key> = Pick<
  Merge<T>,
  | "peek"
  | "pass"
  | "pending"
  | "read"
  | "freshUntil"
  | "failures"
  | "stales"
  | "notices"
  | "cuts"
  | "cutAt"
>;

/** A binary heap: the least item by `before` is on top. Adding and taking cost O(log n). */
class Heap<T> {
  private readonly items: T[] = [];

  constructor(private readonly before: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  /** All items, in no particular order. */
  values(): readonly T[] {
    return this.items;
  }

  push(item: T): void {
    this.items.push(item);
    let at = this.items.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(item, this.items[parent] as T)) break;
      this.items[at] = this.items[parent] as T;
      at = parent;
    }
    this.items[at] = item;
  }

  pop(): T | undefined {
    const top = this.items[0];
    const last = this.items.pop();
    if (last !== undefined && this.items.length > 0) {
      this.items[0] = last;
      this.settle();
    }
    return top;
  }

  /** Restores the order after the top item has grown. */
  settle(): void {
    const item = this.items[0];
    if (item === undefined) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.items.length) break;
      const right = child + 1;
      if (right < this.items.length && this.before(this.items[right] as T, this.items[child] as T))
        child = right;
      if (!this.before(this.items[child] as T, item)) break;
      this.items[at] = this.items[child] as T;
      at = child;
    }
    this.items[at] = item;
  }
}
