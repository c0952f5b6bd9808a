import type { Key } from "../domain/id.js";
import { type Debt, type WalkState } from "./debt.js";
import { compareWalk, type Direction } from "./direction.js";
import { Merge, type Stale } from "./merge.js";
import type { MergeSource } from "./slice.js";

/**
 * Reads what a walk owes: a merge of the owing sources, each over the span that it owes.
 *
 * It may use a quarter of what is left of the operation, so that the other sources get on. What that
 * leaves unread stays owed.
 */
export class LatePayment<T extends Key> {
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
    this.merge = new Merge(direction, "owe", "quarter");
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

  /**
   * Reads again, with everything that is left of the operation, what the quarter left unread; false if
   * there is no such source. Only for a page without rows: what comes now may lie before them.
   */
  resume(): boolean {
    const cut = this.merge.useWhole() ? this.merge.takeCutFailures() : [];
    for (const { source, from, ticket } of cut)
      this.merge.add({ source, from, end: this.endOf(this.state.debts[ticket] as Debt), ticket });
    this.settled = cut.length === 0;
    return cut.length > 0;
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
  private left(debt: Debt, report: Report<T> | undefined, at: Key): Debt[] {
    const { direction } = this;
    if (report === undefined) return [debt];
    const { failedAt, stales } = report;
    const reached = failedAt !== null && compareWalk(direction, failedAt, at) < 0 ? failedAt : at;
    const end = this.endOf(debt);
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
  private reports(): (Report<T> | undefined)[] {
    const reports = this.state.debts.map((_, ticket): Report<T> | undefined =>
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
interface Report<T extends Key> {
  /** Where the source failed; null if it did not, or if the vendor refuses it. */
  failedAt: Key | null;
  readonly stales: Stale<T>[];
}

/** What late rows report, if there are any, followed by what the others report. */
export const withLate = <E>(late: readonly E[] | undefined, main: readonly E[]): readonly E[] =>
  late === undefined ? main : [...late, ...main];
