import type { Connection, Edge, SourceIssue } from "../domain/connection.js";
import type { Key } from "../domain/id.js";
import { ClientError } from "../errors.js";
import type { Cursors } from "../paging/cursor.js";
import type { WalkState } from "../paging/debt.js";
import { closingKey, turningKey, walkOrigin } from "../paging/direction.js";
import { PageTaker, takePage, type Page, type PageRequest } from "../paging/page.js";
import { NO_SOURCES, OTHER_WAY, type Walk, type WalkSources } from "./walk.js";

/** What a connection is assembled from. */
interface ConnectionParts<T extends Key, N> {
  readonly walk: Walk;
  readonly found: WalkSources<T>;
  readonly page: Page<T>;
  readonly issues: readonly SourceIssue[];
  readonly cursors: Cursors;
  readonly matches: (row: T) => boolean;
  readonly nodeOf: (row: T) => N;
  readonly count: () => Promise<number | null>;
  /** Whether there are rows before the page; else the sources are asked. */
  readonly hasBehind?: () => boolean;
}

/** A page as Relay defines it: in list order, whatever the direction of the walk. */
export class PageConnection<T extends Key, N> implements Connection<N> {
  readonly edges: readonly Edge<N>[];
  readonly complete: boolean;
  readonly issues: readonly SourceIssue[];
  private lastCursor: string | null = null;
  private behind: Promise<boolean> | undefined;
  private total: Promise<number | null> | undefined;

  constructor(
    private readonly parts: ConnectionParts<T, N>,
    edges: readonly Edge<N>[] = edgesOf(parts),
  ) {
    const { page, issues } = parts;
    this.edges = edges;
    this.complete = issues.length === 0 && page.end.debts.length === 0;
    this.issues = issues;
  }

  /** The same page for another operation, which counts the list itself. */
  countedBy(count: () => Promise<number | null>): PageConnection<T, N> {
    return new PageConnection({ ...this.parts, count }, this.edges);
  }

  get startCursor(): string | null {
    return this.parts.walk.backwards ? this.walkedTo() : this.walkedFrom(this.edges[0]);
  }

  get endCursor(): string | null {
    return this.parts.walk.backwards ? this.walkedFrom(this.edges.at(-1)) : this.walkedTo();
  }

  peekNextPage(): boolean | null {
    return this.parts.walk.backwards ? this.peekBehind() : this.parts.page.more;
  }

  async hasNextPage(): Promise<boolean> {
    return this.peekNextPage() ?? this.readBehind();
  }

  peekPreviousPage(): boolean | null {
    return this.parts.walk.backwards ? this.parts.page.more : this.peekBehind();
  }

  async hasPreviousPage(): Promise<boolean> {
    return this.peekPreviousPage() ?? this.readBehind();
  }

  totalCount(): Promise<number | null> {
    return (this.total ??= this.parts.count());
  }

  /** The cursor of the end at which the walk continues. An empty page keeps its place. */
  private walkedTo(): string {
    const { walk, page } = this.parts;
    const last = walk.backwards ? this.edges[0] : this.edges.at(-1);
    if (page.endsAtRow && last !== undefined) return last.cursor;
    const limited = page.isLimited ? 1 : 0;
    // The pages without a row before this one count if it has none either.
    const before = last === undefined ? walk.cuts : 0;
    // A page of no rows leaves the walk where it was.
    const cuts = walk.size === 0 ? Math.max(limited, walk.cuts) : limited * (1 + before);
    return (this.lastCursor ??= cursorOf(this.parts, page.end, cuts));
  }

  /** The cursor of the end at which the walk began. */
  private walkedFrom(first: Edge<N> | undefined): string | null {
    if (first !== undefined) return first.cursor;
    const { walk, page } = this.parts;
    if (page.cuts.length > 0 || page.scanned) return null;
    if (walk.resumed || walk.size === 0) return this.walkedTo();
    // The whole list is empty: what appears later must lie before this cursor.
    const position = walk.end ?? walkOrigin(OTHER_WAY[walk.direction]);
    return cursorOf(this.parts, { position, debts: page.end.debts });
  }

