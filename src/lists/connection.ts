import type { SourceIssue } from "../domain/issue.js";
import type { Key } from "../domain/key.js";
import type { Connection, Edge } from "../domain/connection.js";
import { ClientError } from "../errors.js";
import type { Cursors } from "../paging/cursor.js";
import type { WalkState } from "../paging/debt.js";
import { closingKey } from "../paging/direction.js";
import { takePage } from "../paging/page.js";
import type { Page } from "../paging/takenPage.js";
import { RowEdge, type KeptEdges } from "./mergedCache/keptEdges.js";
import { NO_SOURCES, OTHER_WAY, type Walk, type WalkSources } from "./walk.js";

/** What a connection is made from. */
export interface ConnectionParts<T extends Key, N> {
  readonly walk: Walk;
  readonly found: WalkSources<T>;
  readonly page: Page<T>;
  readonly issues: readonly SourceIssue[];
  readonly cursors: Cursors;
  readonly matches: (row: T) => boolean;
  readonly nodeOf: (row: T) => N;
  readonly count: () => Promise<number | null>;
  /** Where edges are kept; else each page makes its own. */
  readonly kept?: KeptEdges;
  /** Tells whether there are rows before the page; else the sources are asked. */
  readonly hasBehind?: (() => boolean) | undefined;
}

/** A page as Relay wants it: in list order, whichever way it was walked. */
export const connectionOf = <T extends Key, N>(parts: ConnectionParts<T, N>): Connection<N> =>
  new PageConnection(parts);

/** A class: accessors of a literal are defined anew for every page, which costs more than all else of it. */
class PageConnection<T extends Key, N> implements Connection<N> {
  readonly edges: readonly Edge<N>[];
  readonly complete: boolean;
  readonly issues: readonly SourceIssue[];
  private lastCursor: string | null | undefined;
  private behind: boolean | Promise<boolean> | undefined;
  private total: Promise<number | null> | undefined;

  constructor(private readonly parts: ConnectionParts<T, N>) {
    const { walk, page, issues } = parts;
    const edges = edgesOf(parts);
    this.edges = walk.backwards ? edges.reverse() : edges;
    this.complete = issues.length === 0 && page.end.debts.length === 0;
    this.issues = issues;
  }

  get startCursor(): string | null {
    return this.parts.walk.backwards ? this.walkedTo() : (this.edges[0]?.cursor ?? null);
  }

  get endCursor(): string | null {
    return this.parts.walk.backwards ? (this.edges.at(-1)?.cursor ?? null) : this.walkedTo();
  }

  hasNextPage(): boolean | Promise<boolean> {
    return this.parts.walk.backwards ? this.isAnyBehind() : this.parts.page.more;
  }

  hasPreviousPage(): boolean | Promise<boolean> {
    return this.parts.walk.backwards ? this.parts.page.more : this.isAnyBehind();
  }

  totalCount(): Promise<number | null> {
    return (this.total ??= this.parts.count());
  }

  /** The cursor of the end at which the walk goes on. */
  private walkedTo(): string | null {
    if (this.lastCursor === undefined) this.lastCursor = this.cursorOfEnd();
    return this.lastCursor;
  }

  private cursorOfEnd(): string | null {
    const { walk, page } = this.parts;
    const last = walk.backwards ? this.edges[0] : this.edges.at(-1);
    if (page.endsAtRow) return last?.cursor ?? null;
    return last !== undefined || !this.complete ? cursorOf(this.parts, page.end) : null;
  }

  private isAnyBehind(): boolean | Promise<boolean> {
    if (!this.parts.walk.resumed) return false;
    return (this.behind ??= this.parts.hasBehind?.() ?? hasBehind(this.parts));
  }
}

/** Whether there is a row on the other side of the cursor at which the page began. */
async function hasBehind<T extends Key, N>(parts: ConnectionParts<T, N>): Promise<boolean> {
  const { walk, found, matches } = parts;
  const page = await takePage({
    direction: OTHER_WAY[walk.direction],
    sources: found.sources,
    state: { position: walk.position, debts: [] },
    end: walk.first,
    limit: 1,
    matches,
    lookAhead: false,
    scanLimit: Number.POSITIVE_INFINITY,
    policy: "owe",
  });
  return page.rows.length > 0;
}

/** The edges of a page, in walk order. */
export function edgesOf<T extends Key, N>(parts: ConnectionParts<T, N>): Edge<N>[] {
  const { walk, page, nodeOf, kept, cursors } = parts;
  if (kept !== undefined && !owes(walk, page)) {
    const edgeOf = kept.of(walk, paidEdges(walk, cursors, nodeOf));
    return page.rows.map(({ row }) => edgeOf(row));
  }
  const cursorAt = (index: number): string => cursorOf(parts, page.stateAfter(index));
  return page.rows.map(({ row, late }, index) => new RowEdge(nodeOf(row), late, index, cursorAt));
}

/** Whether any cursor of a page may owe. */
const owes = ({ owed }: Walk, { failures, stales }: Page<Key>): boolean =>
  owed.length + failures.length + stales.length > 0;

/** Makes the edges of a walk that owes nothing: they outlive their page, and hold nothing of it. */
function paidEdges<T extends Key, N>(
  walk: Walk,
  cursors: Cursors,
  nodeOf: (row: T) => N,
): (row: T) => Edge<N> {
  const parts = { walk, cursors, found: NO_SOURCES };
  const cursorAt = (row: T): string =>
    cursorOf(parts, { position: closingKey(walk.direction, row), debts: [] });
  return (row) => new RowEdge(nodeOf(row), false, row, cursorAt);
}

/** What a cursor is made from. */
export interface CursorParts {
  readonly walk: Walk;
  readonly found: WalkSources<Key>;
  readonly cursors: Cursors;
}

/**
 * The cursor of a walk in a state.
 * @throws {ClientError} UPSTREAM_FAILED if so many sources failed that no cursor can name them all.
 */
export function cursorOf({ walk, found, cursors }: CursorParts, state: WalkState): string {
  const { fingerprint, direction, walkStart } = walk;
  const cursor = cursors.encode({ fingerprint, direction, walkStart, state }, found);
  if (cursor === null) throw tooManyFailed(found, state);
  return cursor;
}

/** Names the provider with the most failed sources, because a list without it fits into a cursor. */
function tooManyFailed({ where }: CursorParts["found"], { debts }: WalkState): ClientError {
  const failed = new Map<string, number>();
  for (const { source } of debts) {
    const provider = where.get(source)?.provider;
    if (provider !== undefined) failed.set(provider, (failed.get(provider) ?? 0) + 1);
  }
  const [[provider, count] = ["", debts.length]] = [...failed].sort(([, a], [, b]) => b - a);
  const message =
    `${count} lists of ${provider} could not be read, which is more than a cursor can name. ` +
    `Leave out ${provider} with the filter, or try again later.`;
  return new ClientError("UPSTREAM_FAILED", message, { provider });
}
