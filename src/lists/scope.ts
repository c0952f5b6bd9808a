import { instanceId } from "../domain/id.js";
import type { SourceIssue } from "../domain/issue.js";
import type { Instance, InstanceRef } from "../domain/instance.js";
import { SourceError } from "../errors.js";
import type { Region } from "../listing/declaration.js";
import { sourceName } from "../sources/source.js";
import type { InstanceList } from "../providers/instanceList.js";
import type { ProviderRuntime } from "../providers/provider.js";
import type { Dated } from "../index/readThrough.js";
import { freshnessFor, type Reader } from "./readContext.js";
import { noticeIssue, staleIssue, type Whereabouts } from "./issues.js";

/** Which providers, regions and instances a list is about; null is all. */
export interface Scope {
  readonly vendors: readonly string[] | null;
  readonly providers: readonly string[] | null;
  readonly regions: readonly string[] | null;
  readonly instances: readonly InstanceRef[] | null;
}

/** A region of a provider that a list is about. */
export interface ListedPlace {
  readonly runtime: ProviderRuntime;
  readonly region: Region;
}

/** The same, or the reason why a provider's regions cannot be told. */
export type Place =
  | ListedPlace
  | { readonly runtime: ProviderRuntime; readonly region: null; readonly error: SourceError };

/** The providers that a list is about, in the order of their keys. */
export function runtimesIn({ providers }: Reader, scope: Scope): ProviderRuntime[] {
  return [...providers.values()].filter(
    ({ key, provider }) =>
      (scope.vendors?.includes(provider.vendor) ?? true) &&
      (scope.providers?.includes(key) ?? true) &&
      (scope.instances?.some((instance) => instance.provider === key) ?? true),
  );
}

/**
 * The regions that a list is about; a promise where some vendor must be asked for them. A provider whose
 * regions cannot be told is one place.
 */
export function placesIn(reader: Reader, scope: Scope): Place[] | Promise<Place[]> {
  const places = runtimesIn(reader, scope).map((runtime) => {
    const regions = runtime.peekRegions();
    return regions === null
      ? askPlaces(reader, runtime, scope)
      : inRegions(runtime, regions, scope);
  });
  return places.some((some) => some instanceof Promise)
    ? Promise.all(places).then((all) => all.flat())
    : (places as Place[][]).flat();
}

async function askPlaces(reader: Reader, runtime: ProviderRuntime, scope: Scope): Promise<Place[]> {
  const regions = await runtime.regions(reader.operation);
  return regions instanceof SourceError
    ? [{ runtime, region: null, error: regions }]
    : inRegions(runtime, regions, scope);
}

const inRegions = (
  runtime: ProviderRuntime,
  regions: readonly Region[],
  scope: Scope,
): ListedPlace[] =>
  regions.filter(({ id }) => isInScope(runtime, id, scope)).map((region) => ({ runtime, region }));

const isInScope = ({ key }: ProviderRuntime, region: string, scope: Scope): boolean =>
  (scope.regions?.includes(region) ?? true) &&
  (scope.instances?.some((one) => one.provider === key && one.region === region) ?? true);

/** The instances of a region for a walk, or why they cannot be told; a promise where they must be read. */
export function readInstanceList(
  reader: Reader,
  { runtime, region }: ListedPlace,
  walkStart: number,
): Dated<InstanceList> | SourceError | Promise<Dated<InstanceList> | SourceError> {
  const list = runtime.instanceList(region);
  const freshness = freshnessFor(reader, walkStart);
  const held = list.peek(freshness);
  if (held === null) return list.read(freshness, reader.operation);
  runtime.countKeptInstances(reader.operation.calls);
  return held;
}

/** What an instance list has to report although it was read. */
export function instanceListIssues(
  where: Whereabouts,
  { value, stale, asOf }: Dated<InstanceList>,
): SourceIssue[] {
  const faults = value.faults.map((fault) =>
    noticeIssue(where, { code: "BAD_RESPONSE", message: `An instance was left out. ${fault}` }),
  );
  return stale === null ? faults : [...faults, staleIssue(where, stale, asOf)];
}

/** The whereabouts of a region as a whole. */
export const placeOf = (runtime: ProviderRuntime, region: Region | null): Whereabouts => ({
  provider: runtime.key,
  region: region?.id ?? null,
  instanceNativeId: null,
});

/** The name under which a place owes as a whole. */
export const placeName = (runtime: ProviderRuntime, region: Region | null): string =>
  sourceName(runtime.key, region?.id ?? null, null);

/** The name of an instance's source. */
export const instanceSourceName = ({ provider, region, nativeId }: Instance): string =>
  sourceName(provider, region, nativeId);

/** An instance of which nothing is known but its address. */
export const unlistedInstance = (ref: InstanceRef, listing: string): Instance => ({
  ...ref,
  id: instanceId(ref.provider, ref.region, ref.nativeId),
  name: null,
  zone: null,
  status: "UNKNOWN",
  vendorStatus: null,
  engineVersion: null,
  memoryBytes: null,
  createdAt: null,
  shardCount: null,
  listing,
});
