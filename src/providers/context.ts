import type { Account, CredentialReader } from "../domain/account.js";
import { getOrMake } from "../domain/maps.js";
import type { Provider, ProviderCapabilities } from "../domain/provider.js";
import type { PagingStyle } from "../domain/words.js";
import type { SourceError } from "../errors.js";
import type { HttpClient } from "../http/client.js";
import type { Codec, SharedCache, SharedValue } from "../index/replicas.js";
import { CLOCK_MARGIN_MS, type EngineSettings, type SliceMemory } from "../index/sliceStore.js";
import type { PendingReads } from "../index/readThrough.js";
import { makeCallVendor, type CallVendor, rateOf } from "../listing/callVendor.js";
import { RotatingAuthenticator, type OnCredentials } from "../listing/credentials.js";
import type { BackupListing, ProductDeclaration, VendorApi } from "../listing/declaration.js";
import type { CallLog } from "../listing/operation.js";
import { forgetEvidence, newListingMemory, type ListingMemory } from "../listing/read/evidence.js";
import type { ListShape } from "../listing/shape.js";

/** What everything below the lists needs. */
export interface Ports {
  readonly http: HttpClient;
  readonly now: () => number;
  /** A reload changes its values. */
  readonly settings: EngineSettings;
  /**
   * The cache that replicas share for an account; absent without `cache.url`. `current` returns the account
   * with the credentials in use. Errors: `SourceError`.
   */
  readonly sharedOf?:
    ((account: Account, current: () => Promise<Account>) => SharedCache) | undefined;
  /** The reader of an account's credentials; null if the account holds them. */
  readonly credentialReaderOf?: (account: Account) => CredentialReader | null;
  readonly onCredentials?: OnCredentials | undefined;
  /** Called when a vendor's answers contradict a listing's declaration. */
  readonly onClaimDropped?:
    ((provider: string, listing: string, message: string) => void) | undefined;
}

/** The ports, and what all providers of one engine share. */
export interface RuntimePorts extends Ports {
  readonly memory: SliceMemory;
  readonly pendingReads: PendingReads;
}

/** How the refresher keeps the lists of a provider that has too many to read within `ttl`. */
export interface Rounds {
  /** Time between the starts of two calls. Units: milliseconds. */
  readonly everyMs: number;
  /** Age up to which a list counts as fresh. Units: milliseconds. */
  readonly freshMs: number;
}

/**
 * One product of one account: how its vendor is called, and what the gateway has learned about it since
 * the process started.
 */
export class ProviderContext {
  readonly key: string;
  readonly provider: Provider;
  readonly call: CallVendor;
  /** The calls a second that the quota allows for one list of backups after another. */
  private readonly callsPerSecond: number;
  /** Whether the lists of whole regions can be read. */
  readonly wide: WideAccess;
  /** Null if the account holds its credentials. */
  readonly credentials: RotatingAuthenticator | null;
  /** Null where replicas share nothing. */
  private readonly sharing: SharedCache | null;
  /** Set by the refresher; null for a provider that it does not keep. */
  rounds: Rounds | null = null;
  private readonly backupLists: readonly BackupListing[];
  private readonly memories = new Map<string, ListingMemory>();
  /** Rows besides backups, by listing and source. */
  private readonly strays = new Map<BackupListing, Map<string, number>>();

  constructor(
    readonly account: Account,
    readonly product: ProductDeclaration,
    api: VendorApi,
    readonly ports: RuntimePorts,
  ) {
    this.key = `${account.id}/${product.word}`;
    this.provider = {
      key: this.key,
      vendor: product.vendor,
      product: product.product,
      account: account.id,
    };
    this.backupLists = [...product.perInstance, ...(product.wide === null ? [] : [product.wide])];
    this.callsPerSecond =
      account.upstream.rate ??
      Math.min(...this.backupLists.map(({ action }) => rateOf(api, action)));
    this.wide = new WideAccess(product.wide, ports.now);
    this.call = makeCallVendor(account, api, ports);
    const { authenticator } = api;
    this.credentials = authenticator instanceof RotatingAuthenticator ? authenticator : null;
    const current = async () => (await this.credentials?.account()) ?? account;
    this.sharing = ports.sharedOf?.(account, current) ?? null;
  }

