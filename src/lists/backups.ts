import type { Backup } from "../domain/backup.js";
import type { Connection } from "../domain/connection.js";
import type { BackupFilter } from "../domain/filter.js";
import type { BackupRange } from "../domain/reads.js";
import { fingerprintOf } from "../paging/cursor.js";
import { firstInstant } from "../paging/direction.js";
import { PageTaker, type Page } from "../paging/page.js";
import { SourceResolver, type BackupSources } from "./backupSources.js";
import { PageConnection } from "./connection.js";
import {
  backupBinding,
  backupMatcher,
  rangeOf,
  type BackupListQuery,
  type PageOfList,
} from "./filters.js";
import type { Source } from "../sources/source.js";
import {
  type CountedLists,
  failOn,
  grouped,
  issuesOf,
  scanIssues,
  withProgress,
} from "./issues.js";
import { runtimesIn } from "./places.js";
import type { NamedRegion } from "./fast/plain.js";
import { WalkSource, type ReadContext } from "./readContext.js";
import { countRows } from "./fold.js";
import { begun, stateOf, walkOf, type Walk } from "./walk.js";

/**
 * One page of the merged list of backups.
 *
 * Order:  `(startedAt, id)`, strict; rows that were owed come first, marked late.
 * Cost:   for each source that could matter, the slices that the page needs and nothing more.
 * Errors: `ClientError`; of sources only with `onSourceError` FAIL, else they are in `issues`.
 */
export async function listBackups(
  context: ReadContext,
  query: BackupListQuery,
): Promise<Connection<Backup>> {
  const { scope, filter, lookAhead = true, onSourceError } = query;
  const walk = backupWalk(context, query, fingerprintOf(backupBinding(query)));
  const { scanRows, merged, cursors } = context.parts;
  const matches = backupMatcher(filter);
  const list: PageOfList = { scope, walk, matches, lookAhead, scanRows };

  const count = (found: BackupSources | null) =>
    context.during(countOf(context, list, filter, found));
  const kept = merged.find(list, context, () => count(null));
  if (kept !== null) return kept;

  const resolver = resolverOf(context, list);
  const found = resolver.peek() ?? (await resolver.read());
  const taker = new PageTaker({
    direction: walk.direction,
    sources: found.sources,
    debtors: found.debtors,
    state: stateOf(walk, found),
    end: walk.end,
    limit: walk.size,
    matches,
    lookAhead,
    scanLimit: scanRows,
    // Without a cache, a page that ended at its first unread source would never get further.
    onCut: context.ttlMs === 0 ? "owe" : "cut",
  });
  const taken = taker.peek() ?? (await taker.read());
  const page = found.isCut ? { ...taken, isLimited: true } : taken;
  const issues = issuesIn(context, list, found, page);
  if (onSourceError === "FAIL") failOn(issues);
  if (issues.length === 0 && !found.unsure) merged.keep(list, context, found);
  return new PageConnection({
    walk: begun(walk, page, {
      freshUntil: Math.min(page.freshUntil, found.freshUntil),
      latest: context.startedAt + context.ttlMs,
    }),
    found,
    page,
    issues,
    cursors,
    matches,
    nodeOf: (row: Backup) => row,
    count: () => count(found),
  });
}

/** The number of rows of a list, from the sources of its page if they serve; null if it is not known. */
async function countOf(
  context: ReadContext,
  list: PageOfList,
  filter: BackupFilter,
  found: BackupSources | null,
): Promise<number | null> {
  const { walk, matches } = list;
  // A walk towards newer rows also uses slices that are not fresh, in which rows may have disappeared.
  const isFresh = Number.isFinite(walk.freshFor);
  const counted = isFresh ? list : { ...list, walk: { ...walk, ...context.now } };
  const resolver = resolverOf(context, counted);
  const { sources, issues } =
    (isFresh ? found : null) ?? resolver.peek() ?? (await resolver.read());
  if (walk.owed.length > 0 || issues.length > 0) return null;
  return countRows(sources, matches, rangeOf(filter));
}

/** The fingerprint of a walk that no cursor belongs to. */
const NO_CURSOR = Buffer.alloc(0);

/**
 * The walk over a list of backups.
 * @throws {ClientError} CURSOR_INVALID, CURSOR_MISMATCH.
 */
export const backupWalk = (
  { parts: { cursors }, startedAt }: ReadContext,
  { page, filter, order }: BackupRange,
  fingerprint: Buffer = NO_CURSOR,
): Walk =>
  walkOf(page, {
    cursors,
    order: order === "STARTED_AT_DESC" ? "newestFirst" : "oldestFirst",
    fingerprint,
    range: rangeOf(filter),
    now: startedAt,
  });

/** What names the sources of a list. */
export function resolverOf(
  context: ReadContext,
  { scope, walk }: Pick<PageOfList, "scope" | "walk">,
): SourceResolver {
  const { direction, walkStart, freshFor, position, owed, size, retryShare } = walk;
  return new SourceResolver(context, {
    scope,
    direction,
    instant: firstInstant(direction, position),
    walkStart,
    freshFor,
    owed,
    readsAll: size > 0 && owed.length === 0,
    retryShare,
  });
}

/** Everything that a page, and the lists that name its sources, have to report. */
function issuesIn(
  context: ReadContext,
  { scope, scanRows, walk }: PageOfList,
  found: BackupSources,
  page: Page<Backup>,
) {
  const own = withProgress(issuesOf(page), () => countedLists(context, walk, found));
  if (found.issues.length + own.length === 0 && !page.scanned) return own;
  const providers = page.scanned ? runtimesIn(context, scope).map(({ key }) => key) : [];
  const scanned = scanIssues(providers, scanRows);
  return grouped([...found.issues, ...own, ...scanned]);
}

/** How many of the lists that a page needs first have been read. A list that names others counts until it is read. */
export function countedLists(
  context: ReadContext,
  { direction, position, walkStart, freshFor }: WalkPlace,
  { regions, unnamed }: CountedSources,
): readonly CountedLists[] {
  const instant = firstInstant(direction, position);
  const isRead = (source: Source): boolean => {
    const walkSource = new WalkSource(context, source, { walkStart, freshFor });
    return context.parts.planner.peek(walkSource.keyOf(instant, direction)) !== null;
  };
  return [
    ...regions.map(({ runtime, sources }) => ({
      runtime,
      lists: sources.length,
      read: sources.filter(isRead).length,
    })),
    ...unnamed.map((runtime) => ({ runtime, lists: 1, read: 0 })),
  ];
}

interface CountedSources extends Pick<BackupSources, "unnamed"> {
  readonly regions: readonly Pick<NamedRegion, "runtime" | "sources">[];
}

/** Where a walk over backups stands. */
type WalkPlace = Pick<Walk, "direction" | "position" | "walkStart" | "freshFor">;
