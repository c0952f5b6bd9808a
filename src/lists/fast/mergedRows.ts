import type { Key } from "../../domain/id.js";
import { SourceError } from "../../errors.js";
import {
  closingKey,
  compareWalk,
  openingOf,
  walkOrigin,
  type Direction,
} from "../../paging/direction.js";
import { Merge } from "../../paging/merge.js";
import type { Page, PageRequest, PageRow } from "../../paging/page.js";
import type { MergeSource } from "../../paging/slice.js";

/** A page of a walk that owes nothing. */
type RowsRequest<T extends Key> = Required<
  Pick<PageRequest<T>, "end" | "limit" | "matches" | "lookAhead" | "scanLimit">
> & { readonly position: Key };

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

  /** The page that merging the same slices from `position` on would give; null if it needs others. */
  page({ position, end, limit, matches, lookAhead, scanLimit }: RowsRequest<T>): Page<T> | null {
    const rows: PageRow<T>[] = [];
    let skipped = 0;
    let at = this.indexAfter(position);
    while (at !== null && skipped <= scanLimit && (rows.length < limit || lookAhead)) {
      const row = this.rowAt(at, end);
      if (row === null) return null;
      if (row === undefined) return this.pageOf(rows, position, { more: false, upTo: end });
      if (!matches(row)) skipped += 1;
      else if (rows.length < limit) rows.push({ row, late: false });
      else return this.pageOf(rows, position, { more: true, upTo: row });
      at += 1;
    }
    if (at === null || skipped > scanLimit) return null;
    return this.pageOf(rows, position, { more: false, upTo: rows.at(-1)?.row ?? position });
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
  private rowAt(index: number, end: Key | null): T | null | undefined {
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

  private pageOf(
    rows: readonly PageRow<T>[],
    position: Key,
    { more, upTo }: { readonly more: boolean; readonly upTo: Key | null },
  ): Page<T> {
    const after = ({ row }: PageRow<T>) => ({
      position: closingKey(this.direction, row),
      debts: [],
    });
    const last = rows.at(-1);
    return {
      rows,
      more,
      stateAfter: (index) => after(rows[index] as PageRow<T>),
      end: last === undefined ? { position, debts: [] } : after(last),
      failures: [],
      stales: [],
      cuts: [],
      isLimited: false,
      notices: [],
      scanned: false,
      endsAtRow: last !== undefined,
      freshUntil: this.freshUntilAt(upTo),
    };
  }

  /** Until when the slices count as fresh that a merge up to a key needs; null for all. */
  private freshUntilAt(key: Key | null): number {
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