  private peekBehind(): boolean | null {
    const { walk, hasBehind } = this.parts;
    if (!walk.resumed) return false;
    if (hasBehind !== undefined) return hasBehind();
    const page = this.behind === undefined ? new PageTaker(rowBehind(this.parts)).peek() : null;
    return page === null ? null : page.rows.length > 0;
  }

  private readBehind(): Promise<boolean> {
    this.behind ??= takePage(rowBehind(this.parts)).then(({ rows }) => rows.length > 0);
    return this.behind;
  }
}

/** One row on the other side of the cursor at which the page began. */
const rowBehind = <T extends Key, N>({
  walk,
  found,
  matches,
}: ConnectionParts<T, N>): PageRequest<T> => ({
  direction: OTHER_WAY[walk.direction],
  sources: found.sources,
  state: { position: turningKey(walk.direction, walk.position), debts: [] },
  end: walk.first,
  limit: 1,
  matches,
  onCut: "owe",
});

/** An edge whose cursor is made when it is first read. */
class RowEdge<N, Place> implements Edge<N> {
  private made: string | null = null;

  constructor(
    readonly node: N,
    readonly late: boolean,
    private readonly place: Place,
    private readonly cursorAt: (place: Place) => string,
  ) {}

  get cursor(): string {
    return (this.made ??= this.cursorAt(this.place));
  }
}

/** The edges of a page, in list order. */
function edgesOf<T extends Key, N>(parts: ConnectionParts<T, N>): Edge<N>[] {
  const { walk, page, nodeOf } = parts;
  const owes = walk.owed.length + page.failures.length + page.stales.length > 0;
  const stateAfter = (index: number): string => cursorOf(parts, page.stateAfter(index));
  const edges = owes
    ? page.rows.map(({ row, late }, index) => new RowEdge(nodeOf(row), late, index, stateAfter))
    : edgesOfRows(parts, page);
  return walk.backwards ? edges.reverse() : edges;
}

/** Edges whose cursors owe nothing. They may be kept with their page, so they do not refer to its sources. */
function edgesOfRows<T extends Key, N>(
  { walk, cursors, nodeOf }: ConnectionParts<T, N>,
  { rows }: Page<T>,
): Edge<N>[] {
  const parts = { walk, cursors, found: NO_SOURCES };
  const after = (row: T): string =>
    cursorOf(parts, { position: closingKey(walk.direction, row), debts: [] });
  return rows.map(({ row }) => new RowEdge(nodeOf(row), false, row, after));
}

/** What a cursor is made from. */
interface CursorParts {
  readonly walk: Walk;
  readonly found: WalkSources<Key>;
  readonly cursors: Cursors;
}

/**
 * The cursor of a walk in a state.
 * @throws {ClientError} UPSTREAM_FAILED if so many sources failed that no cursor can name them all.
 */
function cursorOf({ walk, found, cursors }: CursorParts, state: WalkState, cuts = 0): string {
  const { fingerprint, direction, walkStart } = walk;
  const cursor = cursors.encode({ fingerprint, direction, walkStart, state, cuts }, found);
  if (cursor === null) throw tooManyFailed(state);
  return cursor;
}

/** Names the provider with the most failed sources, because a list without it fits into a cursor. */
function tooManyFailed({ debts }: WalkState): ClientError {
  const failed = new Map<string, number>();
  for (const { source } of debts) {
    const [provider, ...rest] = source.split("|");
    if (provider !== undefined && rest.length > 0)
      failed.set(provider, (failed.get(provider) ?? 0) + 1);
  }
  const [[provider, count] = ["", debts.length]] = [...failed].sort(([, a], [, b]) => b - a);
  const message =
    `${count} lists of ${provider} could not be read, which is more than a cursor can name. ` +
    `Leave out ${provider} with the filter, or try again later.`;
  return new ClientError("UPSTREAM_FAILED", message, { provider });
}
