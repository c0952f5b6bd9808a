import DataLoader from "dataloader";
import { LRUCache } from "lru-cache";
import type { Fact, Instance, InstanceFacts } from "../domain/instance.js";
import { getOrMake } from "../domain/maps.js";
import { isRow } from "../domain/row.js";
import { caught, SourceError } from "../errors.js";
import { CachedValue, type Dated, type ReadWhole } from "../index/readThrough.js";
import type { Codec } from "../index/replicas.js";
import type { Freshness } from "../index/sliceStore.js";
import type { FactsDeclaration, Region } from "../listing/declaration.js";
import type { CallLog, Operation } from "../listing/operation.js";
import type { ProviderContext } from "./context.js";

/** Some facts of one instance. */
export type SomeFacts = Partial<InstanceFacts>;

/** The calls of one operation that wait to be joined. */
type Batches = Map<string, DataLoader<Instance, SomeFacts>>;

/**
 * The facts of a provider's instances that take calls of their own. Each is read once for all who need
 * it, together with those of other instances that the same operation needs, and kept for `ttl`.
 */
export class ProviderFacts {
  private readonly kept: LRUCache<string, CachedValue<SomeFacts>>;
  private readonly batches = new WeakMap<CallLog, Batches>();

  constructor(private readonly provider: ProviderContext) {
    // A cache with `max` would reserve memory for every entry at once.
    this.kept = new LRUCache({
      maxSize: provider.ports.settings.cacheRows,
      sizeCalculation: () => 1,
    });
  }

  /** The calls that show those of the wanted facts which the instance's list does not show. */
  callsFor(instance: Instance, wanted: readonly Fact[]): readonly FactsDeclaration[] {
    const { facts = [] } = this.provider.product;
    return facts.filter(
      (declaration) =>
        declaration.shows.some((fact) => wanted.includes(fact) && instance[fact] === null) &&
        (declaration.appliesTo?.(instance) ?? true),
    );
  }

  /** The facts that a call shows, if they are fresh enough, else null. */
  peek(
    declaration: FactsDeclaration,
    instance: Instance,
    freshness: Freshness,
  ): Dated<SomeFacts> | null {
    return this.kept.get(keyOf(declaration, instance))?.peek(freshness) ?? null;
  }

  /** The same, after the call. Errors: a value. */
  read(
    declaration: FactsDeclaration,
    { instance, region }: { readonly instance: Instance; readonly region: Region },
    freshness: Freshness,
    operation: Operation,
  ): Promise<Dated<SomeFacts> | SourceError> {
    const key = keyOf(declaration, instance);
    const value = getOrMake<string, CachedValue<SomeFacts>>(this.kept, key, () => {
      const { provider } = this;
      const read: ReadWhole<SomeFacts> = async (asking, { now: asOf }) => ({
        value: await this.batchOf(declaration, region, asking).load(instance),
        asOf,
      });
      const shared = provider.sharedAs(`facts ${provider.key} ${key}`, CODEC);
      return new CachedValue(read, provider.ports, shared);
    });
    return value.read(freshness, operation);
  }

  forget(): void {
    this.kept.clear();
  }

  /** When the last call for them failed, in epoch milliseconds; null if it did not. */
  failedAt(declaration: FactsDeclaration, instance: Instance): number | null {
    return this.kept.peek(keyOf(declaration, instance))?.failedAt ?? null;
  }

  /** Instances of one operation share calls. Those of others do not, because an operation may end. */
  private batchOf(declaration: FactsDeclaration, region: Region, operation: Operation) {
    return getOrMake(
      getOrMake(this.batches, operation.calls, () => new Map()),
      `${declaration.name} ${region.id}`,
      () =>
        new DataLoader<Instance, SomeFacts>(
          (instances) => this.ask(declaration, { instances, region }, operation),
          { cache: false, maxBatchSize: declaration.most },
        ),
    );
  }

  private async ask(
    { action, params, map }: FactsDeclaration,
    { instances, region }: { readonly instances: readonly Instance[]; readonly region: Region },
    operation: Operation,
  ): Promise<(SomeFacts | SourceError)[]> {
    const call = { action, region, params: params(instances, region) };
    const answer = this.provider.call(call, operation);
    const found = await caught(answer.then((body) => map(body, instances)));
    return instances.map(({ nativeId }) =>
      found instanceof SourceError ? found : (found.get(nativeId) ?? LEFT_OUT),
    );
  }
}

const LEFT_OUT = new SourceError("BAD_RESPONSE", "The vendor's answer leaves out the instance.");

const keyOf = ({ name }: FactsDeclaration, { region, nativeId }: Instance): string =>
  [name, region, nativeId].join(" ");

const CODEC: Codec<SomeFacts> = {
  encode: (facts) => facts,
  decode: (value) => (isRow(value) ? value : null),
};
