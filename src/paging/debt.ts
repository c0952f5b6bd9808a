import type { Key } from "../domain/id.js";
import { getOrMake } from "../domain/maps.js";
import { compareWalk, type Direction } from "./direction.js";
import { type Failure, Merge, type Stale } from "./merge.js";
import type { MergeSource } from "./slice.js";

/**
 * Rows that a walk still has to deliver from one source: those after `from`, in walk order. A source may
 * have many debts with an end, and one without. That one keeps it out of the merge until it is paid.
 */
export interface Debt {
  /** The source's name. */
  readonly source: string;
  readonly from: Key;
  /** The owed rows end before this key; null where they end at the walk's position. */
  readonly to: Key | null;
}

/** Where a walk stands: every row up to `position` was delivered, except those owed. */
export interface WalkState {
  readonly position: Key;
  readonly debts: readonly Debt[];
}

/**
 * The debt that a failure leaves to a walk at `position`; null if the walk reads those rows anyway, or if
 * the vendor refuses them: then there is nothing to wait for.
 */
export function debtOfFailure<T extends Key>(
  direction: Direction,
  { source, error, from }: Failure<T>,
  position: Key,
): Debt | null {
  if (error.isRefusal || compareWalk(direction, from, position) >= 0) return null;
  return { source: source.name, from, to: null };
}

/**
 * The debt that an old slice leaves to a walk at `position`: the walk has passed the span between `from`
 * and the slice without seeing its rows.
 */
export function debtOfStale<T extends Key>(
  direction: Direction,
  { source, from, to }: Stale<T>,
  position: Key,
): Debt | null {
  if (to === null || compareWalk(direction, from, position) >= 0) return null;
  const covered = { startedAt: to, id: "" };
  const passed = compareWalk(direction, covered, position) <= 0;
  return { source: source.name, from, to: passed ? covered : position };
}

/** Joins debts of one source that overlap or touch. */
export function joinDebts(direction: Direction, debts: readonly Debt[]): Debt[] {
  if (debts.length < 2) return [...debts];
  const joined = new Map<string, Debt[]>();
  const inOrder = [...debts].sort((a, b) => compareWalk(direction, a.from, b.from));
  for (const debt of inOrder) {
    const own = getOrMake(joined, debt.source, (): Debt[] => []);
    const last = own.at(-1);
    if (last === undefined || !meets(direction, last, debt)) own.push(debt);
    else own[own.length - 1] = { ...last, to: later(direction, last.to, debt.to) };
  }
  return [...joined.values()].flat();
}

const meets = (direction: Direction, { to }: Debt, { from }: Debt): boolean =>
  to === null || compareWalk(direction, from, to) <= 0;

function later(direction: Direction, a: Key | null, b: Key | null): Key | null {
  if (a === null || b === null) return null;
  return compareWalk(direction, a, b) < 0 ? b : a;
}

/**
 * Reads what a walk owes: a merge of the owing sources, each over the span that it owes. What the limits
 * of the operation leave unread stays owed, and ends no page.
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
    const unseen = stales.map((stale) => debtOfStale(direction, stale, reached));
    const from = compareWalk(direction, debt.from, reached) < 0 ? reached : debt.from;
    const rest = compareWalk(direction, from, end) < 0 ? { ...debt, from } : null;
    const left = [...unseen, rest].filter((one) => one !== null);
    return joinDebts(direction, left);
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