  /** How long the quota takes for one call to each of some lists of backups. Units: milliseconds. */
  msFor(lists: number): number {
    return Math.ceil((lists / this.callsPerSecond) * 1_000);
  }

  /** Null where replicas share nothing, and while nothing may be kept. */
  get shared(): SharedCache | null {
    return this.ttlMs === 0 ? null : this.sharing;
  }

  /** How replicas share a value; null where they share nothing. */
  sharedAs<T>(name: string, codec: Codec<T>): SharedValue<T> | null {
    const { sharing: cache, ports } = this;
    const keptMs = () => ports.settings.ttlMs + ports.settings.staleIfErrorMs;
    return cache === null ? null : { ...codec, cache, name, keptMs };
  }

  /** How long what was read is fresh. Units: milliseconds. */
  get ttlMs(): number {
    return this.ports.settings.ttlMs;
  }

  /** How long before it was read the rows of a list may start that it did not show yet. Units: milliseconds. */
  get marginMs(): number {
    return CLOCK_MARGIN_MS + Math.max(0, -this.ports.http.state(this.account.id).offsetMs);
  }

  /** The product as it is declared for the credentials in use. Errors: `SourceError`. */
  async productNow(): Promise<ProductDeclaration> {
    return (await this.credentials?.product(this.product.word)) ?? this.product;
  }

  /** What the pages of a listing have shown so far; all its sources share it. */
  memoryOf(listing: string): ListingMemory {
    const memory = getOrMake(this.memories, listing, newListingMemory);
    forgetEvidence(memory, this.ports.now());
    return memory;
  }

  /** Notes how many rows besides backups the last reading of a source of a listing showed. */
  noteStrays(listing: BackupListing, source: string, count: number): void {
    const counts = getOrMake(this.strays, listing, () => new Map<string, number>());
    if (count === 0) counts.delete(source);
    else counts.set(source, count);
  }

  /** What the lists show besides backups. */
  private strayNotes(listings: readonly BackupListing[]): readonly string[] {
    return listings.flatMap((listing) => {
      const counts = [...(this.strays.get(listing)?.values() ?? [])];
      const total = counts.reduce((sum, count) => sum + count, 0);
      return total === 0 || listing.strays === undefined ? [] : [listing.strays.note(total)];
    });
  }

  /** Reports answers of a listing that contradict its declaration. */
  tell(listing: string, message: string): void {
    this.ports.onClaimDropped?.(this.key, listing, message);
  }

  /** Counts an answer from the kept lists of a region's instances. */
  countKeptInstances(calls: CallLog): void {
    for (const { action } of this.product.instances)
      calls.add(this.account.vendor, action, { cached: 1 });
  }

  /** The number of listings whose windows were found to leave out rows. */
  get untrusted(): number {
    return [...this.memories.values()].filter(({ windowTrusted }) => !windowTrusted).length;
  }

  /** What the vendor declares, and what the gateway has found out about this account. */
  get capabilities(): ProviderCapabilities {
    const { capabilities, wide, perInstance } = this.product;
    const used = wide === null || this.wide.isRefused ? perInstance : [wide];
    const weaker = used.map(({ name, alternatives }) => {
      return alternatives?.[this.memories.get(name)?.alternative ?? -1]?.note;
    });
    const found = [
      this.account.upstream.trustTotals ? null : UNTRUSTED_TOTALS_NOTE,
      ...new Set(weaker),
      this.wide.isRefused ? NARROW_NOTE : null,
      this.wide.isTooLong ? LONG_NOTE : null,
      ...this.strayNotes(used),
      roundsNote(this.rounds),
    ];
    const shapes = this.backupLists.map(({ shape }) => shape);
    const [{ page }] = shapes as [ListShape];
    return {
      paging: PAGING_STYLES[page.style],
      window: shapes.some(({ window }) => window !== null),
      maxPageSize: Math.max(...shapes.map((shape) => shape.page.max)),
      reach: capabilities.reach,
      notes: [...capabilities.notes, ...found.filter(isText)],
    };
  }
}

