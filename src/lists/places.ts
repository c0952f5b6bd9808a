import { instanceId, type Key } from "../domain/id.js";
import { type Instance, type InstanceRef, NO_FACTS, UNKNOWN_INSTANCE } from "../domain/instance.js";
import type { SourcePlace } from "../domain/connection.js";
import type { NextLists } from "../domain/reads.js";
import { SourceError } from "../errors.js";
import type { Dated } from "../index/readThrough.js";
import type { Region } from "../listing/declaration.js";
import type { InstanceList } from "../providers/instanceList.js";
import type { ProviderRuntime } from "../providers/provider.js";
import { sourceName, type ListedPlace } from "../sources/source.js";
import type { Scope } from "./filters.js";
import type { Share, Slice } from "../paging/slice.js";
import type { ReadContext } from "./readContext.js";

/** A region that a list covers, or a provider whose regions could not be read. */
export type Place =
  | ListedPlace
  | { readonly runtime: ProviderRuntime; readonly region: null; readonly error: SourceError };

/** The providers that a list covers, in the order of their keys. */
export function runtimesIn(
  { providers }: Pick<ReadContext, "providers">,
  scope: Scope,
): ProviderRuntime[] {
  const { vendors, providers: keys, instances } = scope;
  // An answer has as many lists of one instance as it shows instances.
  const [one, ...others] = instances ?? [];
  const single = others.length === 0 && one !== undefined ? providers.get(one.provider) : undefined;
  return [...(single === undefined ? providers.values() : [single])].filter(
    ({ key, provider }) =>
      (vendors?.includes(provider.vendor) ?? true) &&
      (keys?.includes(key) ?? true) &&
      (instances?.some((instance) => instance.provider === key) ?? true),
  );
}

/** The regions that a list covers; null if a vendor must be asked for its regions first. */
export function peekPlaces(context: ReadContext, scope: Scope): Place[] | null {
  const places: Place[] = [];
  for (const runtime of runtimesIn(context, scope)) {
    const regions = runtime.peekRegions();
    if (regions === null) return null;
    places.push(...inScope(runtime, regions, scope));
  }
  return places;
}

/**
 * What `read` returns for each place, in their order, after asking the vendors for their regions, for a walk
 * to which data is fresh as of `freshFor` (epoch milliseconds). Lists that failed last use `retryShare`. The
 * places of a provider are read as soon as its regions are known, so that a provider which hangs takes no time
 * from the others.
 */
export async function eachPlace<T>(
  context: ReadContext,
  scope: Scope,
  { freshFor, retryShare = "whole" }: { readonly freshFor: number; readonly retryShare?: Share },
  read: (place: Place) => T | Promise<T>,
): Promise<T[]> {
  const { failedSince } = context.freshnessFor(freshFor);
  const all = runtimesIn(context, scope).map(async (runtime) => {
    const { operation } = context;
    const regions =
      runtime.peekRegions() ??
      (await runtime.regions(operation, failedSince, context.operationFor(retryShare)));
    const places: readonly Place[] =
      regions instanceof SourceError
        ? [{ runtime, region: null, error: regions }]
        : inScope(runtime, regions, scope);
    return Promise.all(places.map(read));
  });
  return (await Promise.all(all)).flat();
}

const inScope = (
  runtime: ProviderRuntime,
  regions: readonly Region[],
  { regions: wanted, instances }: Scope,
): ListedPlace[] =>
  regions
    .filter(
      ({ id }) =>
        (wanted?.includes(id) ?? true) &&
        (instances?.some((one) => one.provider === runtime.key && one.region === id) ?? true),
    )
    .map((region) => ({ runtime, region }));

/** A provider's region; null if there is none, or if the caller may not see it. */
export async function placeAt(
  { providers, operation }: ReadContext,
  { provider, region: id }: { readonly provider: string; readonly region: string },
): Promise<ListedPlace | SourceError | null> {
  const runtime = providers.get(provider);
  if (runtime === undefined) return null;
  const regions = runtime.peekRegions() ?? (await runtime.regions(operation));
  if (regions instanceof SourceError) return regions;
  const region = regions.find((one) => one.id === id);
  return region === undefined ? null : { runtime, region };
}

/** The instances of a region if no call is needed for them, else null. */
export const peekInstanceList = (
  context: ReadContext,
  { runtime, region }: ListedPlace,
  freshFor: number,
): Dated<InstanceList> | null =>
  runtime.instanceList(region).peek(context.freshnessFor(freshFor, runtime.ttlMs));

