import type { Key } from "../domain/id.js";
import { type Debt, type WalkState } from "./debt.js";
import { compareWalk, type Direction } from "./direction.js";
import { Merge, type CutPolicy, type Failure } from "./merge.js";
import type { MergeSource } from "./slice.js";

/** Reads what a walk owes: a merge of the owing sources, each over the span that it owes. */
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
    policy: CutPolicy,
  ) {
    this.merge = new Merge(direction, policy);
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
    return this.state.debts.flatMap((debt, ticket) => {
      const finished = this.settled || !unfinished.has(ticket);
      const at = finished ? this.endOf(debt) : (this.passed ?? debt.from);
      return this.left(debt, ticket, at);
    });
  }

  /** What is owed after the late row that `key` closes. */
  debtsAt(key: Key): Debt[] {
    return this.state.debts.flatMap((debt, ticket) => this.left(debt, ticket, key));
  }

  private endOf(debt: Debt): Key {
    return debt.to ?? this.state.position;
  }

  /** What is left of a debt once its rows up to `at` were delivered. */
  private left(debt: Debt, ticket: number, at: Key): Debt[] {
    const { direction } = this;
    if (this.unread.has(ticket)) return [debt];
    const failed = this.failedAt(ticket);
    const reached = failed !== undefined && compareWalk(direction, failed, at) < 0 ? failed : at;
    const end = this.endOf(debt);
    const left: Debt[] = [];
    for (const { ticket: of, from, to } of this.merge.stales) {
      if (of !== ticket || to === null || compareWalk(direction, from, reached) >= 0) continue;
      const covered = { startedAt: to, id: "" };
      if (compareWalk(direction, covered, reached) > 0)
        return [...left, { ...debt, from, to: reached === end ? end : debt.to }];
      left.push({ ...debt, from, to: covered });
    }
    const from = compareWalk(direction, debt.from, reached) < 0 ? reached : debt.from;
    const paid = compareWalk(direction, from, end) >= 0;
    return paid ? left : [...left, { ...debt, from }];
  }

  private failedAt(ticket: number): Key | undefined {
    const { failures, cuts } = this.merge;
    const isOwed = ({ ticket: of, error }: Failure<T>) => of === ticket && !error.isRefusal;
    return [...failures, ...cuts].find(isOwed)?.from;
  }
}

/** What late rows report, if there are any, followed by what the others report. */
export const withLate = <E>(late: readonly E[] | undefined, main: readonly E[]): readonly E[] =>
  late === undefined ? main : [...late, ...main];
