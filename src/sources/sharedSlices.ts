import type { Backup } from "../domain/backup.js";
import { isRow } from "../domain/row.js";
import { parsed, sharedAsOf, type SharedCache, type SharedEntry } from "../index/replicas.js";
import { answers, type SliceQuestion } from "../index/sliceStore.js";
import { holds, type Slice } from "../paging/slice.js";

/** How one source shares its slices. */
interface SliceSharing {
  readonly cache: SharedCache;
  /** Names the source and what decides how its rows are read; unique within the account. */
  readonly name: string;
  /** How long a slice is shared. Units: milliseconds. */
  readonly keptMs: number;
  readonly now: () => number;
  /** Called with the shared slice that answers the question. */
  readonly onFound: (slice: Slice<Backup>) => void;
  /** Called with a shared slice that is too old, because it may stand in for a read that fails. */
  readonly onOld: (slice: Slice<Backup>) => void;
}

/**
 * The slice that answers a question, as replicas share it.
 *
 * The slice that reaches to the newest row has one name, whatever it was read for: first pages want it,
 * and often it is the whole list. Other slices are named after the question they were read for.
 */
export function sharedSlice(
  { instant, direction, freshness }: SliceQuestion,
  { cache, name, keptMs, now, onFound, onOld }: SliceSharing,
): SharedEntry<Slice<Backup>> {
  const top = `${name} top`;
  const isTop = instant === Number.POSITIVE_INFINITY;
  const own = isTop ? top : `${name} ${direction} ${instant}`;
  return {
    cache,
    name: own,
    async find() {
      const names = isTop ? [top] : [top, own];
      const texts = await Promise.all(names.map((each) => cache.get(each)));
      const found = texts.flatMap((text) => sliceOf(text, now()) ?? []);
      const holding = found.filter((slice) => holds(slice, instant));
      const fresh = holding.find((slice) => answers(slice, { instant, freshness })) ?? null;
      if (fresh === null) holding.forEach(onOld);
      else onFound(fresh);
      return fresh;
    },
    put: (slice) =>
      cache.set(slice.until === Number.POSITIVE_INFINITY ? top : own, textOf(slice), keptMs),
  };
}

/** JSON has no infinity: null stands for an end of time. */
const textOf = ({ since, until, rows, asOf, notices, starting }: Slice<Backup>): string =>
  JSON.stringify({
    since: Number.isFinite(since) ? since : null,
    until: Number.isFinite(until) ? until : null,
    asOf,
    notices,
    starting,
    rows,
  });

/** The slice that a text holds; null for anything else. */
function sliceOf(text: string | null, now: number): Slice<Backup> | null {
  const value = parsed(text);
  if (!isRow(value)) return null;
  const { since, until, asOf, notices, rows, starting = [] } = value;
  if (!isBound(since) || !isBound(until) || !isInstant(asOf)) return null;
  const readAt = sharedAsOf(asOf, now);
  if (readAt === null) return null;
  if (!Array.isArray(notices) || !areBackups(rows) || !areBackups(starting)) return null;
  return {
    since: since ?? Number.NEGATIVE_INFINITY,
    until: until ?? Number.POSITIVE_INFINITY,
    asOf: readAt,
    notices: notices as Slice<Backup>["notices"],
    starting,
    rows,
    stale: null,
  };
}

const isInstant = (value: unknown): value is number => Number.isFinite(value);

const isBound = (value: unknown): value is number | null => value === null || isInstant(value);

const areBackups = (value: unknown): value is Backup[] =>
  Array.isArray(value) && value.every(isBackup);

const isBackup = (value: unknown): value is Backup =>
  isRow(value) && typeof value["id"] === "string" && isInstant(value["startedAt"]);
