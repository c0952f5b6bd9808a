import type { Connection, SourceIssue } from "../domain/connection.js";
import type { Fact, Instance } from "../domain/instance.js";
import { SourceError } from "../errors.js";
import { fingerprintOf } from "../paging/cursor.js";
import type { Direction } from "../paging/direction.js";
import { hasUnknown } from "../paging/owed.js";
import { PageTaker, type Page, type PageRequest } from "../paging/page.js";
import type { MergeSource, Reading } from "../paging/slice.js";
import { PageConnection } from "./connection.js";
import { instanceBinding, instanceMatcher, type InstanceListQuery } from "./filters.js";
import { countRows } from "./fold.js";
import { boundsOf, sliceOf, UNREAD, type InstanceRow } from "./instanceRows.js";
import { InstanceSources } from "./instanceSources.js";
import { type CountedLists, failOn, grouped, issuesOf, withProgress } from "./issues.js";
import { eachPlace, peekInstanceList, peekPlaces, recentList, type Place } from "./places.js";
import type { ReadContext } from "./readContext.js";
import { begun, walkOf, type Walk, type WalkSources } from "./walk.js";

/** The order of instances, for a walk. */
export const INSTANCE_ORDER = {
  order: "oldestFirst" as Direction,
  range: { low: null, high: null },
};

/**
 * One page of the merged list of instances.
 *
 * Order:  by provider key, region and native id; instances of a region that was owed come first.
 * Cost:   the instance lists of the regions that the page reaches, if they are not cached.
 * Errors: as `listBackups`.
 */
export async function listInstances(
  context: ReadContext,
  query: InstanceListQuery,
): Promise<Connection<Instance>> {
  const { parts, startedAt } = context;
  const { cursors, scanRows } = parts;
  const walk = walkOf(query.page, {
    cursors,
    fingerprint: fingerprintOf(instanceBinding(query)),
    now: startedAt,
    ...INSTANCE_ORDER,
  });
  const matchesFilter = instanceMatcher(query.filter);
  const matches = ({ instance }: InstanceRow): boolean => matchesFilter(instance);
  const { scope } = query;
  const reading = { freshFor: walk.walkStart, retryShare: walk.retryShare };
  const places =
    peekPlaces(context, scope) ?? (await eachPlace(context, scope, reading, (place) => place));
  const found = new InstanceSources(context, { scope, places, walk, matches: matchesFilter });
  if (hasUnknown(walk.owed, found)) await found.addParts();
  const page = await settledPage();
  const shown = await factsShown(context, page, query.facts ?? []);
  const missing = await found.missing(new Set(page.failures.map(({ source }) => source.name)));
  const own = withProgress([...missing, ...issuesOf(page), ...found.issues], () =>
    places.map((place) => countedList(context, place, walk.walkStart)),
  );
  const issues = grouped([...own, ...shown]);
  const count = async (): Promise<number | null> => {
    if (walk.owed.length > 0) return null;
    const counted = await countRows(found.sources, matches, INSTANCE_ORDER.range);
    return found.isDecided ? counted : null;
  };
  if (query.onSourceError === "FAIL") failOn(issues);
  return new PageConnection({
    walk: begun(walk, page, { freshUntil: page.freshUntil, latest: startedAt + context.ttlMs }),
    found,
    page,
    issues,
    cursors,
    matches,
    nodeOf: ({ instance }: InstanceRow) => instance,
    count: () => context.during(count()),
  });

  /** The page, taken again once instances turn out to be sources of their own. */
  async function settledPage(): Promise<Page<InstanceRow>> {
    for (;;) {
      const { version, isCut } = found;
      const request = { ...pageRequest(walk, matches, found), scanLimit: scanRows };
      const taker = new PageTaker(request);
      const page = taker.peek() ?? (await readPage(taker, request));
      if (found.version === version) return isCut ? { ...page, isLimited: true } : page;
    }
  }

  function readPage(taker: PageTaker<InstanceRow>, request: PageRequest<InstanceRow>) {
    const reading = taker.read();
    const expected = () => expectedInstances(context, places, request);
    // Tags may not have been read lately.
    if (scope.selection === null) context.prefetch.instances(expected, query.next?.() ?? []);
    return reading;
  }
}

/** A place as the one list of its instances. */
const countedList = (context: ReadContext, place: Place, freshFor: number): CountedLists => {
  const isRead = place.region !== null && peekInstanceList(context, place, freshFor) !== null;
  return { runtime: place.runtime, lists: 1, read: isRead ? 1 : 0 };
};

/** The page of a walk over instances. */
export const pageRequest = (
  walk: Walk,
  matches: (row: InstanceRow) => boolean,
  { sources, debtors, state }: WalkSources<InstanceRow> & Pick<PageRequest<InstanceRow>, "state">,
): PageRequest<InstanceRow> => ({
  direction: walk.direction,
  sources,
  debtors,
  state,
  end: walk.end,
  limit: walk.size,
  matches,
  lookAhead: true,
});

/** Reads the facts that the answer shows of a page's instances, and returns what is missing from them. */
async function factsShown(
  { facts }: ReadContext,
  { rows }: Page<InstanceRow>,
  wanted: readonly Fact[],
): Promise<readonly SourceIssue[]> {
  if (wanted.length === 0) return [];
  const known = await Promise.all(rows.map(({ row }) => facts.read(row.instance, wanted)));
  return known.flatMap(({ issues }) => issues);
}

/** The instances that a page will probably show, according to lists that were read lately. */
function expectedInstances(
  context: ReadContext,
  places: readonly Place[],
  request: PageRequest<InstanceRow>,
): readonly Instance[] {
  const { position, debts } = request.state;
  if (debts.length > 0) return [];
  const sources = places.map((place): MergeSource<InstanceRow> => {
    const peek = (): Reading<InstanceRow> | null => {
      const list = place.region === null ? null : recentList(context, place);
      if (list !== null) return sliceOf(list);
      const isHealthy =
        place.region !== null && place.runtime.instanceList(place.region).failedAt === null;
      return isHealthy ? UNREAD : UNREADABLE;
    };
    return { peek, read: async () => UNREAD, ...boundsOf(place) };
  });
  const state = { position, debts: [] };
  const page = new PageTaker({ ...request, sources, state, lookAhead: false }).peek();
  return page?.rows.map(({ row }) => row.instance) ?? [];
}

const UNREADABLE = new SourceError("UNAVAILABLE", "The list cannot be read.");
