import type { Instance } from "../domain/instance.js";
import { instanceId } from "../domain/id.js";
import { isRow } from "../domain/row.js";
import { SourceError } from "../errors.js";
import type { Codec } from "../index/replicas.js";
import type { InstanceListing, MappedInstance, Region } from "../listing/declaration.js";
import type { ListItem } from "../listing/item.js";
import type { Operation } from "../listing/operation.js";
import type { ListNotice } from "../listing/shape.js";
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

/** A row of an instance list, and the region that it belongs to; null if it cannot be decoded. */
interface ListedRow extends Pick<ListItem<MappedInstance>, "mapped" | "fault"> {
  readonly region: string | null;
}

/** One instance list as it was read: of a region, or of all regions of the account. */
export interface ListedRows {
  readonly rows: readonly ListedRow[];
  /** What the vendor says is missing from it. */
  readonly notices: readonly ListNotice[];
  readonly asOf: number;
}

/** What continues a reading that was cut, and where the lists of the whole account are kept. */
export interface InstanceReading extends Pick<WholeListLimits<MappedInstance>, "time" | "log"> {
  /** Reads a list of the whole account, once for all its regions. Errors: a value. */
  readonly ofAccount: (listing: InstanceListing) => Promise<ListedRows | SourceError>;
}

/**
 * Reads all instances of a region from every list of the product.
 *
 * Errors: `SourceError`. A list from which the vendor says that something of the region is missing counts
 *         as failed, because an instance that is not listed would look deleted.
 */
export async function readInstances(
  provider: ProviderContext,
  region: Region,
  operation: Operation,
  reading: InstanceReading,
): Promise<{ readonly value: ListedInstances; readonly asOf: number }> {
  const lists = await Promise.all(
    provider.product.instances.map((listing) =>
      listing.scope === "account"
        ? reading.ofAccount(listing)
        : readListedRows(provider, { listing, region }, operation, reading),
    ),
  );
  const read = lists.map((list) => ownPart(list, region.id));
  const rows = read.flatMap((list) => list.rows);
  const asOf = Math.min(...read.map((list) => list.asOf));
  return { value: listOf(provider.key, region.id, rows), asOf };
}

/** The rows of a region, and those that cannot be decoded. */
function ownPart(list: ListedRows | SourceError, region: string): ListedRows {
  if (list instanceof SourceError) throw list;
  const missing = list.notices.find((notice) => (notice.region ?? region) === region);
  if (missing !== undefined)
    throw new SourceError(missing.code, missing.message, { retryable: true });
  return { ...list, rows: list.rows.filter((row) => (row.region ?? region) === region) };
}

/** Reads one instance list; `region` is null for a list of the whole account. Errors: `SourceError`. */
export async function readListedRows(
  provider: ProviderContext,
  { listing, region }: { readonly listing: InstanceListing; readonly region: Region | null },
  operation: Operation,
  reading: Pick<InstanceReading, "time" | "log">,
): Promise<ListedRows> {
  const context = {
    listing,
    scope: { region, instance: null },
    form: provider.formOf(listing.name),
    call: provider.call,
    scanRows: provider.ports.settings.scanRows,
  };
  const { items, notices, asOf } = await readWholeList<MappedInstance>(context, operation, {
    ...reading,
    memory: provider.memoryOf(listing.name),
    onBroken: provider.tellOf(listing.name),
  });
  return { rows: items.map((item) => listedRow(listing, item)), notices, asOf };
}

function listedRow({ regionOf }: InstanceListing, item: ListItem<MappedInstance>): ListedRow {
  const { row, mapped, fault } = item;
  if (regionOf === undefined || mapped === null) return { mapped, fault, region: null };
  try {
    return { mapped, fault, region: regionOf(row) };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { mapped: null, fault: error.message, region: null };
  }
}

/** Gives the rows of a region their addresses; an instance that several lists show is shown once. */
function listOf(
  provider: string,
  region: string,
  items: readonly Pick<ListedRow, "mapped" | "fault">[],
): ListedInstances {
  const instances = items
    .flatMap(({ mapped }) => (mapped === null ? [] : [mapped]))
    .map((mapped) => ({
      ...mapped,
      provider,
      region,
      id: instanceId(provider, region, mapped.nativeId),
    }));
  const unique = [...new Map(instances.map((instance) => [instance.id, instance])).values()];
  return {
    instances: unique.sort((a, b) =>
      a.nativeId < b.nativeId ? -1 : a.nativeId > b.nativeId ? 1 : 0,
    ),
    faults: items.flatMap(({ fault }) => (fault === null ? [] : [fault])),
  };
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
