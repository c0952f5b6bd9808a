import type { Key } from "../domain/id.js";
import { getOrMake } from "../domain/maps.js";
import { compareWalk, type Direction } from "./direction.js";
import type { Failure, Stale } from "./merge.js";

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
