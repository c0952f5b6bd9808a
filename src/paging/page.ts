import type { Key } from "../domain/id.js";
import {
  type Debt,
  debtOfFailure,
  debtOfStale,
  joinDebts,
  LatePayment,
  type WalkState,
} from "./debt.js";
import { closingKey, compareWalk, type Direction } from "./direction.js";
import { type CutPolicy, type Failure, Merge, type Merged, type Stale } from "./merge.js";
import type { MergeSource, Notice } from "./slice.js";

/** What a page is made of. */
export interface PageRequest<T extends Key> {
  readonly direction: Direction;
  readonly sources: readonly MergeSource<T>[];
  /** Where the walk stands, and what it owes. */
  readonly state: WalkState;
  /** The walk ends before this key, in walk order; null for no end. */
  readonly end: Key | null;
  /** The most rows to deliver. */
  readonly limit: number;
  readonly matches: (row: T) => boolean;
  /** Whether to find out if there are more rows. By default not. */
  readonly lookAhead?: boolean;
  /** The page ends after passing over more rows than this that do not match. By default, it does not. */
  readonly scanLimit?: number;
  /** By default, "cut". */
  readonly onCut?: CutPolicy;
  /** Sources that are read only for the rows that the walk owes of them. */
  readonly debtors?: readonly MergeSource<T>[];
}

/** One delivered row. */
export interface PageRow<T extends Key> {
  readonly row: T;
  readonly late: boolean;
}

/** One page of a walk. */
export interface Page<T extends Key> {
  /** In walk order, late rows first. */
  readonly rows: readonly PageRow<T>[];
  /** Whether a healthy source has rows after this page; false if the request did not look ahead. */
  readonly more: boolean;
  /** The state of a walk that continues after the row at `index`. */
  stateAfter(index: number): WalkState;
  /** The state of a walk that continues after this page. */
  readonly end: WalkState;
  readonly failures: readonly Failure<T>[];
  readonly stales: readonly Stale<T>[];
  readonly cuts: readonly Failure<T>[];
  /** The operation's own limits left a list unread. */
  readonly isLimited: boolean;
  readonly notices: readonly { readonly source: MergeSource<T>; readonly notice: Notice }[];
  /** The page was ended because too many rows did not match. */
  readonly scanned: boolean;
  /** `end` is the state after the last row. */
  readonly endsAtRow: boolean;
  /** Until when the oldest fresh slice of the page counts as fresh; infinite if there is none. */
  readonly freshUntil: number;
}

/**
 * Takes the next page of a walk: first the rows that are owed, if their sources answer now, then the
 * merge of the other sources from the walk's position on.
 *
 * Paying never starves the walk: the sources that owe nothing are read first, and while they have rows
 * to show, those that owe share a quarter of what is left of the operation.
 *
 * Order:  strict in walk order among late rows, and among the others.
 * Errors: none of a source; those are in the page.
 */
export class PageTaker<T extends Key> {
  private readonly rows: PageRow<T>[] = [];
  /** Null if nothing is owed. */
  private readonly late: LatePayment<T> | null;
  /** Has no source until everything that is owed was paid. */
  private main: Merged<T>;
  private merging: Merged<T>;
  /** The last row that was passed, delivered or not. */
  private passed: T | null = null;
  private skipped = 0;
  private more = false;

  /** `merged` is the merge of the sources from the walk's position on, if it was made before. */
  constructor(
    private readonly request: PageRequest<T>,
    merged: Merged<T> | null = null,
  ) {
    const { direction, sources, debtors = [], state } = request;
    const owes = state.debts.length > 0;
    this.late = owes ? new LatePayment(direction, [...debtors, ...sources], state) : null;
    this.main = merged ?? this.mergeOf(owes ? [] : sources);
    this.merging = this.late?.merge ?? this.main;
  }

  /** The page if everything it needs is cached; null if sources must be read first. */
  peek(): Page<T> | null {
    if (!this.collect(this.merging)) return null;
    if (this.merging !== this.main && !this.done && !this.stopped) {
      this.late?.settle();
      this.main = this.mergeOf(this.request.sources);
      this.merging = this.main;
      if (!this.collect(this.main)) return null;
    }
    return this.page();
  }

  /** The page, after reading every source that it needs. Call it only if `peek` returned null. */
  async read(): Promise<Page<T>> {
    if (this.late !== null) await this.readOthers(this.late);
    for (;;) {
      await this.merging.read();
      const page = this.peek();
      if (page !== null) return page;
    }
  }

