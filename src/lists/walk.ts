import type { Key } from "../domain/key.js";
import { invalidCursor, type Cursors, type OpenedCursor } from "../paging/cursor.js";
import type { WalkState } from "../paging/debt.js";
import { compareWalk, walkOrigin, type Direction } from "../paging/direction.js";
import type { MergeSource } from "../paging/mergeSource.js";
import { debtsOf, type Owing } from "../paging/owed.js";
import type { PageRequest } from "../paging/pageArgs.js";
import type { Whereabouts } from "./issues.js";

export const OTHER_WAY = { newestFirst: "oldestFirst", oldestFirst: "newestFirst" } as const;

/** A walk that a page's arguments ask for. */
export interface Walk {
  /** The way the page is taken; a page of `last` rows is walked backwards and turned round. */
  readonly direction: Direction;
  readonly backwards: boolean;
  readonly size: number;
  readonly walkStart: number;
  readonly position: Key;
  /** The walk's rows come after this key; null for no bound. */
  readonly first: Key | null;
  /** The walk ends before this key; null for no end. */
  readonly end: Key | null;
  readonly owed: OpenedCursor["owed"];
  readonly fingerprint: Buffer;
  /** Whether the page begins at a cursor. */
  readonly resumed: boolean;
}

/** Keys between which a list's rows lie, oldest first; null for no bound. */
export interface KeyRange {
  readonly low: Key | null;
  readonly high: Key | null;
}

/**
 * The walk that checked page arguments ask for.
 * @throws {ClientError} CURSOR_INVALID, CURSOR_MISMATCH.
 */
export function walkOf(
  { direction: way, size, after, before }: PageRequest,
  list: {
    readonly cursors: Cursors;
    readonly order: Direction;
    readonly fingerprint: Buffer;
    readonly range: KeyRange;
    readonly now: number;
  },
): Walk {
  const { cursors, order, fingerprint, range, now } = list;
  const backwards = way === "backwards";
  const direction = backwards ? OTHER_WAY[order] : order;
  const starting = backwards ? before : after;
  const ending = backwards ? after : before;
  const from = starting === null ? null : cursors.decode(starting, fingerprint, direction);
  const to = ending === null ? null : cursors.decode(ending, fingerprint, OTHER_WAY[direction]);
  const [first, last] =
    direction === "newestFirst" ? [range.high, range.low] : [range.low, range.high];
  return {
    direction,
    backwards,
    size,
    walkStart: possibleStart(from?.walkStart ?? to?.walkStart ?? now, now),
    position: further(direction, from?.position ?? walkOrigin(direction), first),
    first,
    end: nearer(direction, to?.position ?? null, last),
    owed: from?.owed ?? [],
    fingerprint,
    resumed: from !== null,
  };
}

/** Clocks of replicas may differ; by a day they do not. */
const FURTHEST_AHEAD_MS = 86_400_000;

/** When a walk began, where that can be true: windows are counted from it. */
function possibleStart(walkStart: number, now: number): number {
  if (walkStart >= 0 && walkStart <= now + FURTHEST_AHEAD_MS) return walkStart;
  throw invalidCursor();
}

const further = (direction: Direction, key: Key, bound: Key | null): Key =>
  bound !== null && compareWalk(direction, bound, key) > 0 ? bound : key;

function nearer(direction: Direction, a: Key | null, b: Key | null): Key | null {
  if (a === null || b === null) return a ?? b;
  return compareWalk(direction, a, b) < 0 ? a : b;
}

/** The sources of a walk and what is said about them. */
export interface WalkSources<T extends Key> extends Owing {
  readonly sources: readonly MergeSource<T>[];
  readonly debtors: readonly MergeSource<T>[];
  /** Where each source belongs, by its name. */
  readonly where: ReadonlyMap<string, Whereabouts>;
}

/** For what owes nothing: no cursor of it names a source. */
export const NO_SOURCES: WalkSources<never> = {
  sources: [],
  debtors: [],
  aliases: new Map(),
  where: new Map(),
  unsure: false,
};

/** The state in which a walk meets its sources. */
export function stateOf<T extends Key>(walk: Walk, found: WalkSources<T>): WalkState {
  return { position: walk.position, debts: debtsOf(walk.owed, found, walk) };
}
