import type { InstanceFilter, OnSourceError } from "../../domain/filter.js";
import type { Instance } from "../../domain/instance.js";
import type { Key } from "../../domain/key.js";
import { SourceError } from "../../errors.js";
import type { Connection, PageArgs } from "../../paging/connection.js";
import { fingerprintOf } from "../../paging/cursor.js";
import { AFTER_IDS } from "../../paging/direction.js";
import type { MergeSource } from "../../paging/mergeSource.js";
import { takePage } from "../../paging/page.js";
import { checkPageArgs } from "../../paging/pageArgs.js";
import type { Slice } from "../../paging/slice.js";
import type { Dated } from "../cached.js";
import type { InstanceList } from "../instanceList.js";
import { instanceBinding, instanceMatcher } from "./instanceFilter.js";
import { connectionOf } from "./connection.js";
import { stateOf, walkOf } from "./walk.js";
import { distinct, failOn, issuesOf, type Whereabouts } from "./issues.js";
import { freshnessFor, type Reader } from "./reader.js";
import { caught, placeName, placeOf, placesIn, type Place, type Scope } from "./targets.js";

/** An instance in the order of its list: by provider key, region and native id. */
export interface InstanceRow extends Key {
  readonly instance: Instance;
}

/** One list of instances, as a field asks for it. */
export interface InstanceListQuery {
  /** What cursors are bound to besides the filter: the parent object. */
  readonly parent: readonly string[];
  readonly scope: Scope;
  readonly page: PageArgs;
  readonly filter: InstanceFilter | null;
  readonly onSourceError: OnSourceError;
}

/**
 * One page of the merged list of instances.
 *
 * Order:  by provider key, region and native id; instances of a region that was owed come first.
 * Cost:   the instance lists of the regions that the page reaches, where they are not at hand.
 * Errors: as `listBackups`.
 */
export async function listInstances(
  reader: Reader,
  query: InstanceListQuery,
): Promise<Connection<Instance>> {
  const { sealer, startedAt, limits } = reader;
  const walk = walkOf(checkPageArgs(query.page, limits), {
    sealer,
    order: "oldestFirst",
    fingerprint: fingerprintOf(instanceBinding(query)),
    range: { low: null, high: null },
    now: startedAt,
  });
  const found = await findSources(reader, query.scope, walk.walkStart);
  const matches = instanceMatcher(query.filter);
  const page = await takePage<InstanceRow>({
    direction: walk.direction,
    sources: found.sources,
    state: stateOf(walk, found),
    end: walk.end,
    limit: walk.size,
    matches,
    lookAhead: true,
    scanLimit: limits.scanRows,
    policy: "each",
  });
  const whereabouts = (name: string) => found.where.get(name) as Whereabouts;
  const issues = distinct(issuesOf(page, whereabouts));
  if (query.onSourceError === "FAIL") failOn(issues);
  const count = async () => (walk.owed.length > 0 ? null : countRows(found.sources, matches));
  const nodeOf = ({ instance }: InstanceRow) => instance;
  return connectionOf({ walk, found, page, issues, sealer, matches, nodeOf, count });
}

interface InstanceSources {
  readonly sources: MergeSource<InstanceRow>[];
  readonly debtors: readonly MergeSource<InstanceRow>[];
  readonly groups: Map<string, string[]>;
  readonly where: Map<string, Whereabouts>;
  readonly unsure: boolean;
}

async function findSources(
  reader: Reader,
  scope: Scope,
  walkStart: number,
): Promise<InstanceSources> {
  const places = await placesIn(reader, scope);
  const unsure = places.some(({ region }) => region === null);
  const found: InstanceSources = {
    sources: [],
    debtors: [],
    groups: new Map(),
    where: new Map(),
    unsure,
  };
  for (const place of places) {
    const { runtime, region } = place;
    const name = placeName(runtime, region);
    found.sources.push(sourceOf(reader, place, walkStart));
    found.where.set(name, placeOf(runtime, region));
    const whole = placeName(runtime, null);
    if (name === whole) continue;
    found.groups.set(whole, [...(found.groups.get(whole) ?? []), name]);
  }
  return found;
}

function sourceOf(reader: Reader, place: Place, walkStart: number): MergeSource<InstanceRow> {
  const { runtime, region } = place;
  const prefix = [runtime.key, ...(region === null ? [] : [region.id]), ""].join("\0");
  const freshness = freshnessFor(reader, walkStart);
  return {
    name: placeName(runtime, region),
    low: { startedAt: 0, id: prefix },
    high: { startedAt: 0, id: prefix + AFTER_IDS },
    read: () => {
      if (place.region === null) throw place.error;
      const list = runtime.instanceList(place.region);
      const held = list.peek(freshness);
      if (held === null) return list.get(reader.operation, freshness).then(sliceOf);
      const { action } = runtime.product.instances;
      reader.operation.calls.add(runtime.account.vendor, action, { cached: 1 });
      return sliceOf(held);
    },
  };
}

const slices = new WeakMap<Dated<InstanceList>, Slice<InstanceRow>>();

/** An instance list as one slice; made once a list. */
function sliceOf(list: Dated<InstanceList>): Slice<InstanceRow> {
  const made = slices.get(list);
  if (made !== undefined) return made;
  const { value, asOf, stale } = list;
  const slice: Slice<InstanceRow> = {
    since: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
    rows: value.instances.map(rowOf).reverse(),
    asOf,
    notices: value.faults.map((fault) => ({
      code: "BAD_RESPONSE",
      message: `An instance was left out. ${fault}`,
    })),
    stale: stale === null ? null : { code: stale.kind, message: stale.message },
  };
  slices.set(list, slice);
  return slice;
}

/** An instance with its place in the order. */
export const rowOf = (instance: Instance): InstanceRow => ({
  startedAt: 0,
  id: [instance.provider, instance.region, instance.nativeId].join("\0"),
  instance,
});

async function countRows(
  sources: readonly MergeSource<InstanceRow>[],
  matches: (row: InstanceRow) => boolean,
): Promise<number | null> {
  const counts = await Promise.all(
    sources.map(async (source) => {
      const slice = await caught(Promise.resolve().then(() => source.read(0, "oldestFirst")));
      if (slice instanceof SourceError || slice.stale !== null || slice.notices.length > 0)
        return null;
      return slice.rows.filter(matches).length;
    }),
  );
  return counts.reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}
