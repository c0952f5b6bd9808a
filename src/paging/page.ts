import type { Key } from "../domain/key.js";
import { closingKey, compareWalk, type Direction } from "./direction.js";
import { debtOfFailure, debtOfStale, joinDebts, type Debt, type WalkState } from "./debt.js";
import { LatePayment, withLate } from "./late.js";
import { Merge } from "./merge.js";
import type { Failure, LeavePolicy, MergeSource, Stale } from "./mergeSource.js";
import type { Notice } from "./slice.js";

/** What a page is made of. */
export interface PageRequest<T extends Key> {
  readonly direction: Direction;
  readonly sources: readonly MergeSource<T>[];
  /** Where the walk stands, and what it owes of `sources`. */
  readonly state: WalkState;
  /** The walk ends before this key, in walk order; null for no end. */
  readonly end: Key | null;
  /** Rows to deliver at most. */
  readonly limit: number;
  readonly matches: (row: T) => boolean;
  /** Whether to find out if there is more. */
  readonly lookAhead: boolean;
  /** Rows that may be passed over, because they do not match, before the page is ended. */
  readonly scanLimit: number;
  readonly policy: LeavePolicy;
  /** Sources that are read for what the walk owes of them, and not otherwise. */
  readonly debtors?: readonly MergeSource<T>[];
}

/** One delivered row. */
export interface PageRow<T extends Key> {
  readonly row: T;
  readonly late: boolean;
}

/** One page of a walk. */
export interface Page<T extends Key> {
  /** In walk order: late ones first. */
  readonly rows: readonly PageRow<T>[];
  /** Whether a healthy source has rows after this page; false where nobody asked. */
  readonly more: boolean;
  /** The state of a walk that goes on after the row at `index`. */
  stateAfter(index: number): WalkState;
  /** The state of a walk that goes on after this page. */
  readonly end: WalkState;
  readonly failures: readonly Failure<T>[];
  readonly stales: readonly Stale<T>[];
  readonly cuts: readonly Failure<T>[];
  readonly notices: readonly { readonly source: MergeSource<T>; readonly notice: Notice }[];
  /** The page goes on behind its last row: its end is that row's own state. */
  readonly endsAtRow: boolean;
  /** The page was ended because too many rows did not match. */
  readonly scanned: boolean;
}

/**
 * Takes the next page of a walk: first what is owed, as far as its sources answer now, then the
 * merge of all others from the walk's position on.
 *
 * Order: strict in walk order among late rows, and among the others.
 * Errors: none of a source; those are in the page.
 */
export function takePage<T extends Key>(request: PageRequest<T>): Promise<Page<T>> {
  return new PageTaker(request).take();
}

class PageTaker<T extends Key> {
  private readonly rows: PageRow<T>[] = [];
  /** Null where nothing is owed, as on nearly every page. */
  private readonly late: LatePayment<T> | null;
  private readonly main: Merge<T>;
  /** The last row that was passed, delivered or not. */
  private passed: Key | null = null;
  private skipped = 0;
  private more = false;

  constructor(private readonly request: PageRequest<T>) {
    const { direction, sources, debtors = [], state, policy } = request;
    const owes = state.debts.length > 0;
    this.late = owes ? new LatePayment(direction, [...sources, ...debtors], state, policy) : null;
    this.main = new Merge(direction, policy);
  }

  async take(): Promise<Page<T>> {
    if (this.late !== null) await this.collect(this.late.merge);
    if (!this.done && !this.stopped) {
      this.late?.settle();
      this.addMain();
      await this.collect(this.main);
    }
    return this.page();
  }

  /** All rows are there, and whether there is more is known or does not matter. */
  private get done(): boolean {
    const { limit, lookAhead } = this.request;
    return this.more || (this.rows.length >= limit && !lookAhead);
  }

  /** The operation's own limits ended the page. */
  private get stopped(): boolean {
    return this.scanned || this.cuts.length > 0;
  }

  private get cuts(): readonly Failure<T>[] {
    return withLate(this.late?.merge.cuts, this.main.cuts);
  }

  private get scanned(): boolean {
    return this.skipped > this.request.scanLimit;
  }

  private addMain(): void {
    const { state, end, sources } = this.request;
    const owing = this.late?.owing;
    sources.forEach((source, ticket) => {
      if (owing?.has(source.name) !== true)
        this.main.add({ source, from: state.position, end, ticket });
    });
  }

  private async collect(merge: Merge<T>): Promise<void> {
    const late = merge !== this.main;
    while (!this.done && !this.scanned) {
      const row = merge.peek();
      if (row === undefined) {
        if (!merge.pending) return;
        await merge.fill();
      } else if (!this.request.matches(row)) {
        this.skipped += 1;
        this.pass(merge, row);
      } else if (this.rows.length < this.request.limit) {
        this.rows.push({ row, late });
        this.pass(merge, row);
      } else this.more = true;
    }
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
      cuts: this.cuts,
      notices: withLate(late?.merge.notices, main.notices),
      endsAtRow: !this.stopped && this.rows.length > 0,
      scanned: this.scanned,
    };
  }

  private stateAfter(index: number): WalkState {
    const { direction, state } = this.request;
    const { row, late } = this.rows[index] as PageRow<T>;
    const key = closingKey(direction, row);
    if (late) return { position: state.position, debts: this.late?.debtsAt(key) ?? [] };
    return this.stateAt(key);
  }

  /** What is owed to a walk that stands at `position`, behind all late rows. */
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
   * Where the walk goes on: behind the last row that was delivered. A page that its limits ended
   * goes on from where it was stopped, so that what was passed over is not passed over again.
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
