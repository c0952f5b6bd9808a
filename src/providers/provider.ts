import type { Account } from "../domain/account.js";
import { isRow } from "../domain/row.js";
import { SourceError } from "../errors.js";
import { CachedValue, type ReadWhole } from "../index/readThrough.js";
import type { Codec, SharedValue } from "../index/replicas.js";
import type { Freshness } from "../index/settings.js";
import { ReadingLog } from "../listing/checkpoint.js";
import type {
  MappedInstance,
  ProductDeclaration,
  Region,
  VendorDeclaration,
} from "../listing/declaration.js";
import { itemOf, type ListItem } from "../listing/item.js";
import type { Operation } from "../listing/operation.js";
import { getOrMake, ProviderContext, type RuntimePorts } from "./context.js";
import { instanceCodec, readInstances, type InstanceList } from "./instanceList.js";
import { SeenInstances, StaleLists } from "./seenInstances.js";

/** One product of one account, with its lists of regions and instances. */
export class ProviderRuntime extends ProviderContext {
  readonly staleLists = new StaleLists();
  readonly seen: SeenInstances;
  /** The regions that the config names; null where it names none. */
  private readonly configured: readonly Region[] | null;
  /** Read only where the config names no regions. */
  regionList: CachedValue<readonly Region[]>;
  /** The lists that were ever read, by region. */
  readonly lists = new Map<string, CachedValue<InstanceList>>();

  constructor(
    account: Account,
    product: ProductDeclaration,
    vendor: VendorDeclaration,
    ports: RuntimePorts,
  ) {
    super(account, product, vendor, ports);
    this.seen = new SeenInstances(ports.now);
    this.configured = account.regions?.map((id) => ({ id, endpoint: null })) ?? null;
    const read: ReadWhole<readonly Region[]> = async (operation, { now: asOf }) => ({
      value: await readRegions(this, operation),
      asOf,
    });
    const shared = this.sharedAs(`regions ${product.regions?.action}`, REGION_CODEC);
    this.regionList = new CachedValue(read, ports, shared);
  }

  /** Uses the region list of another product of the account if the same action lists the regions of both. */
  shareRegions(sibling: ProviderRuntime): void {
    if (sibling.product.regions?.action === this.product.regions?.action)
      this.regionList = sibling.regionList;
  }

  /** The regions that the vendor listed last, however old; null where the config names them. */
  get listedRegions(): readonly Region[] | null {
    if (this.configured !== null) return null;
    return this.regionList.peek({ notBefore: Number.NEGATIVE_INFINITY })?.value ?? null;
  }

  /** The regions to read: those of the config, else all that the vendor lists. */
  async regions(operation: Operation): Promise<readonly Region[] | SourceError> {
    if (this.configured !== null) return this.configured;
    const read = await this.regionList.read(this.recently, operation);
    return read instanceof SourceError ? read : read.value;
  }

  /** The same if no call is needed, else null. */
  peekRegions(): readonly Region[] | null {
    return this.configured ?? this.regionList.peek(this.recently)?.value ?? null;
  }

  /** Regions change so seldom that the gateway reads them once a day. */
  private get recently(): Freshness {
    return { notBefore: this.ports.now() - 86_400_000 };
  }

  /** The list of a region's instances. */
  instanceList(region: Region): CachedValue<InstanceList> {
    return getOrMake(this.lists, region.id, () => {
      const log = new ReadingLog<ListItem<MappedInstance>>();
      const read: ReadWhole<InstanceList> = async (operation, time) => {
        const { value, asOf } = await readInstances(this, region, operation, { time, log });
        return { value: this.seen.note(region.id, value), asOf };
      };
      const codec = instanceCodec((listed) => this.seen.note(region.id, listed));
      const shared = this.sharedAs(`instances ${this.key} ${region.id}`, codec);
      return new CachedValue(read, this.ports, shared);
    });
  }

  private sharedAs<T>(name: string, codec: Codec<T>): SharedValue<T> | null {
    const { shared: cache, ports } = this;
    const { ttlMs, staleIfErrorMs } = ports.settings;
    return cache === null ? null : { ...codec, cache, name, keptMs: ttlMs + staleIfErrorMs };
  }
}

/** Reads the vendor's regions. Errors: `SourceError`. */
async function readRegions(
  { product: { regions }, call }: ProviderContext,
  operation: Operation,
): Promise<readonly Region[]> {
  if (regions === null)
    throw new SourceError("BAD_RESPONSE", "The vendor lists no regions; the config must.");
  const scope = { region: null, instance: null };
  const question = { action: regions.action, region: null, params: regions.params(scope) };
  const rows = regions.rows(await call(question, operation));
  const items = rows.map((row) => itemOf(regions as never, row, scope));
  const found = items.flatMap(({ mapped }) => (mapped === null ? [] : [mapped as Region]));
  return [...new Map(found.map((region) => [region.id, region])).values()];
}

const REGION_CODEC: Codec<readonly Region[]> = {
  encode: (regions) => regions,
  decode: (value) => (Array.isArray(value) && value.every(isRegion) ? value : null),
};

const isRegion = (value: unknown): value is Region =>
  isRow(value) && typeof value["id"] === "string";
