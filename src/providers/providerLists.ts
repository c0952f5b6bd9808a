import { SourceError } from "../errors.js";
import type { MappedInstance, Region } from "../listing/declaration.js";
import { listOf, type ListedInstances } from "./instanceList.js";
import { itemOf } from "../listing/item.js";
import type { Operation } from "../listing/operation.js";
import type { ProviderRuntime } from "./provider.js";
import { readWholeList, type WholeListLimits } from "../listing/wholeList.js";

/** Asks the vendor for its regions. Errors: `SourceError`. */
export async function readRegions(
  { product: { regions }, call }: ProviderRuntime,
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

/** Asks the vendor for a region's instances, all of them. Errors: `SourceError`. */
export async function readInstances(
  runtime: ProviderRuntime,
  region: Region,
  operation: Operation,
  reading: Pick<WholeListLimits<MappedInstance>, "time" | "log">,
): Promise<{ readonly value: ListedInstances; readonly asOf: number }> {
  const { instances: listing } = runtime.product;
  const context = {
    listing,
    scope: { region, instance: null },
    form: runtime.formOf(listing.name),
    call: runtime.call,
  };
  const { items, asOf } = await readWholeList<MappedInstance>(context, operation, {
    ...reading,
    scanRows: runtime.ports.settings.scanRows,
    memory: runtime.memoryOf(listing.name),
    onBroken: runtime.tellOf(listing.name),
  });
  return { value: listOf(runtime.key, region.id, items), asOf };
}