/** The instances of a region. */
export const readInstanceList = (
  context: ReadContext,
  { runtime, region }: ListedPlace,
  freshFor: number,
  share: Share = "whole",
): Promise<Dated<InstanceList> | SourceError> =>
  runtime
    .instanceList(region)
    .read(context.freshnessFor(freshFor, runtime.ttlMs), context.operationFor(share));

/** A region's instances as they were listed lately; null if they were not, or if reading them failed last. */
export function recentList(
  { startedAt }: ReadContext,
  { runtime, region }: ListedPlace,
): Dated<InstanceList> | null {
  const list = runtime.instanceList(region);
  return list.failedAt !== null ? null : list.peek({ notBefore: startedAt - RECENT_MS });
}

/** An instance that was listed within this time probably still exists. Units: milliseconds. */
const RECENT_MS = 3_600_000;

/** The instances of a region, from the cache if they are fresh. */
export async function instancesAt(
  context: ReadContext,
  place: ListedPlace,
  freshFor: number,
): Promise<Dated<InstanceList> | SourceError> {
  const { runtime } = place;
  const cached = peekInstanceList(context, place, freshFor);
  if (cached === null) return readInstanceList(context, place, freshFor);
  runtime.countKeptInstances(context.operation.calls);
  return cached;
}

/**
 * The instances of a region whose backups belong to a list, each once.
 *
 * Cost: none that grows with the region if the scope names its instances.
 */
export function chosenInstances(
  place: ListedPlace,
  list: InstanceList,
  { instances }: Scope,
): readonly Instance[] {
  const { runtime, region } = place;
  if (instances === null) {
    const departed = runtime.product.wide === null ? [] : runtime.seen.departedOf(region.id, list);
    return [...list.instances, ...departed];
  }
  const chosen = new Map<string, Instance>();
  for (const { provider, region: of, nativeId } of instances) {
    if (provider !== runtime.key || of !== region.id) continue;
    const instance = list.byNativeId.get(nativeId) ?? unlisted(place, nativeId, list);
    if (instance !== null) chosen.set(nativeId, instance);
  }
  return [...chosen.values()];
}

/** An instance that is no longer listed; only a region's wide list can show its backups. */
function unlisted(
  { runtime, region }: ListedPlace,
  nativeId: string,
  list: InstanceList,
): Instance | null {
  const { wide } = runtime.product;
  if (wide === null) return null;
  const departed = runtime.seen.departedOne(region.id, nativeId, list);
  if (departed !== null || !runtime.wide.allows(region.id)) return departed;
  return unlistedInstance({ provider: runtime.key, region: region.id, nativeId }, wide.name);
}

/** An instance whose address alone is known. */
export const unlistedInstance = (ref: InstanceRef, listing: string): Instance => ({
  ...ref,
  id: instanceId(ref.provider, ref.region, ref.nativeId),
  ...UNKNOWN_INSTANCE,
  ...NO_FACTS,
  listing,
});

/**
 * The instance at an address; null if its vendor does not list it. `next` returns the lists of backups
 * that the answer shows of it.
 *
 * Errors: `SourceError`, also of an instance that a list lacks in which something is missing.
 */
export async function findInstance(
  context: ReadContext,
  ref: InstanceRef,
  next?: NextLists,
): Promise<Instance | SourceError | null> {
  const { startedAt } = context;
  const place = await placeAt(context, ref);
  if (place === null || place instanceof SourceError) return place;
  const isCached = peekInstanceList(context, place, startedAt) !== null;
  const reading = instancesAt(context, place, startedAt);
  if (!isCached && next !== undefined) context.prefetch.instances(() => [ref], next());
  const list = await reading;
  if (list instanceof SourceError) return list;
  const { value, stale } = list;
  return value.byNativeId.get(ref.nativeId) ?? missingFrom({ notices: value.notices, stale });
}

/** Why something that a list lacks may exist all the same; null if nothing is missing from the list. */
export function missingFrom({
  notices,
  stale,
}: Pick<Slice<Key>, "notices" | "stale">): SourceError | null {
  const [notice] = notices;
  if (stale !== null)
    return new SourceError(
      "STALE",
      `An earlier reading lacks it, and reading the list again failed: ${stale.message}`,
      { retryable: true },
    );
  if (notice === undefined) return null;
  return new SourceError(notice.code, `The list lacks it, and is incomplete: ${notice.message}`);
}

/** The instance list of a region, or those of a whole provider. */
export const placeOf = (runtime: ProviderRuntime, region: Region | null): SourcePlace => ({
  provider: runtime.key,
  region: region?.id ?? null,
  instanceNativeId: null,
  list: "instances",
});

/** The name under which the sources of a place are owed together. */
export const placeName = (runtime: ProviderRuntime, region: Region | null): string =>
  sourceName(runtime.key, region?.id ?? null, null);
