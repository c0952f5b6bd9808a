import type { Backup } from "../domain/backup.js";
import type { Instance } from "../domain/instance.js";
import { isRow } from "../domain/row.js";
import { holds, type Slice } from "../paging/slice.js";
import type { SourceMemory } from "../listing/read/span.js";
import type { SliceQuestion } from "../index/sliceStore.js";
import type { BackupListing, Region } from "../listing/declaration.js";
import type { Operation } from "../listing/operation.js";
import type { ProviderContext } from "../providers/context.js";
import { parsed, readShared, type SharedEntry } from "../index/replicas.js";
import type { SliceStore } from "../index/sliceStore.js";

/** One source, and what is known of it here. */
export interface SharedSource {
  readonly runtime: ProviderContext;
  readonly region: Region;
  /** Null for the region's wide list. */
  readonly instance: Instance | null;
  readonly listing: BackupListing;
  readonly memory: SourceMemory;
  readonly store: SliceStore<Backup>;
}

/** Gives the slice that another replica read, or reads it for all. Errors: those of `read`. */
export function readSharedSlice(
  source: SharedSource,
  question: SliceQuestion,
  operation: Operation,
  read: () => Promise<Slice<Backup>>,
): Promise<Slice<Backup>> {
  const { shared, ports } = source.runtime;
  if (shared === null) return read();
  const entry = sharedSlice(source, question, operation);
  return readShared(shared, entry, { operation, now: ports.now }, read);
}

/**
 * The slice that answers a question, as replicas share it.
 *
 * A slice that reaches to the newest row is kept in one place, wherever it was asked for: it is what
 * first pages want, and often the whole list. Others are kept by the question that they were read for.
 */
function sharedSlice(
  source: SharedSource,
  { instant, direction, freshness }: SliceQuestion,
  operation: Operation,
): SharedEntry<Slice<Backup>> {
  const { runtime, region, instance, listing, store } = source;
  const { now, settings } = runtime.ports;
  const { nativeId, shardCount } = instance ?? { nativeId: "", shardCount: null };
  // How many shards an instance has decides what its rows are.
  const name = ["slices", runtime.key, region.id, listing.name, nativeId, shardCount].join(" ");
  const top = `${name} top`;
  const isTop = instant === Number.POSITIVE_INFINITY;
  const own = isTop ? top : `${name} ${direction} ${instant}`;
  return {
    name: own,
    async find(cache) {
      const names = isTop ? [top] : [top, own];
      const texts = await Promise.all(names.map((each) => cache.get(each)));
      const slices = texts.flatMap((text) => sliceOf(text, now()) ?? []);
      const answers = slices.filter((slice) => holds(slice, instant));
      const fresh = answers.find(({ asOf }) => asOf >= freshness.notBefore);
      if (fresh === undefined) {
        // What is too old may still stand in for a read that fails.
        for (const slice of answers) store.offer(slice);
        return null;
      }
      learn(source.memory, fresh);
      operation.calls.add(runtime.account.vendor, listing.action, { cached: 1 });
      return fresh;
    },
    put: (cache, slice) =>
      cache.set(
        slice.until === Number.POSITIVE_INFINITY ? top : own,
        textOf(slice),
        Math.max(settings.ttlMs, runtime.rounds?.freshMs ?? 0) + settings.staleIfErrorMs,
      ),
  };
}

/** What a slice that another replica read tells of its source. */
function learn(memory: SourceMemory, { since, until, rows }: Slice<Backup>): void {
  const isWhole = since === Number.NEGATIVE_INFINITY && until === Number.POSITIVE_INFINITY;
  memory.large ||= !isWhole;
  memory.rows = Math.max(memory.rows, rows.length);
}

/** JSON knows no infinity: null stands for an end of time. */
const textOf = ({ since, until, rows, asOf, notices }: Slice<Backup>): string =>
  JSON.stringify({
    since: Number.isFinite(since) ? since : null,
    until: Number.isFinite(until) ? until : null,
    asOf,
    notices,
    rows,
  });

/** The slice that a text holds; null for anything else. */
function sliceOf(text: string | null, now: number): Slice<Backup> | null {
  const value = parsed(text);
  if (!isRow(value)) return null;
  const { since, until, asOf, notices, rows } = value;
  if (!isBound(since) || !isBound(until) || !isInstant(asOf)) return null;
  if (!Array.isArray(notices) || !Array.isArray(rows) || !rows.every(isBackup)) return null;
  return {
    since: since ?? Number.NEGATIVE_INFINITY,
    until: until ?? Number.POSITIVE_INFINITY,
    // Another replica's clock may be ahead of ours: it was read before now all the same.
    asOf: Math.min(asOf, now),
    notices: notices as Slice<Backup>["notices"],
    rows,
    stale: null,
  };
}

const isInstant = (value: unknown): value is number => Number.isFinite(value);

const isBound = (value: unknown): value is number | null => value === null || isInstant(value);

const isBackup = (value: unknown): value is Backup =>
  isRow(value) && typeof value["id"] === "string" && isInstant(value["startedAt"]);
