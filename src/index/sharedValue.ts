import type { Instance } from "../domain/instance.js";
import { isRow } from "../domain/row.js";
import type { Region } from "../listing/declaration.js";
import type { InstanceList, ListedInstances } from "../providers/instanceList.js";
import type { ProviderRuntime } from "../providers/provider.js";
import type { SharedCache, SharedEntry } from "./replicas.js";
import { parsed } from "../sources/sharedSlices.js";

/** How something that is read whole is written for other replicas. */
export interface Codec<T> {
  /** Gives JSON. */
  encode(value: T): unknown;
  /** Null for what `encode` did not give. */
  decode(value: unknown): T | null;
}

/** A list that replicas share, and where. */
export interface SharedList<T> extends Codec<T> {
  readonly cache: SharedCache;
  /** Unique within the account. */
  readonly name: string;
  /** How long it is shared. Units: milliseconds. */
  readonly keptMs: number;
}

/** A list of an account, as its provider shares it; null where nothing is shared. */
export function listShared<T>(
  { shared: cache, ports }: Pick<ProviderRuntime, "shared" | "ports">,
  name: string,
  codec: Codec<T>,
): SharedList<T> | null {
  const { ttlMs, staleIfErrorMs } = ports.settings;
  return cache === null ? null : { ...codec, cache, name, keptMs: ttlMs + staleIfErrorMs };
}

/** A value with the instant at which it was read, in epoch milliseconds. */
interface Read<T> {
  readonly value: T;
  readonly asOf: number;
}

/** What answers for a list that may have been read at `notBefore` or later. */
export const sharedList = <T>(
  list: SharedList<T>,
  notBefore: number,
  now: () => number,
): SharedEntry<Read<T>> => ({
  name: list.name,
  async find(cache) {
    const held = parsed(await cache.get(list.name));
    const asOf = isRow(held) ? held["asOf"] : null;
    if (!isRow(held) || typeof asOf !== "number" || asOf < notBefore) return null;
    const value = list.decode(held["value"]);
    // Another replica's clock may be ahead of ours: it was read before now all the same.
    return value === null ? null : { value, asOf: Math.min(asOf, now()) };
  },
  put: (cache, { value, asOf }) =>
    cache.set(list.name, JSON.stringify({ asOf, value: list.encode(value) }), list.keptMs),
});

/** Writes regions. */
export const REGION_CODEC: Codec<readonly Region[]> = {
  encode: (regions) => regions,
  decode: (value) => (Array.isArray(value) && value.every(isRegion) ? value : null),
};

/** Writes a region's instances; `note` takes them when they are read again. */
export const instanceCodec = (
  note: (listed: ListedInstances) => InstanceList,
): Codec<InstanceList> => ({
  encode: ({ instances, faults }) => ({ instances, faults }),
  decode(value) {
    if (!isRow(value)) return null;
    const { instances, faults } = value;
    const isList = Array.isArray(instances) && instances.every(isInstance);
    return isList && Array.isArray(faults) ? note({ instances, faults: faults as string[] }) : null;
  },
});

const isRegion = (value: unknown): value is Region =>
  isRow(value) && typeof value["id"] === "string";

const isInstance = (value: unknown): value is Instance =>
  isRow(value) && typeof value["id"] === "string" && typeof value["nativeId"] === "string";
