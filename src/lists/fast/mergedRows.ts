import type { Key } from "../../domain/id.js";
import { SourceError } from "../../errors.js";
import { compareWalk, openingOf, walkOrigin, type Direction } from "../../paging/direction.js";
import { Merge, type Merged } from "../../paging/merge.js";
import type { MergeSource } from "../../paging/slice.js";

/**
 * The rows of sources in walk order, from the start of the order as far as pages have needed them. Only
 * cached slices are merged.
 *
 * Cost: O(rows + log N) for a page, whatever the number of sources; O(log S) once for each row.
 */
export class MergedRows<T extends Key> {
  private readonly rows: T[] = [];
  private readonly merge: Merge<T>;
  /** The frontiers at which a slice was merged that is older than all before, in walk order. */
  private readonly ages: { readonly bound: Key; readonly freshUntil: number }[] = [];

  /** `most` is the largest number of rows. */
  constructor(
    private readonly direction: Direction,
    sources: readonly MergeSource<T>[],
    private readonly most: number,
  ) {
    this.merge = new Merge(direction, "cut");
    const from = walkOrigin(direction);
    sources.forEach((source, ticket) => {
      this.merge.add({ source: this.noted(source), from, end: null, ticket });
    });
  }

  get size(): number {
    return this.rows.length;
  }

  /** Until when the oldest slice that was merged counts as fresh; epoch milliseconds. */
  get freshUntil(): number {
    return this.merge.freshUntil;
  }

  /**
   * The same merge from a key on and before `end`, as if the sources were merged again; null if the rows up to
   * that key are not known.
   */
  from(position: Key, end: Key | null): Merged<T> | null {
    const index = this.indexAfter(position);
    return index === null ? null : new RowsFrom(this, { position, index, end });
  }

  /** Whether a row that matches lies between two keys of a page, not after the second. */
  hasBetween(first: Key | null, position: Key, matches: (row: T) => boolean): boolean {
    const from = first === null ? 0 : (this.indexAfter(first) ?? 0);
    const to = this.indexAfter(position) ?? 0;
    for (let at = from; at < to; at += 1) if (matches(this.rows[at] as T)) return true;
    return false;
  }

  /** The index of the first row after a key; null if it is not known. */
  indexAfter(key: Key): number | null {
    for (;;) {
      const last = this.rows.at(-1);
      if (last !== undefined && this.isAfter(last, key)) break;
      if (this.advance()) continue;
      if (this.merge.pending) return null;
      break;
    }
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isAfter(this.rows[middle] as T, key)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The row at an index; undefined if there is none before `end`, null if it is not known. */
  rowAt(index: number, end: Key | null): T | null | undefined {
    while (this.rows.length <= index) {
      const { bound } = this.merge;
      if (bound === null || (end !== null && !this.isAfter(end, bound))) return undefined;
      if (!this.advance()) return this.merge.pending ? null : undefined;
    }
    const row = this.rows[index] as T;
    return end !== null && !this.isAfter(end, row) ? undefined : row;
  }

  /** Merges one row more, if the slices for it are cached. */
  private advance(): boolean {
    const row = this.rows.length < this.most ? this.merge.peek() : undefined;
    if (row === undefined) return false;
    this.rows.push(row);
    this.merge.pass();
    return true;
  }

  /** Until when the slices count as fresh that a merge up to a key needs; null for all. */
  freshUntilAt(key: Key | null): number {
    const needed =
      key === null ? this.ages : this.ages.filter(({ bound }) => !this.isAfter(bound, key));
    return needed.at(-1)?.freshUntil ?? Number.POSITIVE_INFINITY;
  }

  /** The same source, whose slices are noted with their ages as they are merged. */
  private noted(source: MergeSource<T>): MergeSource<T> {
    const { name, place, low, high, freshMs } = source;
    const peek = (instant: number) => {
      const read = source.peek(instant, this.direction);
      if (read === null || read instanceof SourceError) return null;
      const freshUntil = read.asOf + freshMs;
      if (freshUntil < (this.ages.at(-1)?.freshUntil ?? Number.POSITIVE_INFINITY))
        this.ages.push({ bound: openingOf(this.direction, instant), freshUntil });
      return read;
    };
    const read = () => Promise.reject(new RangeError("Merged rows are never read."));
    return { name, place, low, high, freshMs, peek, read };
  }

  private isAfter(key: Key, other: Key): boolean {
    return compareWalk(this.direction, key, other) > 0;
  }
}

/** Rows that were merged before, from a key on. `pending` says that others are needed, which are not known. */
class RowsFrom<T extends Key> implements Merged<T> {
  readonly failures = [];
  readonly stales = [];
  readonly notices = [];
  readonly cuts = [];
  readonly cutAt = null;
  pending = false;
  /** The index of the next row. */
  private index: number;
  /** The last key up to which rows were looked at; null for the end of the order. */
  private reached: Key | null;
  private readonly end: Key | null;

  constructor(
    private readonly merged: MergedRows<T>,
    { position, index, end }: { position: Key; index: number; end: Key | null },
  ) {
    this.index = index;
    this.reached = position;
    this.end = end;
  }

  peek(): T | undefined {
    const row = this.merged.rowAt(this.index, this.end);
    this.pending = row === null;
    if (row === null) return undefined;
    this.reached = row ?? this.end;
    return row;
  }

  pass(): void {
    this.index += 1;
  }

  read(): Promise<never> {
    return Promise.reject(new RangeError("Merged rows are never read."));
  }

  get freshUntil(): number {
    return this.merged.freshUntilAt(this.reached);
  }
}
