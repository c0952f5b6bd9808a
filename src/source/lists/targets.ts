import { instanceAddressOf, instanceId } from "../../domain/id.js";
import type { SourceIssue } from "../../domain/issue.js";
import type { Instance, InstanceRef } from "../../domain/instance.js";
import { SourceError } from "../../errors.js";
import type { Region } from "../declaration.js";
import { sourceName } from "../engine.js";
import type { InstanceList } from "../instanceList.js";
import type { ProviderRuntime } from "../provider.js";
import type { Dated } from "../cached.js";
import { freshnessFor, type Reader } from "./reader.js";
import { noticeIssue, staleIssue, type Whereabouts } from "./issues.js";

/** Which providers, regions and instances a list is about; null is all. */
export interface Scope {
  readonly vendors: readonly string[] | null;
  readonly providers: readonly string[] | null;
  readonly regions: readonly string[] | null;
  /** Global ids. */
  readonly instanceIds: readonly string[] | null;
}

/** A region of a provider that a list is about, or the reason why its regions cannot be told. */
export type Place =
  | { readonly runtime: ProviderRuntime; readonly region: Region }
  | { readonly runtime: ProviderRuntime; readonly region: null; readonly error: SourceError };

/** The providers that a list is about, in the order of their keys. */
export function runtimesIn({ providers }: Reader, scope: Scope): ProviderRuntime[] {
  const addressed = addressesIn(scope);
  return [...providers.values()].filter(
    ({ key, provider }) =>
      (scope.vendors?.includes(provider.vendor) ?? true) &&
      (scope.providers?.includes(key) ?? true) &&
      (addressed?.some((address) => address.provider === key) ?? true),
  );
}

type Address = NonNullable<ReturnType<typeof instanceAddressOf>>;

const addresses = new WeakMap<readonly string[], readonly Address[]>();

/** The addresses that a scope's instance ids name; ids that name none are passed over. */
export function addressesIn({ instanceIds }: Scope): readonly Address[] | null {
  if (instanceIds === null) return null;
  let named = addresses.get(instanceIds);
  if (named === undefined) {
    named = instanceIds.flatMap((id) => instanceAddressOf(id) ?? []);
    addresses.set(instanceIds, named);
  }
  return named;
}

/** The regions that a list is about. A provider whose regions cannot be told is one place. */
export async function placesIn(reader: Reader, scope: Scope): Promise<Place[]> {
  const addressed = addressesIn(scope);
  const places = await Promise.all(
    runtimesIn(reader, scope).map(async (runtime): Promise<Place[]> => {
      const regions = await caught(runtime.regions(reader.operation));
      if (regions instanceof SourceError) return [{ runtime, region: null, error: regions }];
      return regions
        .filter(({ id }) => scope.regions?.includes(id) ?? true)
        .filter(
          ({ id }) =>
            addressed?.some(({ provider, region }) => provider === runtime.key && region === id) ??
            true,
        )
        .map((region) => ({ runtime, region }));
    }),
  );
  return places.flat();
}

/** The instances of a region for a walk, or why they cannot be told. */
export function readInstanceList(
  reader: Reader,
  { runtime, region }: { readonly runtime: ProviderRuntime; readonly region: Region },
  walkStart: number,
): Promise<Dated<InstanceList> | SourceError> {
  const list = runtime.instanceList(region);
  const freshness = freshnessFor(reader, walkStart);
  const { instances } = runtime.product;
  const at = list.peek(freshness);
  if (at !== null)
    reader.operation.calls.add(runtime.account.vendor, instances.action, { cached: 1 });
  return caught(list.get(reader.operation, freshness));
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

/** A `SourceError` as a value; anything else is a bug and goes on. */
export async function caught<T>(work: Promise<T>): Promise<T | SourceError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}
