import type { Backup, MappedBackup } from "../domain/backup.js";
import type { Instance } from "../domain/instance.js";
import { SourceError } from "../errors.js";
import type { Ask } from "../listing/read/page.js";
import { readSpan } from "../listing/read/readSpan.js";
import { AHEAD_MS, type SourceMemory, type SpanRead } from "../listing/read/span.js";
import type { Slice } from "../paging/slice.js";
import { backupsOf } from "./backupRows.js";
import type { SliceQuestion } from "../index/sliceStore.js";
import type { BackupListing, Region } from "../listing/declaration.js";
import type { ListItem } from "../listing/item.js";
import { knownRowsOf } from "../listing/knownRows.js";
import { askPage } from "../listing/askPage.js";
import type { Operation } from "../listing/operation.js";
import type { ProviderContext } from "../providers/context.js";
import type { ReadingLog } from "../listing/checkpoint.js";
import { SHARD_SET_MS } from "./shardSets.js";

const DAY = 86_400_000;
/** The longest that a vendor keeps a backup of which no instance tells the age: five years. */
const LONGEST_KEPT_MS = 1_890 * DAY;

/** A source as it is read, and what is known of it. */
export interface SourceReading {
  readonly runtime: ProviderContext;
  readonly region: Region;
  readonly listing: BackupListing;
  /** Null for the region's wide list. */
  readonly instance: Instance | null;
  readonly memory: SourceMemory;
  readonly log: ReadingLog<ListItem<MappedBackup>>;
  /** What was last read there, however long ago. */
  readonly held: Slice<Backup> | null;
  /** A vendor's total above this ends the reading. */
  readonly giveUpAbove: number;
}

/**
 * Asks the vendor for the slice that holds an instant.
 *
 * Errors: `SourceError`; where it is CUT, the next reading goes on behind what was answered.
 */
export function readSlice(
  source: SourceReading,
  question: SliceQuestion,
  operation: Operation,
): Promise<Slice<Backup>> {
  const { runtime, region, listing, instance, log, held } = source;
  const form = runtime.formOf(listing.name);
  const known = knownRowsOf(held, listing);
  const context = { listing, scope: { region, instance }, form, call: runtime.call, known };
  const { direction, instant, freshness } = question;
  // A list without windows is asked the same for every instant.
  const name = listing.shape.window === null ? "" : `${direction} ${instant}`;
  return log.take(
    (page) => askPage(context, page, operation),
    { name, now: runtime.ports.now(), notBefore: freshness.notBefore },
    async (ask, asOf) => {
      const read = await spanOf(source, question, { ask, asOf });
      // A walk that began earlier looks back further: it may not take this for the beginning.
      const since = Math.max(read.since, floorOf(runtime, question.walkStart));
      return sliceOf(source, { ...read, since }, asOf);
    },
  );
}

function spanOf(
  { runtime, listing, instance, memory, giveUpAbove }: SourceReading,
  { instant, direction, walkStart }: SliceQuestion,
  { ask, asOf }: { readonly ask: Ask<ListItem<MappedBackup>>; readonly asOf: number },
): Promise<SpanRead<ListItem<MappedBackup>>> {
  const isSet = listing.sharded === true && instance?.shardCount !== 1;
  return readSpan({
    ask,
    shape: listing.shape,
    memory: runtime.memoryOf(listing.name),
    scanRows: runtime.ports.settings.scanRows,
    giveUpAbove,
    source: memory,
    instant,
    direction,
    bounds: { lowest: lowestOf(runtime, instance, walkStart), newest: asOf + AHEAD_MS },
    groupMs: isSet ? SHARD_SET_MS : 0,
    isTooWide: (error) => isTooWide(listing, error),
    onBroken: runtime.tellOf(listing.name),
  });
}

function sliceOf(
  { runtime, region, listing, instance }: SourceReading,
  read: SpanRead<ListItem<MappedBackup>>,
  asOf: number,
): Slice<Backup> {
  const { key: provider } = runtime;
  const shardCount = instance?.shardCount ?? null;
  const { rows, notices } = backupsOf(
    read,
    { provider, region: region.id, listing, shardCount },
    asOf,
  );
  return { since: read.since, until: read.until, rows, asOf, notices, stale: null };
}

/** No list is looked at before this instant; the beginning of time where nothing limits that. */
export const floorOf = (
  { product: { lookbackMs } }: Pick<ProviderContext, "product">,
  walkStart: number,
): number => (lookbackMs === null ? Number.NEGATIVE_INFINITY : walkStart - lookbackMs);

/** No row is older: what is looked back to, else the instance's creation. */
function lowestOf(runtime: ProviderContext, instance: Instance | null, walkStart: number): number {
  const created = instance?.createdAt ?? null;
  const kept = created === null ? walkStart - LONGEST_KEPT_MS : created - DAY;
  return Math.max(kept, floorOf(runtime, walkStart));
}

function isTooWide({ windowTooWideOn = [] }: BackupListing, error: unknown): boolean {
  const code = error instanceof SourceError ? error.details.code : undefined;
  return code !== undefined && windowTooWideOn.includes(code);
}
