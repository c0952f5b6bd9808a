import type { Instance } from "../domain/instance.js";
import type { InstanceList } from "../providers/instanceList.js";
import { unlistedInstance, type ListedPlace, type Scope } from "./scope.js";

/**
 * The instances of a region whose lists are read one by one: each once.
 *
 * Cost: none that grows with the region's instances where the scope names its own.
 */
export function chosenInstances(
  place: ListedPlace,
  list: InstanceList,
  { instances }: Scope,
): readonly Instance[] {
  const { runtime, region } = place;
  if (instances === null) {
    const departed = runtime.product.wide === null ? [] : runtime.seen.departedOf(region.id, list);
    return [...list.instances, ...departed];
  }
  const chosen = new Map<string, Instance>();
  for (const { provider, region: of, nativeId } of instances) {
    if (provider !== runtime.key || of !== region.id) continue;
    const instance = list.byNativeId.get(nativeId) ?? unlisted(place, nativeId, list);
    if (instance !== null) chosen.set(nativeId, instance);
  }
  return [...chosen.values()];
}

/** An instance that is not listed any more, and whose backups only a wide list can show. */
function unlisted(
  { runtime, region }: ListedPlace,
  nativeId: string,
  list: InstanceList,
): Instance | null {
  const { wide } = runtime.product;
  if (wide === null) return null;
  const departed = runtime.seen.departedOne(region.id, nativeId, list);
  if (departed !== null || !runtime.wide.allows(region.id)) return departed;
  return unlistedInstance({ provider: runtime.key, region: region.id, nativeId }, wide.name);
}