  /** Every row was collected, and whether there are more is known or was not asked. */
  private get done(): boolean {
    const { limit, lookAhead = false } = this.request;
    return this.more || (this.rows.length >= limit && !lookAhead);
  }

  /** The operation's own limits ended the page. */
  private get stopped(): boolean {
    return this.scanned || this.main.cuts.length > 0;
  }

  private get scanned(): boolean {
    return this.skipped > (this.request.scanLimit ?? Number.POSITIVE_INFINITY);
  }

  /** Reads what a page of the sources alone needs that owe nothing. */
  private async readOthers({ merge, owing }: LatePayment<T>): Promise<void> {
    const { sources, state } = this.request;
    const others = await takePage({
      ...this.request,
      sources: sources.filter(({ name }) => !owing.has(name)),
      state: { ...state, debts: [] },
    });
    merge.share = others.rows.length > 0 || others.more ? "quarter" : "whole";
  }

  /** The merge of those of the sources that owe nothing. */
  private mergeOf(sources: readonly MergeSource<T>[]): Merge<T> {
    const { direction, state, end, onCut = "cut" } = this.request;
    const merge = new Merge<T>(direction, onCut);
    const owing = this.late?.owing;
    sources.forEach((source, ticket) => {
      if (owing?.has(source.name) !== true)
        merge.add({ source, from: state.position, end, ticket });
    });
    return merge;
  }

  /** Collects rows from cached slices; false if a source must be read first. */
  private collect(merge: Merged<T>): boolean {
    const { direction, limit, matches } = this.request;
    const late = merge !== this.main;
    while (!this.done && !this.scanned) {
      const row = merge.peek();
      if (row === undefined) return !merge.pending;
      const isMatch = matches(row);
      if (isMatch && this.rows.length >= limit) {
        this.more = true;
        return true;
      }
      if (isMatch) this.rows.push({ row, late });
      else this.skipped += 1;
      merge.pass();
      if (merge === this.late?.merge) this.late.passed = closingKey(direction, row);
      else this.passed = row;
    }
    return true;
  }

  private page(): Page<T> {
    const { main } = this;
    const late = this.late?.merge;
    // What late rows report comes first.
    const failures = [...(late?.failures ?? []), ...main.failures];
    return {
      rows: this.rows,
      more: this.more || this.stopped,
      stateAfter: (index) => this.stateAfter(index),
      end: this.endState(),
      failures,
      stales: [...(late?.stales ?? []), ...main.stales],
      cuts: main.cuts,
      isLimited: main.cuts.length > 0 || failures.some(({ error }) => error.kind === "CUT"),
      notices: [...(late?.notices ?? []), ...main.notices],
      scanned: this.scanned,
      endsAtRow: !this.stopped && this.rows.length > 0,
      freshUntil: Math.min(late?.freshUntil ?? Number.POSITIVE_INFINITY, main.freshUntil),
    };
  }

  private stateAfter(index: number): WalkState {
    const { direction, state } = this.request;
    const { row, late } = this.rows[index] as PageRow<T>;
    const key = closingKey(direction, row);
    if (late) return { position: state.position, debts: this.late?.debtsAt(key) ?? [] };
    return this.stateAt(key);
  }

  /** What a walk at `position`, after all late rows, still owes. */
  private stateAt(position: Key): WalkState {
    const { direction } = this.request;
    const { failures, stales } = this.main;
    const late = this.late?.remaining() ?? [];
    if (late.length + failures.length + stales.length === 0) return { position, debts: [] };
    const debts: (Debt | null)[] = [
      ...late,
      ...failures.map((failure) => debtOfFailure(direction, failure, position)),
      ...stales.map((stale) => debtOfStale(direction, stale, position)),
    ];
    const owed = debts.filter((debt) => debt !== null);
    return { position, debts: joinDebts(direction, owed) };
  }

  /**
   * Where the walk continues: after the last row that was delivered. A page that was ended by its limits
   * continues where it stopped, so that no row is passed over twice.
   */
  private endState(): WalkState {
    const { direction, state } = this.request;
    const last = this.rows.at(-1);
    const delivered =
      last === undefined || last.late ? state.position : closingKey(direction, last.row);
    if (!this.stopped) return this.stateAt(delivered);
    const passed = this.passed === null ? delivered : closingKey(direction, this.passed);
    const { cutAt } = this.main;
    const ahead = cutAt !== null && compareWalk(direction, cutAt, passed) > 0;
    return this.stateAt(ahead ? cutAt : passed);
  }
}

/** The next page of a walk. */
export async function takePage<T extends Key>(request: PageRequest<T>): Promise<Page<T>> {
  const taker = new PageTaker(request);
  return taker.peek() ?? taker.read();
}
