import type { Instance } from "../domain/instance.js";
import { instanceId } from "../domain/id.js";
import type { MappedInstance } from "../listing/declaration.js";

/** The instances of one region as its list told them, and the rows that could not be read. */
export interface ListedInstances {
  readonly instances: readonly Instance[];
  readonly faults: readonly string[];
}

/** The same, so that one of them is found. */
export interface InstanceList extends ListedInstances {
  readonly byNativeId: ReadonlyMap<string, Instance>;
}

/** Gives a region's mapped rows their addresses. */
export function listOf(
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

/** The list of these instances. */
export const indexed = (
  instances: readonly Instance[],
  faults: readonly string[],
): InstanceList => ({
  instances,
  byNativeId: new Map(instances.map((instance) => [instance.nativeId, instance])),
  faults,
});
