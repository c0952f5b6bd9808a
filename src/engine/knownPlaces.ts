import { LRUCache } from "lru-cache";
import type { Vendor } from "../domain/words.js";
import type { ProviderRuntime } from "../providers/provider.js";

/** A region of a provider, as far as it is known without asking. */
export interface KnownPlace {
  /** Provider key. */
  readonly provider: string;
  readonly vendor: Vendor;
  /** Null while the provider's regions are not known: then this is all of it. */
  readonly region: string | null;
  /** Instances when their list was last read; null where it was not. */
  readonly instances: number | null;
  /** Whether one list shows the backups of all of them. */
  readonly wide: boolean;
}

/** How long what was gathered is shown again. */
const KEPT_MS = 1_000;
/** Selections of providers that are remembered. */
const SELECTIONS = 1_000;

const EVER = { notBefore: Number.NEGATIVE_INFINITY };

/**
 * Makes what tells the known places of some providers, from which it is told what an operation may cost.
 * It gathers them at most once a second, and gives the same array in between.
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
  const { key, provider, account, regionList, lists, wide } = runtime;
  const listed = regionList.peek(EVER)?.value.map(({ id }) => id);
  const regions: readonly (string | null)[] = account.regions ?? listed ?? [null];
  return regions.map((region) => ({
    provider: key,
    vendor: provider.vendor,
    region,
    instances: lists.get(region ?? "")?.peek(EVER)?.value.instances.length ?? null,
    wide: wide.allows(region ?? ""),
  }));
}
