import type { Instance } from "../domain/instance.js";
import { instanceId } from "../domain/id.js";
import { isRow } from "../domain/row.js";
import type { Codec } from "../index/replicas.js";
import type { MappedInstance, Region } from "../listing/declaration.js";
import type { Operation } from "../listing/operation.js";
import { readWholeList, type WholeListLimits } from "../listing/wholeList.js";
import type { ProviderContext } from "./context.js";

/** The instances of one region, and the rows of their list that could not be decoded. */
export interface ListedInstances {
  /** Sorted by native id. */
  readonly instances: readonly Instance[];
  readonly faults: readonly string[];
}

/** The same, with an index of the instances. */
export interface InstanceList extends ListedInstances {
  readonly byNativeId: ReadonlyMap<string, Instance>;
}

/** Indexes a list of instances. */
export const indexed = (
  instances: readonly Instance[],
  faults: readonly string[],
): InstanceList => ({
  instances,
  byNativeId: new Map(instances.map((instance) => [instance.nativeId, instance])),
  faults,
});

/** Reads all instances of a region from the vendor. Errors: `SourceError`. */
export async function readInstances(
  provider: ProviderContext,
  region: Region,
  operation: Operation,
  reading: Pick<WholeListLimits<MappedInstance>, "time" | "log">,
): Promise<{ readonly value: ListedInstances; readonly asOf: number }> {
  const { instances: listing } = provider.product;
  const context = {
    listing,
    scope: { region, instance: null },
    form: provider.formOf(listing.name),
    call: provider.call,
  };
  const { items, asOf } = await readWholeList<MappedInstance>(context, operation, {
    ...reading,
    scanRows: provider.ports.settings.scanRows,
    memory: provider.memoryOf(listing.name),
    onBroken: provider.tellOf(listing.name),
  });
  return { value: listOf(provider.key, region.id, items), asOf };
}

/** Gives the mapped rows of a region their addresses. */
function listOf(
  provider: string,
  region: string,
  items: readonly { mapped: MappedInstance | null; fault: string | null }[],
): ListedInstances {
  const instances = items
    .flatMap(({ mapped }) => (mapped === null ? [] : [mapped]))
    .map((mapped) => ({
      ...mapped,
      provider,
      region,
      id: instanceId(provider, region, mapped.nativeId),
    }))
    .sort((a, b) => (a.nativeId < b.nativeId ? -1 : a.nativeId > b.nativeId ? 1 : 0));
  return { instances, faults: items.flatMap(({ fault }) => (fault === null ? [] : [fault])) };
}

/** Encodes a region's instances for other replicas; `note` receives those that another replica read. */
export const instanceCodec = (
  note: (listed: ListedInstances) => InstanceList,
): Codec<InstanceList> => ({
  encode: ({ instances, faults }) => ({ instances, faults }),
  decode(value) {
    if (!isRow(value)) return null;
    const { instances, faults } = value;
    const isList = Array.isArray(instances) && instances.every(isInstance);
    return isList && Array.isArray(faults) ? note({ instances, faults: faults as string[] }) : null;
  },
});

const isInstance = (value: unknown): value is Instance =>
  isRow(value) && typeof value["id"] === "string" && typeof value["nativeId"] === "string";
