import type { Key } from "../domain/id.js";
import { debtOfFailure, debtOfStale, joinDebts, type Debt, type WalkState } from "./debt.js";
import { closingKey, compareWalk, type Direction } from "./direction.js";
import { LatePayment, withLate } from "./late.js";
import { Merge, type CutPolicy, type Failure, type Stale } from "./merge.js";
import type { Notice, MergeSource } from "./slice.js";

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
  /** Whether to find out if there are more rows. */
  readonly lookAhead: boolean;
  /** The page ends after passing over more rows than this that do not match. */
  readonly scanLimit: number;
  readonly onCut: CutPolicy;
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
 * Order:  strict in walk order among late rows, and among the others.
 * Errors: none of a source; those are in the page.
 */
export class PageTaker<T extends Key> {
  private readonly rows: PageRow<T>[] = [];
  /** Null if nothing is owed. */
  private readonly late: LatePayment<T> | null;
  private readonly main: Merge<T>;
  private merging: Merge<T>;
  /** The names of the sources that were added to the main merge. */
  private readonly added = new Set<string>();
  /** The last row that was passed, delivered or not. */
  private passed: Key | null = null;
  private skipped = 0;
  private more = false;

  constructor(private readonly request: PageRequest<T>) {
    const { direction, sources, debtors = [], state, onCut } = request;
    const owes = state.debts.length > 0;
    this.main = new Merge(direction, onCut);
    this.late = owes ? new LatePayment(direction, [...sources, ...debtors], state) : null;
    if (this.late === null) this.addSources();
    this.merging = this.late?.merge ?? this.main;
  }

  /** The page if everything it needs is cached; null if sources must be read first. */
  peek(): Page<T> | null {
    while (this.collect(this.merging)) if (!this.advance()) return this.page();
    return null;
  }

  /** The page, after reading every source that it needs. */
  async read(): Promise<Page<T>> {
    for (;;) {
      const page = this.peek();
      if (page !== null) return page;
      await this.merging.read();
    }
  }

  /** Every row was collected, and whether there are more is known or was not asked. */
  private get done(): boolean {
    const { limit, lookAhead } = this.request;
    return this.more || (this.rows.length >= limit && !lookAhead);
  }

  /** The operation's own limits ended the page. */
  private get stopped(): boolean {
    return this.scanned || this.main.cuts.length > 0;
  }

  private get scanned(): boolean {
    return this.skipped > this.request.scanLimit;
  }

  private addSources(): void {
    const { state, end, sources } = this.request;
    const owing = this.late?.owing;
    sources.forEach((source, ticket) => {
      const { name } = source;
      if (owing?.has(name) === true || this.added.has(name)) return;
      this.added.add(name);
      this.main.add({ source, from: state.position, end, ticket });
    });
  }

  /**
   * Continues with the other sources after what is owed. If they show nothing, what is owed is read with
   * all that is left of the operation. False if the page is taken.
   */
  private advance(): boolean {
    const { late, main } = this;
    if (late === null || this.done || this.stopped) return false;
    if (this.merging === main) {
      if (this.rows.length > 0 || !late.resume()) return false;
      this.merging = late.merge;
      return true;
    }
    late.settle();
    this.addSources();
    this.merging = main;
    return true;
  }

  /** Collects rows from cached slices; false if a source must be read first. */
  private collect(merge: Merge<T>): boolean {
    const late = merge !== this.main;
    while (!this.done && !this.scanned) {
      const row = merge.peek();
      if (row === undefined) return !merge.pending;
      if (!this.request.matches(row)) {
        this.skipped += 1;
        this.pass(merge, row);
      } else if (this.rows.length < this.request.limit) {
        this.rows.push({ row, late });
        this.pass(merge, row);
      } else this.more = true;
    }
    return true;
  }

  private pass(merge: Merge<T>, row: T): void {
    merge.pass();
    const key = closingKey(this.request.direction, row);
    if (merge === this.late?.merge) this.late.passed = key;
    else this.passed = key;
  }

  private page(): Page<T> {
    const { late, main } = this;
    return {
      rows: this.rows,
      more: this.more || this.stopped,
      stateAfter: (index) => this.stateAfter(index),
      end: this.endState(),
      failures: withLate(late?.merge.failures, main.failures),
      stales: withLate(late?.merge.stales, main.stales),
      cuts: this.main.cuts,
      notices: withLate(late?.merge.notices, main.notices),
      scanned: this.scanned,
      endsAtRow: !this.stopped && this.rows.length > 0,
      freshUntil: Math.min(late?.merge.freshUntil ?? Number.POSITIVE_INFINITY, main.freshUntil),
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
    const passed = this.passed ?? delivered;
    const { cutAt } = this.main;
    const ahead = cutAt !== null && compareWalk(direction, cutAt, passed) > 0;
    return this.stateAt(ahead ? cutAt : passed);
  }
}

/** The next page of a walk. */
export function takePage<T extends Key>(request: PageRequest<T>): Promise<Page<T>> {
  return new PageTaker(request).read();
}
