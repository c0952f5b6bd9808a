import type { Connection, SourceIssue } from "../domain/connection.js";
import type { Fact, Instance } from "../domain/instance.js";
import type { Key } from "../domain/id.js";
import { getOrMake } from "../domain/maps.js";
import { SourceError } from "../errors.js";
import type { Dated } from "../index/readThrough.js";
import { checkPageArgs, fingerprintOf } from "../paging/cursor.js";
import type { Direction } from "../paging/direction.js";
import { PageTaker, type Page, type PageRequest } from "../paging/page.js";
import {
  fixedSource,
  wholeSlice,
  type MergeSource,
  type Reading,
  type Slice,
} from "../paging/slice.js";
import type { InstanceList } from "../providers/instanceList.js";
import { PageConnection } from "./connection.js";
import { instanceBinding, instanceMatcher, type InstanceListQuery } from "./filters.js";
import { type CountedLists, failOn, grouped, issuesOf, withProgress } from "./issues.js";
import {
  eachPlace,
  peekInstanceList,
  peekPlaces,
  placeName,
  placeOf,
  readInstanceList,
  recentList,
  type Place,
} from "./places.js";
import type { ReadContext } from "./readContext.js";
import { selectorOf, type Selected, type Selector } from "./selection.js";
import { countRows } from "./fold.js";
import { begun, stateOf, walkOf, type Walk, type WalkSources } from "./walk.js";

/** An instance with its key: by provider key, region and native id. */
export interface InstanceRow extends Key {
  readonly instance: Instance;
}

