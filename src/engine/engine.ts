import { isDeepStrictEqual } from "node:util";
import { LRUCache } from "lru-cache";
import type { Account } from "../domain/account.js";
import type { Instance } from "../domain/instance.js";
import type { KnownPlace, Progress } from "../domain/provider.js";
import type { PendingReads } from "../index/readThrough.js";
import { EVER, type EngineSettings, SliceMemory } from "../index/sliceStore.js";
import { RotatingAuthenticator } from "../listing/credentials.js";
import type {
  BackupListing,
  ProductDeclaration,
  VendorApi,
  VendorDeclaration,
} from "../listing/declaration.js";
import type { Ports, RuntimePorts } from "../providers/context.js";
import { ProviderRuntime } from "../providers/provider.js";
import { type ListedPlace, Source, sourceName } from "../sources/source.js";

/** The providers and sources of the configured accounts, and the memory that they share. */
export class Engine {
  /** By key. */
  readonly providers: ReadonlyMap<string, ProviderRuntime>;
  readonly memory: SliceMemory;
  readonly pendingReads: PendingReads;
  /** Whether a reload removed accounts or changed their settings: the lists that cursors name may be theirs. */
  readonly hasDroppedAccounts: boolean;
  private readonly sources: LRUCache<string, Source>;

  /** Takes over from the engine `before` its memory, and the providers of accounts that are equal there. */
  constructor(
    accounts: readonly Account[],
    private readonly vendorOf: (account: Account) => VendorDeclaration,
    readonly ports: Ports,
    before: Engine | null = null,
  ) {
    const { cacheRows } = ports.settings;
    this.memory = before?.memory ?? new SliceMemory(cacheRows);
    this.pendingReads = before?.pendingReads ?? { sharedAt: Number.NEGATIVE_INFINITY };
    const runtimes = accounts.flatMap(
      (account) => before?.runtimesOf(account) ?? this.makeRuntimes(account),
    );
    runtimes.sort((a, b) => (a.key < b.key ? -1 : 1));
    this.providers = new Map(runtimes.map((runtime) => [runtime.key, runtime]));
    this.sources = before?.sources ?? makeSources(cacheRows);
    this.hasDroppedAccounts =
      before !== null && (before.hasDroppedAccounts || before.accountsBeyond(this).length > 0);
  }

  /** Whether an account is configured here, whatever its settings. */
  hasAccount(id: string): boolean {
    return [...this.providers.values()].some(({ account }) => account.id === id);
  }

  /** The accounts of this engine that have other settings in another engine, or are not there. */
  accountsBeyond(other: Engine): readonly Account[] {
    const accounts = new Set([...this.providers.values()].map(({ account }) => account));
    return [...accounts].filter((account) => other.runtimesOf(account) === null);
  }

  /** Gives up everything that belongs to providers of an earlier engine. */
  release(before: Engine): void {
    for (const { key, credentials } of before.providers.values())
      if (before.providers.get(key) !== this.providers.get(key)) credentials?.close();
    for (const [name, { runtime }] of this.sources.entries())
      if (this.providers.get(runtime.key) !== runtime) this.sources.delete(name);
  }

  /** The providers of an account; null if it is not here, or with other settings. */
  private runtimesOf(account: Account): readonly ProviderRuntime[] | null {
    const all = [...this.providers.values()];
    const found = all.filter((runtime) => isDeepStrictEqual(runtime.account, account));
    return found.length > 0 ? found : null;
  }

  private makeRuntimes(account: Account): readonly ProviderRuntime[] {
    const { memory, pendingReads, ports } = this;
    const vendor = this.vendorOf(account);
    // One for all products, because it may hold a token.
    const api = apiOf(vendor, account, ports);
    const own = { ...ports, memory, pendingReads };
    const products = vendor
      .products(account)
      .map((product) => new ProviderRuntime(account, product, api, portsFor(product, own)));
    const [first] = products;
    for (const runtime of products) if (first !== undefined) runtime.shareRegions(first);
    return products;
  }

  /** The backups of an instance, or of a whole region if it is null. */
  source({ runtime, region }: ListedPlace, instance: Instance | null): Source {
    const address = { runtime, region, listing: listingOf(runtime, instance), instance };
    const name = sourceName(runtime.key, region.id, instance?.nativeId ?? null);
    const kept = this.sources.get(name);
    if (kept?.isOf(address) === true) return kept;
    kept?.clear();
    const made = new Source(address);
    // A source without rows takes memory too.
    this.sources.set(name, made, { size: 1 });
    return made;
  }

  /** The same if it exists. Does not count as a use. */
  peekSource(provider: string, region: string, nativeId: string | null): Source | null {
    const source = this.sources.peek(sourceName(provider, region, nativeId)) ?? null;
    return source !== null && this.providers.get(provider) === source.runtime ? source : null;
  }

  /** Reads all credentials of files and commands again, in the background. */
  refreshCredentials(): void {
    const all = [...this.providers.values()].map(({ credentials }) => credentials);
    for (const credentials of new Set(all)) credentials?.refresh();
  }

  /** Forgets the readings of all lists, but not which instances were seen, nor what was learned about the lists. */
  forgetReadings(): void {
    this.sources.clear();
    for (const runtime of this.providers.values()) runtime.forgetReadings();
  }

  /** Ends readings of credentials. */
  close(): void {
    for (const { credentials } of this.providers.values()) credentials?.close();
  }

  /** Rows held in memory by all sources, plus eight for each slice. */
  get rowsHeld(): number {
    return this.memory.size;
  }
}

