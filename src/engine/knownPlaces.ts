import { LRUCache } from "lru-cache";
import type { KnownPlace } from "../domain/provider.js";
import type { ProviderRuntime } from "../providers/provider.js";

/** How long gathered places are returned again. Units: milliseconds. */
const KEPT_MS = 1_000;
/** Selections of providers whose places are kept. */
const SELECTIONS = 1_000;

const EVER = { notBefore: Number.NEGATIVE_INFINITY };

/**
 * Makes a function that returns the known places of some providers, from which the cost of an operation
 * is estimated. It gathers them at most once a second and returns the same array in between.
 */
export function makeKnownPlaces(
  now: () => number,
): (providers: ReadonlyMap<string, ProviderRuntime>) => readonly KnownPlace[] {
  const gathered = new LRUCache<string, { at: number; places: readonly KnownPlace[] }>({
    max: SELECTIONS,
  });
  return (providers) => {
    const name = [...providers.keys()].join("\0");
    const known = gathered.get(name);
    if (known !== undefined && Math.abs(now() - known.at) < KEPT_MS) return known.places;
    const places = [...providers.values()].flatMap(placesOf);
    gathered.set(name, { at: now(), places });
    return places;
  };
}

function placesOf(runtime: ProviderRuntime): readonly KnownPlace[] {
  const { key, provider, account, listedRegions, lists, wide } = runtime;
  const listed = listedRegions?.map(({ id }) => id);
  const regions: readonly (string | null)[] = account.regions ?? listed ?? [null];
  return regions.map((region) => ({
    provider: key,
    vendor: provider.vendor,
    region,
    instances: lists.get(region ?? "")?.peek(EVER)?.value.instances.length ?? null,
    wide: wide.allows(region ?? ""),
  }));
}
