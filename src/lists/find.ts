import type { Backup, BackupDownload } from "../domain/backup.js";
import { type BackupAddress, backupAddressOf, type Key } from "../domain/id.js";
import type { Instance } from "../domain/instance.js";
import type { BackupStatus } from "../domain/words.js";
import { SourceError } from "../errors.js";
import { unlessAborted } from "../listing/callVendor.js";
import { walkOrigin } from "../paging/direction.js";
import { PageTaker, takePage, type Page, type PageRequest } from "../paging/page.js";
import { indexed } from "../providers/instanceList.js";
import type { Source } from "../sources/source.js";
import { instancesAt, missingFrom, placeAt, unlistedInstance } from "./places.js";
import { WalkSource, type ReadContext } from "./readContext.js";

/**
 * The backup with an id, from the slice that holds its start; null if there is none.
 *
 * Errors: `SourceError`, also of a backup that a list lacks in which something is missing.
 */
export async function findBackup(
  context: ReadContext,
  id: string,
): Promise<Backup | SourceError | null> {
  const address = backupAddressOf(id);
  const list = address === null ? null : await listOf(context, address);
  if (address === null || list === null) return null;
  if (list instanceof SourceError) return list;
  const source = new WalkSource(context, list, context.now);
  const slice =
    source.peek(address.startedAt, "newestFirst") ??
    (await source.read(address.startedAt, "newestFirst"));
  if (slice instanceof SourceError) return slice;
  return slice.rows.find((row) => row.id === id) ?? missingFrom(slice);
}

/** The list that shows a backup: its instance's, or the region's for an instance that is gone. */
async function listOf(
  context: ReadContext,
  { provider, region, instanceNativeId: nativeId }: BackupAddress,
): Promise<Source | SourceError | null> {
  const place = await placeAt(context, { provider, region });
  if (place === null || place instanceof SourceError) return place;
  const list = await instancesAt(context, place, context.startedAt);
  const isFailed = list instanceof SourceError;
  const { byNativeId, byMember } = isFailed ? NO_INSTANCES : list.value;
  const listed = byNativeId.get(nativeId) ?? byMember.get(nativeId);
  const { engine } = context.parts;
  if (listed !== undefined) return engine.source(place, listed);
  const { wide } = place.runtime.product;
  if (wide !== null && place.runtime.wide.allows(region))
    return engine.source(place, unlistedInstance({ provider, region, nativeId }, wide.name));
  return isFailed ? list : missingFrom({ notices: list.value.notices, stale: list.stale });
}

const NO_INSTANCES = indexed([], []);

/** Which of an instance's backups to look for, newest first. */
export interface Search {
  readonly matches: (row: Backup) => boolean;
  /** The number of backups to find. By default, one. */
  readonly limit?: number;
  /** The search begins after this key. By default, at the newest backup. */
  readonly from?: Key;
  /** The search ends before this key. By default, at the oldest backup. */
  readonly end?: Key;
}

/** The newest backups of an instance that match, and what was met on the way. */
export async function newestOf(
  context: ReadContext,
  instance: Instance,
  search: Search,
): Promise<Page<Backup>> {
  return takePage(await searchIn(context, instance, search));
}

/** The same if no call is needed, else null. */
export async function peekNewestOf(
  context: ReadContext,
  instance: Instance,
  search: Search,
): Promise<Page<Backup> | null> {
  return new PageTaker(await searchIn(context, instance, search)).peek();
}

/**
 * Works on the newest backups of each instance, in the order of the instances.
 *
 * Where they are cached, nothing waits, so the work takes turns of the event loop with other requests. The other
 * instances begin together, so that one call can read the backups of many.
 */
export function inTurns<E extends { readonly instance: Instance }, T>(
  context: ReadContext,
  entries: readonly E[],
  work: (entry: E) => Promise<T>,
): Promise<T[]> {
  const all = entries.map(async (entry) => {
    const source = await walkSourceOf(context, entry.instance);
    const key = source.keyOf(Number.POSITIVE_INFINITY, "newestFirst");
    if (context.parts.planner.peek(key) === null) return work(entry);
    return context.turns.begin(() => work(entry));
  });
  return Promise.all(all);
}

async function searchIn(
  context: ReadContext,
  instance: Instance,
  { matches, limit = 1, from = walkOrigin("newestFirst"), end }: Search,
): Promise<PageRequest<Backup>> {
  return {
    direction: "newestFirst",
    sources: [await walkSourceOf(context, instance)],
    state: { position: from, debts: [] },
    end: end ?? null,
    limit,
    matches,
  };
}

/** The backups of an instance that are under way and have no start yet, if its newest backups were read. */
export async function startingOf(
  context: ReadContext,
  instance: Instance,
): Promise<readonly Backup[]> {
  const source = await walkSourceOf(context, instance);
  const key = source.keyOf(Number.POSITIVE_INFINITY, "newestFirst");
  const starting = context.parts.planner.peek(key)?.starting ?? [];
  return starting.filter(({ instanceNativeId }) => instanceNativeId === instance.nativeId);
}

async function walkSourceOf(context: ReadContext, instance: Instance): Promise<WalkSource> {
  const place = await placeAt(context, instance);
  if (place instanceof SourceError) throw place;
  if (place === null) throw new SourceError("NOT_FOUND", "The instance's region does not exist.");
  return new WalkSource(context, context.parts.engine.source(place, instance), context.now);
}

/** Vendors refuse to link to the files of backups in these states, or have none. */
const HAS_NO_FILE: ReadonlySet<BackupStatus> = new Set<BackupStatus>([
  "RUNNING",
  "FAILED",
  "LOCKED",
  "EXPIRED",
  "DELETED",
]);

/**
 * Links to a backup's files, requested now and never cached.
 * @throws {SourceError}
 */
export async function findDownloads(
  context: ReadContext,
  backup: Backup,
): Promise<readonly BackupDownload[]> {
  if (HAS_NO_FILE.has(backup.status)) return [];
  const place = await placeAt(context, backup);
  if (place instanceof SourceError) throw place;
  if (place === null) throw new SourceError("NOT_FOUND", "The backup's region does not exist.");
  const { runtime, region } = place;
  const { downloads } = runtime.product;
  const { http, now: ownNow } = context.parts.engine.ports;
  // The vendor decides when a link ends.
  const now = (): number => ownNow() + http.state(runtime.account.id).offsetMs;
  const links = await Promise.all(
    downloads
      .calls(backup, region)
      .map(async (call) =>
        downloads.map(await runtime.call(call, context.operation), backup, now()),
      ),
  );
  if (downloads.signed === undefined) return links.flat();
  const product = await unlessAborted(runtime.productNow(), context.operation);
  const signed = product.downloads.signed?.(backup, region, now()) ?? [];
  const until = runtime.credentials?.expiresAt ?? Number.POSITIVE_INFINITY;
  return [...links.flat(), ...signed.map((link) => endingBy(link, until))];
}

/** A link that temporary credentials have signed opens only as long as they are good. */
const endingBy = (link: BackupDownload, until: number): BackupDownload =>
  link.expiresAt !== null && link.expiresAt > until ? { ...link, expiresAt: until } : link;
