import type { WantedPage } from "../domain/connection.js";
import type { Key } from "../domain/id.js";
import { type Cursors, invalidCursor, type OpenedCursor } from "../paging/cursor.js";
import type { WalkState } from "../paging/debt.js";
import { compareWalk, walkOrigin, type Direction } from "../paging/direction.js";
import { debtsOf, type Owing } from "../paging/owed.js";
import type { Page } from "../paging/page.js";
import type { MergeSource, Share } from "../paging/slice.js";

export const OTHER_WAY = { newestFirst: "oldestFirst", oldestFirst: "newestFirst" } as const;

/** When a walk began, and what is fresh for it. Epoch milliseconds. */
export interface WalkTime {
  /** Fixes how far back the walk goes. */
  readonly walkStart: number;
  /** A list is fresh if it is so for a walk that began at this time; infinite for one that begins now. */
  readonly freshFor: number;
}

/** The walk that a page's arguments request. */
export interface Walk extends WalkTime {
  /** The direction in which the page is taken; a page of `last` rows is walked backwards and reversed. */
  readonly direction: Direction;
  readonly backwards: boolean;
  readonly size: number;
  /** Whether the walk begins with this page: no cursor names its start. */
  readonly isNew: boolean;
  readonly position: Key;
  /** The walk's rows come after this key; null for no bound. */
  readonly first: Key | null;
  /** The walk ends before this key; null for no end. */
  readonly end: Key | null;
  readonly owed: OpenedCursor["owed"];
  readonly fingerprint: Buffer;
  /** Whether the page begins at a cursor. */
  readonly resumed: boolean;
  /** How many pages in a row left a list unread and had no row, the page before included; see `CursorContent`. */
  readonly cuts: number;
  /** What lists of regions and instances may use that failed last. After such pages, others go first every other time. */
  readonly retryShare: Share;
}

/** The keys between which a list's rows lie, oldest first; null for no bound. */
export interface KeyRange {
  readonly low: Key | null;
  readonly high: Key | null;
}

/** Longer than any list counts as fresh, and than the clocks of replicas differ. */
const FURTHEST_AHEAD_MS = 366 * 86_400_000;

/**
 * The walk to which a page belongs.
 * @throws {ClientError} CURSOR_INVALID, CURSOR_MISMATCH.
 */
export function walkOf(
  { backwards, size, after, before }: WantedPage,
  list: {
    readonly cursors: Cursors;
    readonly order: Direction;
    readonly fingerprint: Buffer;
    readonly range: KeyRange;
    /** Epoch milliseconds. */
    readonly now: number;
  },
): Walk {
  const { cursors, order, fingerprint, range, now } = list;
  const direction = backwards ? OTHER_WAY[order] : order;
  const starting = backwards ? before : after;
  const ending = backwards ? after : before;
  const from = starting === null ? null : cursors.decode(starting, fingerprint, direction);
  const to = ending === null ? null : cursors.decode(ending, fingerprint, OTHER_WAY[direction]);
  const [first, last] =
    direction === "newestFirst" ? [range.high, range.low] : [range.low, range.high];
  const walkStart = from?.walkStart ?? to?.walkStart ?? now;
  // Time windows are computed from it.
  if (walkStart < 0 || walkStart > now + FURTHEST_AHEAD_MS) throw invalidCursor();
  // Newer rows are wanted as they are now. A page that left a list unread continues with what it has read.
  const cuts = from?.cuts ?? 0;
  const isNewer = direction === "oldestFirst" && cuts === 0;
  return {
    direction,
    backwards,
    size,
    walkStart,
    freshFor: isNewer ? Number.POSITIVE_INFINITY : walkStart,
    isNew: from === null && to === null,
    position: further(direction, from?.position ?? walkOrigin(direction), first),
    first,
    end: nearer(direction, to?.position ?? null, last),
    owed: from?.owed ?? [],
    fingerprint,
    resumed: from !== null,
    cuts,
    retryShare: cuts % 2 === 1 ? "quarter" : "whole",
  };
}

/**
 * The walk as the cursors of its page carry it.
 *
 * A walk begins when the oldest fresh slice of its first page stops counting as fresh. Two requests that
 * are answered from the same slices therefore have the same cursors, and what the first page used is fresh
 * enough for the rest of the walk. A page towards newer rows that left a list unread begins again, at
 * `latest` at the latest, so that the next one can use what it has read, and failures too.
 */
export function begun(
  walk: Walk,
  { isLimited }: Page<Key>,
  { freshUntil, latest }: { readonly freshUntil: number; readonly latest: number },
): Walk {
  if (isLimited && !Number.isFinite(walk.freshFor))
    return { ...walk, walkStart: Math.min(freshUntil, latest) };
  return walk.isNew && Number.isFinite(freshUntil) ? { ...walk, walkStart: freshUntil } : walk;
}

const further = (direction: Direction, key: Key, bound: Key | null): Key =>
  bound !== null && compareWalk(direction, bound, key) > 0 ? bound : key;

function nearer(direction: Direction, a: Key | null, b: Key | null): Key | null {
  if (a === null || b === null) return a ?? b;
  return compareWalk(direction, a, b) < 0 ? a : b;
}

/** The sources of a walk, and the names by which cursors know them. */
export interface WalkSources<T extends Key> extends Owing {
  readonly sources: readonly MergeSource<T>[];
  readonly debtors: readonly MergeSource<T>[];
}

/** For a walk that owes nothing: none of its cursors names a source. */
export const NO_SOURCES: WalkSources<never> = {
  sources: [],
  debtors: [],
  aliases: new Map(),
  unsure: false,
};

/** Where a walk stands, and what its cursor owes of these sources. */
export function stateOf<T extends Key>(walk: Walk, found: WalkSources<T>): WalkState {
  return { position: walk.position, debts: debtsOf(walk.owed, found, walk) };
}
