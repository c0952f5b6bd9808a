import type { Key } from "../domain/key.js";
import { closingKey, compareWalk, type Direction } from "./direction.js";
import { debtOfFailure, debtOfStale, joinDebts, type Debt, type WalkState } from "./debt.js";
import { LatePayment, withLate } from "./late.js";
import { Merge } from "./merge.js";
import type { Failure, LeavePolicy, MergeSource } from "./mergeSource.js";
import type { Page, PageRow } from "./takenPage.js";

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

/**
 * Takes the next page of a walk: first what is owed, as far as its sources answer now, then the
 * merge of all others from the walk's position on.
 *
 * Order: strict in walk order among late rows, and among the others.
 * Errors: none of a source; those are in the page.
 * Cost:   no promise where all that the page needs is at hand.
 */
export function takePage<T extends Key>(request: PageRequest<T>): Page<T> | Promise<Page<T>> {
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

  take(): Page<T> | Promise<Page<T>> {
    const waiting = this.late === null ? undefined : this.collect(this.late.merge);
    return waiting === undefined ? this.takeMain() : waiting.then(() => this.takeMain());
  }

  private takeMain(): Page<T> | Promise<Page<T>> {
    if (this.done || this.stopped) return this.page();
    this.late?.settle();
    this.addMain();
    const waiting = this.collect(this.main);
    return waiting === undefined ? this.page() : waiting.then(() => this.page());
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

  private collect(merge: Merge<T>): Promise<void> | undefined {
    const waiting = this.collectAtHand(merge);
    return waiting === undefined ? undefined : this.collectAfter(waiting, merge);
  }

  private async collectAfter(first: Promise<unknown>, merge: Merge<T>): Promise<void> {
    for (let waiting: typeof first | undefined = first; waiting !== undefined;) {
      await waiting;
      waiting = this.collectAtHand(merge);
    }
  }

  /** Collects until a source must be waited for. */
  private collectAtHand(merge: Merge<T>): Promise<unknown> | undefined {
    const late = merge !== this.main;
    while (!this.done && !this.scanned) {
      const row = merge.peek();
      if (row === undefined) {
        if (!merge.pending) return undefined;
        const waiting = merge.fill();
        if (waiting !== undefined) return waiting;
      } else if (!this.request.matches(row)) {
        this.skipped += 1;
        this.pass(merge, row);
      } else if (this.rows.length < this.request.limit) {
        this.rows.push({ row, late });
        this.pass(merge, row);
      } else this.more = true;
    }
    return undefined;
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
