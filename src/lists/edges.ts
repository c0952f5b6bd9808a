import type { Key } from "../domain/key.js";
import type { Edge } from "../domain/connection.js";
import { encodeCursor, type SourceGroups } from "../paging/cursor.js";
import type { WalkState } from "../paging/debt.js";
import type { Page } from "../paging/takenPage.js";
import { closingKey } from "../paging/direction.js";
import type { Sealer } from "../paging/seal.js";
import type { ConnectionParts } from "./connection.js";
import { NO_SOURCES, type Walk } from "./walk.js";
import { RowEdge } from "./mergedCache/keptEdges.js";

/** The edges of a page, in walk order. */
export function edgesOf<T extends Key, N>(parts: ConnectionParts<T, N>): Edge<N>[] {
  const { walk, page, nodeOf, kept, sealer } = parts;
  if (kept !== undefined && !owes(walk, page)) {
    const edgeOf = kept.of(walk, paidEdges(walk, sealer, nodeOf));
    return page.rows.map(({ row }) => edgeOf(row));
  }
  const seal = (index: number): string => sealed(parts, page.stateAfter(index));
  return page.rows.map(({ row, late }, index) => new RowEdge(nodeOf(row), late, index, seal));
}

/** Whether any cursor of a page may owe. */
export const owes = ({ owed }: Walk, { failures, stales }: Page<Key>): boolean =>
  owed.length + failures.length + stales.length > 0;

/** Makes the edges of a walk that owes nothing: they outlive their page, and hold nothing of it. */
function paidEdges<T extends Key, N>(
  walk: Walk,
  sealer: Sealer,
  nodeOf: (row: T) => N,
): (row: T) => Edge<N> {
  const parts = { walk, sealer, found: NO_SOURCES };
  const seal = (row: T): string =>
    sealed(parts, { position: closingKey(walk.direction, row), debts: [] });
  return (row) => new RowEdge(nodeOf(row), false, row, seal);
}

/** What a cursor is sealed with. */
export interface SealedParts {
  readonly walk: Walk;
  readonly found: SourceGroups;
  readonly sealer: Sealer;
}

/** The cursor of a walk in a state. */
export function sealed({ walk, found, sealer }: SealedParts, state: WalkState): string {
  const { fingerprint, direction, walkStart } = walk;
  return encodeCursor(sealer, { fingerprint, direction, walkStart, state }, found);
}