/** A function of its own, because closures of a constructor would keep the first engine with its accounts. */
const makeSources = (cacheRows: number): LRUCache<string, Source> =>
  new LRUCache({ maxSize: cacheRows, dispose: (source) => source.clear() });

/** The ports, with the product's own time for which its lists are fresh, unless nothing is kept at all. */
function portsFor({ leastTtlMs = 0 }: ProductDeclaration, ports: RuntimePorts): RuntimePorts {
  if (leastTtlMs === 0) return ports;
  // Inherits, because a reload changes the values.
  const settings = Object.create(ports.settings, {
    ttlMs: {
      get: () => (ports.settings.ttlMs === 0 ? 0 : Math.max(leastTtlMs, ports.settings.ttlMs)),
    },
  }) as EngineSettings;
  return { ...ports, settings };
}

/** The API of an account, which reads its credentials while it is used if the account does not hold them. */
function apiOf(
  vendor: VendorDeclaration,
  account: Account,
  { credentialReaderOf, onCredentials, now }: Ports,
): VendorApi {
  const api = vendor.api(account);
  const reader = credentialReaderOf?.(account) ?? null;
  if (reader === null) return api;
  const parts = { account, vendor, reader, now, onRead: onCredentials };
  return { ...api, authenticator: new RotatingAuthenticator(parts) };
}

/** The listing that shows the backups of an instance, or of a region. */
function listingOf({ product }: ProviderRuntime, instance: Instance | null): BackupListing {
  const { wide, perInstance } = product;
  const isWide = instance === null || instance.listing === wide?.name;
  const listing = isWide ? wide : perInstance.find(({ name }) => name === instance.listing);
  if (listing) return listing;
  throw new RangeError(`${product.word} has no listing ${instance?.listing ?? "of a region"}.`);
}

type Runtimes = ReadonlyMap<string, ProviderRuntime>;

/** Selections of providers whose values are kept. */
const SELECTIONS = 1_000;

/** Makes a function that returns what `make` made of the same providers again for `keptMs`. */
function makeKept<T>(
  keptMs: number,
  now: () => number,
  make: (providers: Runtimes) => T,
): (providers: Runtimes) => T {
  const kept = new LRUCache<string, { readonly at: number; readonly value: T }>({
    max: SELECTIONS,
  });
  return (providers) => {
    const name = [...providers.keys()].join("\0");
    const known = kept.get(name);
    // The clock may be set back.
    if (known !== undefined && Math.abs(now() - known.at) < keptMs) return known.value;
    const value = make(providers);
    kept.set(name, { at: now(), value });
    return value;
  };
}

/** How long gathered places are returned again. Units: milliseconds. */
const PLACES_MS = 1_000;

/**
 * Makes a function that returns the known places of some providers, from which the cost of an operation
 * is estimated. It gathers them at most once a second and returns the same array in between.
 */
export const makeKnownPlaces = (
  now: () => number,
): ((providers: Runtimes) => readonly KnownPlace[]) =>
  makeKept(PLACES_MS, now, (providers) => [...providers.values()].flatMap(placesOf));

function placesOf(runtime: ProviderRuntime): readonly KnownPlace[] {
  const { key, provider, account, product, listedRegions, lists, wide } = runtime;
  const facts = product.facts?.flatMap(({ shows }) => shows) ?? [];
  const listed = listedRegions?.map(({ id }) => id);
  const regions: readonly (string | null)[] = account.regions ?? listed ?? [null];
  return regions.map((region) => ({
    provider: key,
    vendor: provider.vendor,
    region,
    instances: lists.get(region ?? "")?.peek(EVER)?.value.instances.length ?? null,
    wide: wide.allows(region ?? ""),
    facts,
    linkCalls: product.downloads.mostCalls ?? 1,
  }));
}

/** How long counted lists are returned again. Units: milliseconds. */
const PROGRESS_MS = 100;

/**
 * Makes a function that counts the lists of backups in the regions that were read so far, and how many
 * of them are cached. A region whose instances could not be listed counts as one list.
 *
 * Cost: visits every instance, at most ten times a second; no vendor call.
 */
export function makeProgress(engine: Engine, now: () => number): () => Progress {
  const kept = makeKept(PROGRESS_MS, now, () => progressOf(engine));
  return () => kept(engine.providers);
}

function progressOf(engine: Engine): Progress {
  const all = { lists: 0, read: 0, retryAfterMs: 0 };
  for (const runtime of engine.providers.values()) {
    const { lists, read } = countLists(engine, runtime);
    all.lists += lists;
    all.read += read;
    all.retryAfterMs = Math.max(all.retryAfterMs, runtime.msFor(lists - read));
  }
  return all;
}

function countLists(engine: Engine, runtime: ProviderRuntime): Omit<Progress, "retryAfterMs"> {
  const regions = runtime.account.regions ?? runtime.listedRegions?.map(({ id }) => id) ?? [];
  const sources = regions.flatMap((region) => sourcesIn(engine, runtime, region));
  const read = sources.filter((source) => (source?.newestAsOf ?? null) !== null);
  return { lists: sources.length, read: read.length };
}

/** The lists of backups in a region, as far as they are needed; null for each that was not begun. */
function sourcesIn(
  engine: Engine,
  { key, wide, lists }: ProviderRuntime,
  region: string,
): readonly (Source | null)[] {
  const whole = engine.peekSource(key, region, null);
  if (wide.allows(region)) return whole === null ? [] : [whole];
  const list = lists.get(region);
  if (list === undefined) return [];
  const instances = list.peek(EVER)?.value.instances;
  return instances?.map(({ nativeId }) => engine.peekSource(key, region, nativeId)) ?? [null];
}
