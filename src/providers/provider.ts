import type { Account } from "../domain/account.js";
import { getOrMake } from "../domain/maps.js";
import { isRow } from "../domain/row.js";
import { SourceError } from "../errors.js";
import { CachedValue, type ReadWhole } from "../index/readThrough.js";
import type { Codec } from "../index/replicas.js";
import { EVER, type Freshness } from "../index/sliceStore.js";
import { ReadingLog } from "../listing/checkpoint.js";
import type {
  InstanceListing,
  MappedInstance,
  ProductDeclaration,
  Region,
  VendorApi,
  WholeListing,
} from "../listing/declaration.js";
import { itemOf, type ListItem } from "../listing/askPage.js";
import type { Operation } from "../listing/operation.js";
import { ProviderFacts } from "./facts.js";
import { ProviderContext, type RuntimePorts } from "./context.js";
import {
  instanceCodec,
  type InstanceList,
  type ListedRows,
  readInstances,
  readListedRows,
  SeenInstances,
  StaleLists,
} from "./instanceList.js";

const DAY_MS = 86_400_000;

/** One product of one account, with its lists of regions and instances. */
export class ProviderRuntime extends ProviderContext {
  readonly staleLists = new StaleLists();
  readonly seen: SeenInstances;
  readonly facts: ProviderFacts;
  /** The regions that the config names; null where it names none. */
  private readonly configured: readonly Region[] | null;
  /** Read only where the config names no regions. */
  regionList: CachedValue<readonly Region[]>;
  /** The products that use its list of regions. */
  private readonly regionUsers: ProviderRuntime[] = [this];
  /** The lists that were ever read, by region. */
  readonly lists = new Map<string, CachedValue<InstanceList>>();
  /** The instance lists of the whole account, by listing. */
  private readonly accountLists = new Map<string, CachedValue<ListedRows>>();

  constructor(account: Account, product: ProductDeclaration, api: VendorApi, ports: RuntimePorts) {
    super(account, product, api, ports);
    this.seen = new SeenInstances(ports.now);
    this.facts = new ProviderFacts(this);
    this.configured = account.regions?.map((id) => ({ id, endpoint: null })) ?? null;
    const read: ReadWhole<readonly Region[]> = async (operation, { now: asOf }) => ({
      value: await this.readRegions(operation),
      asOf,
    });
    const shared = this.sharedAs(`regions ${this.regionSource}`, REGION_CODEC);
    this.regionList = new CachedValue(read, ports, shared);
  }

  /** Uses the region list of another product of the account if the same action lists the regions of both. */
  shareRegions(sibling: ProviderRuntime): void {
    if (sibling === this || sibling.regionSource !== this.regionSource) return;
    this.regionList = sibling.regionList;
    sibling.regionUsers.push(this);
  }

  forgetReadings(): void {
    const read = [this.regionList, ...this.lists.values(), ...this.accountLists.values()];
    for (const list of read) list.forget();
    this.facts.forget();
  }

  /** Where the vendor lists the regions: an action that products may share, or the product's own instances. */
  private get regionSource(): string {
    const { regions } = this.product;
    return regions === null || regions === "instances" ? `of ${this.key}` : regions.action;
  }

  /** The regions that the vendor listed last, however old; null where the config names them. */
  get listedRegions(): readonly Region[] | null {
    if (this.configured !== null) return null;
    return this.regionList.peek(EVER)?.value ?? null;
  }

  /** Ids of the regions that the config names, or that the vendor listed last, however old; null before that. */
  get knownRegions(): readonly string[] | null {
    return (this.configured ?? this.listedRegions)?.map(({ id }) => id) ?? null;
  }

  /**
   * The regions to read: those of the config, else all that the vendor lists. `failedSince` is as in
   * `Freshness`. A list that failed last is requested by `retrying`.
   */
  async regions(
    operation: Operation,
    failedSince?: number,
    retrying = operation,
  ): Promise<readonly Region[] | SourceError> {
    if (this.configured !== null) return this.configured;
    const freshness = failedSince === undefined ? this.recently : { ...this.recently, failedSince };
    const hasFailed = this.regionList.failedAt !== null;
    const read = await this.regionList.read(freshness, hasFailed ? retrying : operation);
    return read instanceof SourceError ? read : read.value;
  }

  /** The same if no call is needed, else null. */
  peekRegions(): readonly Region[] | null {
    return this.configured ?? this.regionList.peek(this.recently)?.value ?? null;
  }

  /**
   * The regions of a vendor change so seldom that the gateway reads them once a day; those of instances
   * change with each instance.
   */
  private get recently(): Freshness {
    const { now, settings } = this.ports;
    const freshMs = this.product.regions === "instances" ? settings.ttlMs : DAY_MS;
    return { notBefore: now() - freshMs, failedSince: now() - settings.ttlMs };
  }

