import type { Key } from "../domain/key.js";
import { compareWalk, type Direction } from "./direction.js";
import type { Failure, Stale } from "./mergeSource.js";

/**
 * What a walk still owes of one source: its rows after `from`, in walk order. A source may have many
 * debts with an end, and one without: that one keeps it out of the merge until it is paid.
 */
export interface Debt {
  /** The source's name. */
  readonly source: string;
  readonly from: Key;
  /** The owed rows end before this key; null where they end at the walk's position. */
  readonly to: Key | null;
}

/** Where a walk stands: every row up to `position` was delivered, save what is owed. */
export interface WalkState {
  readonly position: Key;
  readonly debts: readonly Debt[];
}

/** The debt that a failure leaves to a walk at `position`; none where the walk asks again anyway. */
export function debtOfFailure<T extends Key>(
  direction: Direction,
  { source, from }: Failure<T>,
  position: Key,
): Debt | null {
  if (compareWalk(direction, from, position) >= 0) return null;
  return { source: source.name, from, to: null };
}

/**
 * The debt that old data leaves to a walk at `position`: the part of the span between `from` and the
 * first instant it covers that the walk has passed.
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

/** Joins debts of one source where one ends at the very key at which the next begins. */
export function joinDebts(debts: readonly Debt[]): Debt[] {
  const joined: Debt[] = [];
  for (const debt of debts) {
    const at = joined.findIndex(({ source, to }) => source === debt.source && same(to, debt.from));
    const before = joined[at];
    if (before === undefined) joined.push(debt);
    else joined[at] = { ...debt, from: before.from };
  }
  return joined;
}

const same = (a: Key | null, b: Key): boolean =>
  a !== null && a.startedAt === b.startedAt && a.id === b.id;
