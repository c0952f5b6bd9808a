import type { Key } from "../domain/key.js";
import { SourceError } from "../errors.js";
import { compareWalk, firstInstant, openingOf, type Direction } from "./direction.js";
import { Heap } from "./heap.js";
import type { Failure, LeavePolicy, MergePart, MergeSource, Stale } from "./mergeSource.js";
import { indexAfter, instantAfter, type Notice, type Slice } from "./slice.js";

interface Stream<T extends Key> {
  readonly source: MergeSource<T>;
  rows: readonly T[];
  index: number;
  /** The instant to ask for next; null when the source has been read to its end. */
  instant: number | null;
  /** The next row's key, or the earliest that a row not yet read could have. */
  bound: Key;
  /** Rows at or behind this key, in walk order, are not wanted. */
  readonly end: Key | null;
  readonly ticket: number;
}

/**
 * Merges sources into one walk.
 *
 * A row is taken only when no source could still hold one before it: the merge stops at the first
 * frontier, reads that source's next slice, and goes on. Cost: O(log S) a row, and no read of a
 * source that could not matter. Sources that fail leave the merge; the others go on.
 */
export class Merge<T extends Key> {
  readonly failures: Failure<T>[] = [];
  readonly stales: Stale<T>[] = [];
  readonly notices: { readonly source: MergeSource<T>; readonly notice: Notice }[] = [];
  /** Sources that the operation's own limits kept from being read. */
  readonly cuts: Failure<T>[] = [];
  private readonly heap: Heap<Stream<T>>;

  constructor(
    private readonly direction: Direction,
    private readonly policy: LeavePolicy,
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
    this.push({ source, rows: [], index: -1, instant, bound, end, ticket });
  }

  /** The next row, left in its place; undefined when a source must be read, or at the end. */
  peek(): T | undefined {
    const top = this.heap.peek();
    if (top === undefined || top.index < 0 || this.cuts.length > 0) return undefined;
    return top.rows[top.index];
  }

  /** Passes the row that `peek` showed. */
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

  /** Whether `fill` can lead to further rows. */
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

  /** The tickets of the parts that may have rows left. */
  get unfinished(): Set<number> {
    return new Set([...this.heap.values(), ...this.cuts].map(({ ticket }) => ticket));
  }

  /**
   * Reads, at once, every source that could hold a row before the first one at hand; a promise where one
   * of them must be waited for.
   */
  fill(): Promise<unknown> | undefined {
    const unread: Stream<T>[] = [];
    for (let top = this.heap.peek(); top !== undefined && top.index < 0; top = this.heap.peek()) {
      this.heap.pop();
      unread.push(top);
    }
    const waiting = unread.flatMap((stream) => this.read(stream) ?? []);
    return waiting.length > 1 ? Promise.all(waiting) : waiting[0];
  }

  private read(stream: Stream<T>): Promise<void> | undefined {
    try {
      const slice = stream.source.read(stream.instant as number, this.direction);
      if (!(slice instanceof Promise)) return void this.accept(stream, slice);
      return slice.then(
        (read) => this.accept(stream, read),
        (error: unknown) => this.leave(stream, error),
      );
    } catch (error) {
      this.leave(stream, error);
      return undefined;
    }
  }

  private leave(stream: Stream<T>, error: unknown): void {
    if (!(error instanceof SourceError)) throw error;
    const failure = {
      source: stream.source,
      error,
      from: stream.bound,
      ticket: stream.ticket,
    };
    const isCut = this.policy === "cut" || (this.policy === "each" && error.kind === "CUT");
    if (isCut) this.cuts.push(failure);
    else this.failures.push(failure);
  }

  private accept(stream: Stream<T>, slice: Slice<T>): void {
    const { direction } = this;
    for (const notice of slice.notices) this.notices.push({ source: stream.source, notice });
    const asked = stream.instant as number;
    if (slice.stale !== null) {
      const to = direction === "newestFirst" && slice.until <= asked ? slice.until : null;
      const { source, bound, ticket } = stream;
      // What lies before old data would be owed, and the page is to end before a debt.
      if (to !== null && this.policy === "cut")
        return this.leave(stream, new SourceError(slice.stale.code, slice.stale.message));
      this.stales.push({ source, slice, from: bound, to, ticket });
    }
    stream.rows = slice.rows;
    stream.instant = instantAfter(direction, slice);
    stream.index = indexAfter(slice.rows, direction, stream.bound);
    this.place(stream);
  }

  /** Puts a stream back where its next row, or its frontier, belongs; or drops it at its end. */
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
    if (stream.index < 0 && this.exhausted(stream)) return;
    if (!this.ended(stream, stream.bound)) this.heap.push(stream);
  }

  private exhausted({ source, bound }: Stream<T>): boolean {
    const last = this.direction === "newestFirst" ? source.low : source.high;
    return last !== null && compareWalk(this.direction, last, bound) < 0;
  }

  private ended({ end }: Stream<T>, key: Key): boolean {
    return end !== null && compareWalk(this.direction, key, end) >= 0;
  }
}