  /** The list of a region's instances. */
  instanceList(region: Region): CachedValue<InstanceList> {
    return getOrMake(this.lists, region.id, () => {
      const log = new ReadingLog<ListItem<MappedInstance>>();
      const kept: ListedRows[] = [];
      const read: ReadWhole<InstanceList> = async (operation, time) => {
        const ofAccount = (listing: InstanceListing) =>
          this.readAccountList(listing, operation, time);
        const reading = { time, log, ofAccount, kept };
        const { value, asOf } = await readInstances(this, region, operation, reading);
        return { value: this.seen.note(region.id, value), asOf };
      };
      const codec = instanceCodec((listed) => this.seen.note(region.id, listed));
      const shared = this.sharedAs(`instances ${this.key} ${region.id}`, codec);
      return new CachedValue(read, this.ports, shared);
    });
  }

  /** Reads an instance list of the whole account, once for all its regions. */
  private async readAccountList(
    listing: InstanceListing,
    operation: Operation,
    freshness: Freshness,
  ): Promise<ListedRows | SourceError> {
    const list = getOrMake(this.accountLists, listing.name, () => {
      const log = new ReadingLog<ListItem<MappedInstance>>();
      const read: ReadWhole<ListedRows> = async (asking, time) => {
        const value = await readListedRows(this, { listing, region: null }, asking, { time, log });
        return { value, asOf: value.asOf };
      };
      return new CachedValue(read, this.ports);
    });
    const answer = await list.read(freshness, operation);
    if (answer instanceof SourceError) return answer;
    // Each region keeps its own instances for the time that an old list may stand in.
    return answer.stale ?? answer.value;
  }

  /** Reads the vendor's regions. Errors: `SourceError`. */
  private async readRegions(operation: Operation): Promise<readonly Region[]> {
    const { regions } = this.product;
    if (regions === null)
      throw new SourceError(
        "BAD_RESPONSE",
        "This vendor does not list its regions. Set `regions` in the account's config.",
      );
    const found =
      regions === "instances"
        ? await this.regionsOfInstances(operation)
        : [...this.inhabitedRegions(), ...(await readWholeRegions(this, regions, operation))];
    return [...new Map(found.map((region) => [region.id, region])).values()];
  }

  /**
   * The regions of the list before that had instances when these were last listed, unless that has failed for
   * a day since. If the vendor lists them no longer, only reading them shows whether anything is missing.
   */
  private inhabitedRegions(): readonly Region[] {
    const isInhabited = (list: CachedValue<InstanceList> | undefined): boolean => {
      const last = list?.peek(EVER) ?? null;
      if (last === null || last.value.instances.length === 0) return false;
      return (list?.failedAt ?? last.asOf) - last.asOf < DAY_MS;
    };
    return (this.listedRegions ?? []).filter(({ id }) =>
      this.regionUsers.some(({ lists }) => isInhabited(lists.get(id))),
    );
  }

  /**
   * The regions that have instances, and those that the vendor could not reach.
   *
   * Errors: `SourceError`, also if something is missing from the lists and no region is found.
   */
  private async regionsOfInstances(operation: Operation): Promise<readonly Region[]> {
    const listings = this.product.instances.filter(({ scope }) => scope === "account");
    const freshness = { notBefore: this.ports.now() - this.ports.settings.ttlMs };
    const lists = await Promise.all(
      listings.map((listing) => this.readAccountList(listing, operation, freshness)),
    );
    const read = lists.map((list) => {
      if (list instanceof SourceError) throw list;
      return list;
    });
    const named = read.flatMap(({ rows, notices }) => [...rows, ...notices]);
    const found = named.flatMap(({ region }) => (region ? [{ id: region, endpoint: null }] : []));
    if (found.length > 0) return found;
    const [missing] = read.flatMap(({ notices }) => notices);
    if (missing !== undefined) throw new SourceError(missing.code, missing.message);
    const fault = read.flatMap(({ rows }) => rows.flatMap((row) => row.fault ?? []))[0];
    if (fault !== undefined) throw new SourceError("BAD_RESPONSE", fault);
    return found;
  }
}

async function readWholeRegions(
  { call }: ProviderContext,
  listing: WholeListing<Region>,
  operation: Operation,
): Promise<readonly Region[]> {
  const scope = { region: null, instance: null };
  const question = { action: listing.action, region: null, params: listing.params(scope) };
  const rows = listing.rows(await call(question, operation));
  const items = rows.map((row) => itemOf(listing as never, row, scope));
  // Nothing would report a region that is left out, or that an account with no region has no backups.
  const fault = items.find((item) => item.fault !== null)?.fault ?? null;
  if (fault !== null) throw new SourceError("BAD_RESPONSE", `A region cannot be read. ${fault}`);
  if (items.length === 0) throw new SourceError("BAD_RESPONSE", "The vendor lists no region.");
  return items.flatMap(({ mapped }) => (mapped === null ? [] : [mapped as Region]));
}

const REGION_CODEC: Codec<readonly Region[]> = {
  encode: (regions) => regions,
  decode: (value) => (Array.isArray(value) && value.every(isRegion) ? value : null),
};

const isRegion = (value: unknown): value is Region =>
  isRow(value) && typeof value["id"] === "string";
