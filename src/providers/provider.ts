import type { Account } from "../domain/account.js";
import type { Provider, ProviderCapabilities } from "../domain/provider.js";
import type { HttpClient } from "../http/client.js";
import { newListMemory, type ListMemory } from "../listing/read/ask.js";
import { makeCallVendor, type CallVendor } from "../listing/callVendor.js";
import { Cached, type ReadWhole } from "../index/cached.js";
import type {
  MappedInstance,
  ProductDeclaration,
  Region,
  VendorDeclaration,
} from "../listing/declaration.js";
import type { Flights } from "../index/singleFlight.js";
import type { InstanceList } from "./instanceList.js";
import type { ListItem } from "../listing/item.js";
import type { ListingForm } from "../listing/askPage.js";
import type { Operation } from "../listing/operation.js";
import { ReadingLog } from "../listing/checkpoint.js";
import type { EngineSettings, Freshness } from "../index/settings.js";
import { SeenInstances } from "./seenInstances.js";
import type { SharedCache } from "../index/replicas.js";
import { instanceCodec, listShared, REGION_CODEC } from "../index/sharedValue.js";
import { Rosters } from "./staleInstanceLists.js";
import type { SliceMemory } from "../index/sliceMemory.js";
import { WideAccess } from "./regionAccess.js";
import { readInstances, readRegions } from "./providerLists.js";

/** What everything below the lists needs. */
export interface Ports {
  readonly http: HttpClient;
  readonly now: () => number;
  readonly settings: EngineSettings;
  /** What replicas share of an account; absent where nothing is shared. */
  readonly sharedOf?: (account: Account) => SharedCache;
  /** Told of each reading whose answers contradict a vendor's declaration. */
  readonly onClaimDropped?: (provider: string, listing: string, message: string) => void;
}

/** What an engine adds for the providers of its own. */
export interface RuntimePorts extends Ports {
  readonly memory: SliceMemory;
  readonly flights: Flights;
}

/** One product of one account, with what is known of it while the process lives. */
export class ProviderRuntime {
  readonly key: string;
  readonly provider: Provider;
  readonly call: CallVendor;
  /** Whether the lists of whole regions can be read. */
  readonly wide: WideAccess;
  readonly rosters = new Rosters();
  /** Null where nothing is shared. */
  readonly shared: SharedCache | null;
  /** The regions that the config names; null where it names none. */
  private readonly configured: readonly Region[] | null;
  private readonly memories = new Map<string, ListMemory>();
  private readonly forms = new Map<string, ListingForm>();
  /** Asked only where the config names no regions. */
  regionList: Cached<readonly Region[]>;
  /** Of the regions whose instances were ever asked for, by region. */
  readonly lists = new Map<string, Cached<InstanceList>>();
  readonly seen: SeenInstances;

  constructor(
    readonly account: Account,
    readonly product: ProductDeclaration,
    vendor: VendorDeclaration,
    readonly ports: RuntimePorts,
  ) {
    this.key = `${account.id}/${product.word}`;
    this.seen = new SeenInstances(ports.now);
    this.configured = account.regions?.map((id) => ({ id, endpoint: null })) ?? null;
    this.provider = {
      key: this.key,
      vendor: product.vendor,
      product: product.product,
      account: account.id,
    };
    this.wide = new WideAccess(product.wide, ports.now);
    this.call = makeCallVendor(account, vendor.api(account), ports);
    this.shared = ports.settings.ttlMs === 0 ? null : (ports.sharedOf?.(account) ?? null);
    const read: ReadWhole<readonly Region[]> = async (operation, { now: asOf }) => ({
      value: await readRegions(this, operation),
      asOf,
    });
    const shared = listShared(this, `regions ${product.regions?.action}`, REGION_CODEC);
    this.regionList = new Cached(read, ports, shared);
  }

  /** What a listing's pages have shown so far; shared by all its sources. */
  memoryOf(listing: string): ListMemory {
    return entry(this.memories, listing, newListMemory);
  }

  /** Tells of a listing whose answers contradict its declaration. */
  tellOf(listing: string): (message: string) => void {
    return (message) => this.ports.onClaimDropped?.(this.key, listing, message);
  }

  formOf(listing: string): ListingForm {
    return entry(this.forms, listing, () => ({ alternative: -1 }));
  }

  /** What the declaration says, and what has been found out of this account since. */
  get capabilities(): ProviderCapabilities {
    const { capabilities, wide } = this.product;
    const form = wide === null ? undefined : this.forms.get(wide.name);
    const weaker = wide?.alternatives?.[form?.alternative ?? -1]?.note;
    const narrow =
      "The account may not list a whole region: backups of deleted instances are shown only for instances seen since the gateway started.";
    const found = [
      ...(weaker === undefined ? [] : [weaker]),
      ...(this.wide.refused ? [narrow] : []),
    ];
    return { ...capabilities, notes: [...capabilities.notes, ...found] };
  }

  /** Takes the region list of another product of the same account, where one action tells both. */
  shareRegions(sibling: ProviderRuntime): void {
    if (sibling.product.regions?.action === this.product.regions?.action)
      this.regionList = sibling.regionList;
  }

  /** The regions as the vendor listed them last; null where the config names them. */
  get listedRegions(): readonly Region[] | null {
    if (this.account.regions !== null) return null;
    return this.regionList.peek({ notBefore: Number.NEGATIVE_INFINITY })?.value ?? null;
  }

  /** Listings whose windows have been found to leave rows out. */
  get untrusted(): number {
    return [...this.memories.values()].filter(({ windowTrusted }) => !windowTrusted).length;
  }

  /** The regions to read: those of the config, else all that the vendor lists. */
  async regions(operation: Operation): Promise<readonly Region[]> {
    return this.configured ?? (await this.regionList.get(operation, this.lately)).value;
  }

  /** The same, where the vendor need not be asked; else null. */
  get regionsAtHand(): readonly Region[] | null {
    return this.configured ?? this.regionList.peek(this.lately)?.value ?? null;
  }

  /** Regions come and go so seldom that one reading serves a process for a day. */
  private get lately(): Freshness {
    return { notBefore: this.ports.now() - 86_400_000 };
  }

  /** The one list of a region's instances. */
  instanceList(region: Region): Cached<InstanceList> {
    return entry(this.lists, region.id, () => {
      const log = new ReadingLog<ListItem<MappedInstance>>();
      const read: ReadWhole<InstanceList> = async (operation, time) => {
        const { value, asOf } = await readInstances(this, region, operation, { time, log });
        return { value: this.seen.note(region.id, value), asOf };
      };
      const codec = instanceCodec((listed) => this.seen.note(region.id, listed));
      const shared = listShared(this, `instances ${this.key} ${region.id}`, codec);
      return new Cached(read, this.ports, shared);
    });
  }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
