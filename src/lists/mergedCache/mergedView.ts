import type { Key } from "../../domain/key.js";
import { SourceError } from "../../errors.js";
import { closingKey, compareWalk, walkOrigin, type Direction } from "../../paging/direction.js";
import { Merge } from "../../paging/merge.js";
import type { PageRequest } from "../../paging/page.js";
import type { Page, PageRow } from "../../paging/takenPage.js";
import type { Slice } from "../../paging/slice.js";

/** A source of which only what is at hand is read. */
export interface HeldSource<T extends Key> {
  readonly name: string;
  /** The slice that holds an instant; null where it is not at hand, old, or has something to report. */
  peek(instant: number): Slice<T> | null;
}

/** What a view is asked for: a page of a walk that owes nothing. */
export type ViewRequest<T extends Key> = Pick<
  PageRequest<T>,
  "end" | "limit" | "matches" | "lookAhead" | "scanLimit"
> & { readonly position: Key };

/**
 * The merge of sources from the start of their order, kept, and carried on as pages ask for it.
 *
 * A page of it is the page that merging the same slices anew would give; where it needs anything that is
 * not at hand there is none.
 * Cost: O(rows + log N) a page, however many sources there are; O(log S) once for each row that is merged.
 */
export class MergedView<T extends Key> {
  private readonly rows: T[] = [];
  private readonly merge: Merge<T>;

  /** `most`: rows that are merged at most. */
  constructor(
    private readonly direction: Direction,
    sources: readonly HeldSource<T>[],
    private readonly most: number,
  ) {
    this.merge = new Merge(direction, "cut");
    const from = walkOrigin(direction);
    sources.forEach(({ name, peek }, ticket) => {
      const read = (instant: number) => peek(instant) ?? notAtHand();
      const source = { name, low: null, high: null, read };
      this.merge.add({ source, from, end: null, ticket });
    });
  }

  /** Rows that are merged. */
  get size(): number {
    return this.rows.length;
  }

  /** The page after a position; null where the view cannot tell. */
  page({ position, end, limit, matches, lookAhead, scanLimit }: ViewRequest<T>): Page<T> | null {
    const rows: PageRow<T>[] = [];
    let skipped = 0;
    let at = this.indexAfter(position);
    while (at !== null && skipped <= scanLimit && (rows.length < limit || lookAhead)) {
      const row = this.rowAt(at);
      if (row === null) return null;
      if (row === undefined || (end !== null && compareWalk(this.direction, row, end) >= 0))
        return this.pageOf(rows, false, position);
      if (!matches(row)) skipped += 1;
      else if (rows.length < limit) rows.push({ row, late: false });
      else return this.pageOf(rows, true, position);
      at += 1;
    }
    return at === null || skipped > scanLimit ? null : this.pageOf(rows, false, position);
  }

  /** Whether a row that matches lies between two keys of a page that was given: not after the second. */
  hasBetween(first: Key | null, position: Key, matches: (row: T) => boolean): boolean {
    const from = first === null ? 0 : (this.indexAfter(first) ?? 0);
    const to = this.indexAfter(position) ?? 0;
    for (let at = from; at < to; at += 1) if (matches(this.rows[at] as T)) return true;
    return false;
  }

  /** The place of the first row after a key among all rows; null where so much cannot be merged. */
  indexAfter(key: Key): number | null {
    const { rows } = this;
    for (;;) {
      const last = rows.at(-1);
      if (last !== undefined && this.isAfter(last, key)) break;
      if (this.advance()) continue;
      if (!this.isWhole) return null;
      break;
    }
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isAfter(rows[middle] as T, key)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private pageOf(rows: readonly PageRow<T>[], more: boolean, position: Key): Page<T> {
    const closed = ({ row }: PageRow<T>) => ({
      position: closingKey(this.direction, row),
      debts: [],
    });
    const last = rows.at(-1);
    return {
      rows,
      more,
      stateAfter: (index) => closed(rows[index] as PageRow<T>),
      end: last === undefined ? { position, debts: [] } : closed(last),
      failures: [],
      stales: [],
      cuts: [],
      notices: [],
      endsAtRow: last !== undefined,
      scanned: false,
    };
  }

  private isAfter(row: T, key: Key): boolean {
    return compareWalk(this.direction, row, key) > 0;
  }

  /** Undefined behind the last row there is; null where it cannot be merged. */
  private rowAt(index: number): T | null | undefined {
    while (this.rows.length <= index) if (!this.advance()) return this.isWhole ? undefined : null;
    return this.rows[index];
  }

  /** Every row is merged. */
  private get isWhole(): boolean {
    return !this.merge.pending && this.merge.cuts.length === 0;
  }

  /** Merges one row more. */
  private advance(): boolean {
    // What was not at hand may be by now.
    for (const cut of this.merge.cuts.splice(0)) this.merge.add({ ...cut, end: null });
    while (this.merge.pending && this.rows.length < this.most) {
      const row = this.merge.peek();
      if (row !== undefined) {
        this.rows.push(row);
        this.merge.pass();
        return true;
      }
      // All slices are at hand, so there is nothing to wait for.
      void this.merge.fill();
    }
    return false;
  }
}

function notAtHand(): never {
  throw new SourceError("CUT", "Not at hand.");
}