export const rowOf = (instance: Instance): InstanceRow => ({
  startedAt: 0,
  // The last separator ends the id: the key directly after `a` must come before `ab`.
  id: [instance.provider, instance.region, instance.nativeId, ""].join("\0"),
  instance,
});

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
  const { cursors, limits } = parts;
  const walk = walkOf(checkPageArgs(query.page, limits), {
    ...INSTANCE_ORDER,
    cursors,
    fingerprint: fingerprintOf(instanceBinding(query)),
    now: startedAt,
  });
  const matchesFilter = instanceMatcher(query.filter);
  const matches = ({ instance }: InstanceRow): boolean => matchesFilter(instance);

  const { scope } = query;
  const places =
    peekPlaces(context, scope) ??
    (await eachPlace(context, scope, walk.walkStart, (place) => place));
  const selecting = new SelectedLists(selectorOf(context, scope));
  const found = instanceSources(context, places, { walkStart: walk.walkStart, selecting });
  const request = { ...pageRequest(walk, matches, found), scanLimit: limits.scanRows };
  const taker = new PageTaker(request);
  const page = taker.peek() ?? (await readPage());
  const shown = await factsShown(context, page, query.facts ?? []);
  const own = withProgress([...issuesOf(page), ...selecting.issues], () =>
    places.map((place) => countedList(context, place, walk.walkStart)),
  );
  const issues = grouped([...own, ...shown]);
  const count = async (): Promise<number | null> => {
    if (walk.owed.length > 0) return null;
    const counted = await countRows(found.sources, matches, INSTANCE_ORDER.range);
    return selecting.issues.length > 0 ? null : counted;
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

  async function readPage() {
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
  found: WalkSources<InstanceRow>,
): PageRequest<InstanceRow> => ({
  direction: walk.direction,
  sources: found.sources,
  state: stateOf(walk, found),
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

/** How the instances of a walk are read. */
interface InstanceQuestion {
  readonly walkStart: number;
  readonly selecting: SelectedLists;
}

/** The instances of lists that belong to a walk, and the issues of those that cannot be decided. */
class SelectedLists {
  private readonly slices = new Map<Dated<InstanceList>, Slice<InstanceRow>>();
  readonly issues: SourceIssue[] = [];

  constructor(private readonly selector: Selector | null) {}

  /** The list as a slice if no call is needed to select its instances, else null. */
  peek(list: Dated<InstanceList>): Slice<InstanceRow> | null {
    if (this.selector === null) return sliceOf(list);
    const made = this.slices.get(list);
    if (made !== undefined) return made;
    const selected = this.selector.peek(list.value.instances);
    return selected === null ? null : this.keep(list, selected);
  }

  async read(list: Dated<InstanceList>): Promise<Slice<InstanceRow>> {
    const { selector } = this;
    const known = this.peek(list);
    if (known !== null || selector === null) return known ?? sliceOf(list);
    return this.keep(list, await selector.read(list.value.instances));
  }

  private keep(list: Dated<InstanceList>, selected: Selected): Slice<InstanceRow> {
    const chosen = new Set(selected.instances);
    const whole = sliceOf(list);
    const rows = whole.rows.filter(({ instance }) => chosen.has(instance));
    const slice = { ...whole, rows };
    this.slices.set(list, slice);
    this.issues.push(...selected.undecided.values(), ...selected.stale);
    return slice;
  }
}

function instanceSources(
  context: ReadContext,
  places: readonly Place[],
  reading: InstanceQuestion,
): WalkSources<InstanceRow> {
  const aliases = new Map<string, string[]>();
  for (const { runtime, region } of places) {
    const members = getOrMake(aliases, placeName(runtime, null), (): string[] => []);
    if (region !== null) members.push(placeName(runtime, region));
  }
  return {
    sources: places.map((place) => instanceSource(context, place, reading)),
    debtors: [],
    aliases,
    unsure: places.some(({ region }) => region === null),
  };
}

/** The instances of a place, as one slice. */
function instanceSource(
  context: ReadContext,
  place: Place,
  { walkStart, selecting }: InstanceQuestion,
): MergeSource<InstanceRow> {
  const bounds = boundsOf(place);
  if (place.region === null) return fixedSource(bounds, place.error);
  let failed: SourceError | null = null;
  return {
    ...bounds,
    peek: () => {
      const list = peekInstanceList(context, place, walkStart);
      // A list that failed is not requested again for the same page.
      if (list === null) return failed;
      const slice = selecting.peek(list);
      if (slice !== null) place.runtime.countKeptInstances(context.operation.calls);
      return slice;
    },
    read: async (_instant, _direction, share) => {
      const list = await readInstanceList(context, place, walkStart, share);
      if (!(list instanceof SourceError)) return selecting.read(list);
      if (list.kind !== "CUT") failed = list;
      return list;
    },
  };
}

/** Sorts after every native id, in whatever script it is written. */
const AFTER_TEXTS = "\uffff";

function boundsOf({ runtime, region }: Place) {
  const prefix = [runtime.key, ...(region === null ? [] : [region.id]), ""].join("\0");
  return {
    name: placeName(runtime, region),
    place: placeOf(runtime, region),
    low: { startedAt: 0, id: prefix },
    high: { startedAt: 0, id: prefix + AFTER_TEXTS },
    freshMs: runtime.ttlMs,
  };
}

const slices = new WeakMap<Dated<InstanceList>, Slice<InstanceRow>>();

/** An instance list as one slice, made once for each list. */
const sliceOf = (list: Dated<InstanceList>): Slice<InstanceRow> =>
  getOrMake(slices, list, () => {
    const { value, asOf, stale } = list;
    const rows = value.instances.map(rowOf).reverse();
    return wholeSlice(rows, { asOf, notices: value.notices, stale });
  });

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
    return { ...boundsOf(place), peek, read: async () => UNREAD };
  });
  const state = { position, debts: [] };
  const page = new PageTaker({ ...request, sources, state, lookAhead: false }).peek();
  return page?.rows.map(({ row }) => row.instance) ?? [];
}

const UNREADABLE = new SourceError("UNAVAILABLE", "The list cannot be read.");
const UNREAD = new SourceError("CUT", "The list was not read lately.");
