import type { Backup, BackupDownload } from "../domain/backup.js";
import { backupAddressOf, type BackupAddress } from "../domain/id.js";
import type { Instance, InstanceRef } from "../domain/instance.js";
import { caught, SourceError } from "../errors.js";
import type { Region } from "../listing/declaration.js";
import type { NextLists } from "../domain/reads.js";
import { beginNext } from "./prefetch.js";
import { instanceSourceName, readInstanceList, unlistedInstance } from "./scope.js";
import { WalkSource, type Reader } from "./readContext.js";
import type { ProviderRuntime } from "../providers/provider.js";
import type { SourceRef } from "../engine/sourceRef.js";

/** A provider's region, or null where the caller may not see it or there is none. */
export async function placeAt(
  { providers, operation }: Reader,
  provider: string,
  region: string,
): Promise<{ runtime: ProviderRuntime; region: Region } | null> {
  const runtime = providers.get(provider);
  if (runtime === undefined) return null;
  const regions = await runtime.regions(operation);
  if (regions instanceof SourceError) throw regions;
  const found = regions.find(({ id }) => id === region);
  return found === undefined ? null : { runtime, region: found };
}

/**
 * The instance at an address; null where its vendor does not list it. `next` tells the lists of backups
 * that are read of it next.
 * Errors: `SourceError` where that cannot be told.
 */
export async function findInstance(
  reader: Reader,
  ref: InstanceRef,
  next?: NextLists,
): Promise<Instance | null> {
  const place = await placeAt(reader, ref.provider, ref.region);
  if (place === null) return null;
  const reading = readInstanceList(reader, place, reader.startedAt);
  if (reading instanceof Promise && next !== undefined) beginNext(reader, [ref], next());
  const list = await reading;
  if (list instanceof SourceError) throw list;
  return list.value.byNativeId.get(ref.nativeId) ?? null;
}

/**
 * The backup that an id names, read from the slice that holds its start; null where there is none.
 * Errors: `SourceError` where that cannot be told.
 */
export async function findBackup(reader: Reader, id: string): Promise<Backup | null> {
  const address = backupAddressOf(id);
  const source = address === null ? null : await sourceOf(reader, address);
  if (address === null || source === null) return null;
  const slice = await new WalkSource(reader, source, reader.startedAt).read(
    address.startedAt,
    "newestFirst",
  );
  const found = slice.rows.find((row) => row.id === id) ?? null;
  if (found === null && slice.stale !== null)
    throw new SourceError("STALE", "The backup cannot be told: its list is not up to date.");
  return found;
}

/** The list that shows a backup: its instance's, or the region's for an instance that is gone. */
async function sourceOf(reader: Reader, address: BackupAddress): Promise<SourceRef | null> {
  const { provider, region, instanceNativeId: nativeId } = address;
  const place = await placeAt(reader, provider, region);
  if (place === null) return null;
  const listed = await caught(findInstance(reader, { provider, region, nativeId }));
  if (listed !== null && !(listed instanceof SourceError))
    return { ...place, instance: listed, name: instanceSourceName(listed) };
  const { wide } = place.runtime.product;
  if (wide !== null && place.runtime.wide.allows(region)) {
    const instance = unlistedInstance({ provider, region, nativeId }, wide.name);
    return { ...place, instance, name: instanceSourceName(instance) };
  }
  if (listed instanceof SourceError) throw listed;
  return null;
}

/**
 * Links to a backup's files, fetched now and never kept.
 * Errors: `SourceError`.
 */
export async function findDownloads(
  reader: Reader,
  backup: Backup,
): Promise<readonly BackupDownload[]> {
  const place = await placeAt(reader, backup.provider, backup.region);
  if (place === null) throw new SourceError("NOT_FOUND", "The backup's provider is not there.");
  const { downloads } = place.runtime.product;
  const links = await Promise.all(
    downloads
      .calls(backup, place.region)
      .map(async (call) =>
        downloads.map(
          await place.runtime.call(call, reader.operation),
          backup,
          reader.engine.ports.now(),
        ),
      ),
  );
  return links.flat();
}
