import { LRUCache } from "lru-cache";
import type { Account } from "../domain/account.js";
import type { Instance } from "../domain/instance.js";
import type { KnownPlace } from "../domain/provider.js";
import { PendingReads } from "../index/readThrough.js";
import { SliceMemory } from "../index/sliceStore.js";
import type { BackupListing, VendorDeclaration } from "../listing/declaration.js";
import type { Ports } from "../providers/context.js";
import { ProviderRuntime } from "../providers/provider.js";
import { type ListedPlace, Source, sourceName } from "../sources/source.js";

/** The providers and sources of the configured accounts, and the memory that they share. */
export class Engine {
  /** By key. */
  readonly providers: ReadonlyMap<string, ProviderRuntime>;
  readonly memory: SliceMemory;
  readonly pendingReads: PendingReads;
  private readonly sources: LRUCache<string, Source>;

  constructor(
    accounts: readonly Account[],
    vendorOf: (account: Account) => VendorDeclaration,
    readonly ports: Ports,
  ) {
    const { cacheRows } = ports.settings;
    this.memory = new SliceMemory(cacheRows);
    this.pendingReads = new PendingReads(ports.now);
    const own = { ...ports, memory: this.memory, pendingReads: this.pendingReads };
    const runtimes = accounts.flatMap((account) => {
      const vendor = vendorOf(account);
      // One for all products, because it may hold a token.
      const api = vendor.api(account);
      const products = vendor
        .products(account)
        .map((product) => new ProviderRuntime(account, product, api, own));
      const [first] = products;
      for (const runtime of products) if (first !== undefined) runtime.shareRegions(first);
      return products;
    });
    runtimes.sort((a, b) => (a.key < b.key ? -1 : 1));
    this.providers = new Map(runtimes.map((runtime) => [runtime.key, runtime]));
    // A source without rows takes memory too.
    this.sources = new LRUCache({
      maxSize: cacheRows,
      sizeCalculation: () => 1,
      dispose: (source) => source.clear(),
    });
  }

  /** The backups of an instance, or of a whole region if it is null. */
  source({ runtime, region }: ListedPlace, instance: Instance | null): Source {
    const address = { runtime, region, listing: listingOf(runtime, instance), instance };
    const name = sourceName(runtime.key, region.id, instance?.nativeId ?? null);
    const kept = this.sources.get(name);
    if (kept?.isOf(address) === true) return kept;
    kept?.clear();
    const made = new Source(address);
    this.sources.set(name, made);
    return made;
  }

  /** Rows held in memory by all sources, plus eight for each slice. */
  get rowsHeld(): number {
    return this.memory.size;
  }
}

/** The listing that shows the backups of an instance, or of a region. */
function listingOf({ product }: ProviderRuntime, instance: Instance | null): BackupListing {
  const { wide, perInstance } = product;
  const isWide = instance === null || instance.listing === wide?.name;
  const listing = isWide ? wide : perInstance.find(({ name }) => name === instance.listing);
  if (listing) return listing;
  throw new RangeError(`${product.word} has no listing ${instance?.listing ?? "of a region"}.`);
}

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
