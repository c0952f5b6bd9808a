import type { Key } from "../domain/id.js";
import { type Debt, debtOfFailure, debtOfStale, joinDebts, type WalkState } from "./debt.js";
import { closingKey, compareWalk, type Direction } from "./direction.js";
import { type CutPolicy, type Failure, Merge, type Stale } from "./merge.js";
import type { MergeSource, Notice } from "./slice.js";

/**
 * Reads what a walk owes: a merge of the owing sources, each over the span that it owes. What the limits
 * of the operation leave unread stays owed, and ends no page.
 */
class LatePayment<T extends Key> {
  readonly merge: Merge<T>;
  /** The last owed row that was passed; null while none was. */
  passed: Key | null = null;
  private settled = false;
  /** Debts whose sources cannot be read now: they stay as they are. */
  private readonly unread = new Set<number>();

  constructor(
    private readonly direction: Direction,
    sources: readonly MergeSource<T>[],
    private readonly state: WalkState,
  ) {
    this.merge = new Merge(direction, "owe");
    const byName = new Map(sources.map((source) => [source.name, source]));
    state.debts.forEach((debt, ticket) => {
      const source = byName.get(debt.source);
      if (source === undefined) this.unread.add(ticket);
      else this.merge.add({ source, from: debt.from, end: this.endOf(debt), ticket });
    });
  }

  /** Notes that the merge was read to its end: a debt whose source did not fail is paid. */
  settle(): void {
    this.settled = true;
  }

  /** The sources that must stay out of the merge of the others. */
  get owing(): Set<string> {
    const open = this.remaining().filter(({ to }) => to === null);
    return new Set(open.map(({ source }) => source));
  }

  /** What is still owed after the rows that were passed. */
  remaining(): Debt[] {
    const { unfinished } = this.merge;
    const reports = this.reports();
    return this.state.debts.flatMap((debt, ticket) => {
      const finished = this.settled || !unfinished.has(ticket);
      const at = finished ? this.endOf(debt) : (this.passed ?? debt.from);
      return this.left(debt, reports[ticket], at);
    });
  }

  /** What is owed after the late row that `key` closes. */
  debtsAt(key: Key): Debt[] {
    const reports = this.reports();
    return this.state.debts.flatMap((debt, ticket) => this.left(debt, reports[ticket], key));
  }

  private endOf(debt: Debt): Key {
    return debt.to ?? this.state.position;
  }

  /** What is left of a debt once its rows up to `at` were delivered. */
  private left(debt: Debt, report: DebtReport<T> | undefined, at: Key): Debt[] {
    const { direction } = this;
    if (report === undefined) return [debt];
    const { failedAt, stales } = report;
    const end = this.endOf(debt);
    // The late row may be of another debt, and lie behind the end of this one.
    const last = compareWalk(direction, at, end) < 0 ? at : end;
    const isFailed = failedAt !== null && compareWalk(direction, failedAt, last) < 0;
    const reached = isFailed ? failedAt : last;
    const left: Debt[] = [];
    for (const { from, to } of stales) {
      if (to === null || compareWalk(direction, from, reached) >= 0) continue;
      const covered = { startedAt: to, id: "" };
      if (compareWalk(direction, covered, reached) > 0)
        return [...left, { ...debt, from, to: reached === end ? end : debt.to }];
      left.push({ ...debt, from, to: covered });
    }
    const from = compareWalk(direction, debt.from, reached) < 0 ? reached : debt.from;
    const paid = compareWalk(direction, from, end) >= 0;
    return paid ? left : [...left, { ...debt, from }];
  }

  /** What the merge reports of each debt; undefined if its source cannot be read now. */
  private reports(): (DebtReport<T> | undefined)[] {
    const reports = this.state.debts.map((_, ticket): DebtReport<T> | undefined =>
      this.unread.has(ticket) ? undefined : { failedAt: null, stales: [] },
    );
    for (const { ticket, error, from } of this.merge.failures) {
      const report = reports[ticket];
      if (report !== undefined && !error.isRefusal) report.failedAt ??= from;
    }
    for (const stale of this.merge.stales) reports[stale.ticket]?.stales.push(stale);
    return reports;
  }
}

/** What reading the source of one debt gave, besides rows. */
interface DebtReport<T extends Key> {
  /** Where the source failed; null if it did not, or if the vendor refuses it. */
  failedAt: Key | null;
  readonly stales: Stale<T>[];
}

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
  private readonly main: Merge<T>;
  private merging: Merge<T>;
  /** The last row that was passed, delivered or not. */
  private passed: Key | null = null;
  private skipped = 0;
  private more = false;

  constructor(private readonly request: PageRequest<T>) {
    const { direction, sources, debtors = [], state, onCut = "cut" } = request;
    const owes = state.debts.length > 0;
    this.main = new Merge(direction, onCut);
    this.late = owes ? new LatePayment(direction, [...debtors, ...sources], state) : null;
    if (this.late === null) this.addSources();
    this.merging = this.late?.merge ?? this.main;
  }

  /** The page if everything it needs is cached; null if sources must be read first. */
  peek(): Page<T> | null {
    if (!this.collect(this.merging)) return null;
    if (this.merging !== this.main && !this.done && !this.stopped) {
      this.late?.settle();
      this.addSources();
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

  private addSources(): void {
    const { state, end, sources } = this.request;
    const owing = this.late?.owing;
    sources.forEach((source, ticket) => {
      if (owing?.has(source.name) !== true)
        this.main.add({ source, from: state.position, end, ticket });
    });
  }

  /** Collects rows from cached slices; false if a source must be read first. */
  private collect(merge: Merge<T>): boolean {
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
      const key = closingKey(direction, row);
      if (merge === this.late?.merge) this.late.passed = key;
      else this.passed = key;
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
    const passed = this.passed ?? delivered;
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