const PAGING_STYLES: Readonly<Record<ListShape["page"]["style"], PagingStyle>> = {
  offset: "OFFSET",
  pageNumber: "PAGE_NUMBER",
  token: "TOKEN",
};

const UNTRUSTED_TOTALS_NOTE =
  "upstream.trustTotals is false: lists that show fewer rows than the vendor counts read as complete.";

const NARROW_NOTE =
  "The account may not list whole regions. Backups of a deleted instance are shown only if the gateway has seen the instance since it started.";

const LONG_NOTE =
  "A region has more backups than limits.scanRows, so the lists of its instances are read. Backups of a deleted instance are shown only if the gateway has seen the instance since it started.";

function roundsNote(rounds: Rounds | null): string | null {
  if (rounds === null) return null;
  const seconds = Math.ceil(rounds.freshMs / 1_000);
  return `There are too many instances to read all of them within cache.ttl. Their backups are read in rounds and may be up to ${seconds} seconds old.`;
}

const isText = (value: string | null | undefined): value is string => typeof value === "string";

/**
 * How long the gateway does not ask again for a wide list that it could not read: at first, and at most. Each
 * time it fails again the wait doubles, so that walks with few calls and long pauses use them for other lists.
 */
const NARROW_MS = { first: 3_600_000, most: 8 * 3_600_000 };

/** Why the wide list of a region could not be read. */
interface Narrow {
  readonly isRefused: boolean;
  /** When to ask again; epoch milliseconds. */
  readonly until: number;
  readonly waitMs: number;
}

/** Whether an account may list whole regions, and whether the gateway can read those lists. */
class WideAccess {
  /** By region. */
  private readonly narrow = new Map<string, Narrow>();

  constructor(
    private readonly listing: BackupListing | null,
    private readonly now: () => number,
  ) {}

  /** Whether the region's wide list may be read. */
  allows(region: string): boolean {
    if (this.listing === null) return false;
    return (this.narrow.get(region)?.until ?? Number.NEGATIVE_INFINITY) <= this.now();
  }

  /** Whether the vendor refused a wide list that could not be read since. */
  get isRefused(): boolean {
    return [...this.narrow.values()].some(({ isRefused }) => isRefused);
  }

  /** Whether the wide list of a region is longer than the gateway may read. */
  get isTooLong(): boolean {
    return [...this.narrow.values()].some(
      ({ isRefused, until }) => !isRefused && until > this.now(),
    );
  }

  /** Notes a failure of the wide list; `whole` says that all of it was wanted. */
  note(region: string, error: SourceError, whole: boolean): void {
    const isRefused = error.hasCode(this.listing?.refusedBy ?? []);
    if (!isRefused && !(whole && error.kind === "SCAN_LIMIT")) return;
    const now = this.now();
    const before = this.narrow.get(region) ?? { until: now, waitMs: NARROW_MS.first / 2 };
    // One failure may be noted more than once.
    const isNew = before.until <= now;
    const waitMs = isNew ? Math.min(2 * before.waitMs, NARROW_MS.most) : before.waitMs;
    this.narrow.set(region, { isRefused, until: now + waitMs, waitMs });
  }

  /** Notes that the wide list was read. One slice of a list with windows does not show that the list is short enough. */
  noteRead(region: string): void {
    const narrow = this.narrow.get(region);
    if (narrow?.isRefused === true || this.listing?.shape.window === null)
      this.narrow.delete(region);
  }
}
