import { LRUCache } from "lru-cache";
import type { Account } from "../domain/account.js";
import type { Instance } from "../domain/instance.js";
import { Source, sourceName } from "../sources/source.js";
import type { BackupListing, Region, VendorDeclaration } from "../listing/declaration.js";
import { Flights } from "../index/singleFlight.js";
import type { Ports } from "../providers/context.js";
import { ProviderRuntime } from "../providers/provider.js";
import { SliceMemory } from "../index/sliceStore.js";

/** All that is read and kept of the configured accounts. */
export class Engine {
  /** By key. */
  readonly providers: ReadonlyMap<string, ProviderRuntime>;
  readonly memory: SliceMemory;
  readonly flights: Flights;
  private readonly sources: LRUCache<string, Source>;

  constructor(
    accounts: readonly Account[],
    vendorOf: (account: Account) => VendorDeclaration,
    readonly ports: Ports,
  ) {
    const { cacheRows } = ports.settings;
    this.memory = new SliceMemory(cacheRows);
    this.flights = new Flights(ports.now);
    const own = { ...ports, memory: this.memory, flights: this.flights };
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
    // A source costs something though it holds no row.
    this.sources = new LRUCache({
      maxSize: cacheRows,
      sizeCalculation: () => 1,
      dispose: (source) => source.clear(),
    });
  }

  /** The list of a region, or of one instance, with what is held of it. */
  source(
    runtime: ProviderRuntime,
    region: Region,
    listing: BackupListing,
    instance: Instance | null,
  ): Source {
    const name = sourceName(runtime.key, region.id, instance?.nativeId ?? null);
    const held = this.sources.get(name);
    if (held?.isOf(listing, instance) === true) return held;
    held?.clear();
    const made = new Source(runtime, region, listing, instance);
    this.sources.set(name, made);
    return made;
  }

  /** Rows held in memory, over all sources, with eight for each slice. */
  get rowsHeld(): number {
    return this.memory.size;
  }
}
