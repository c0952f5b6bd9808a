import type { Backup } from "../domain/backup.js";
import { backupAddressOf, type BackupAddress } from "../domain/id.js";
import { groupBy } from "../domain/maps.js";
import { SourceError } from "../errors.js";
import { holds, type Reading } from "../paging/slice.js";
import type { Source } from "../sources/source.js";
import { findBackup } from "./find.js";
import { placeAt } from "./places.js";
import type { ReadContext } from "./readContext.js";

/** A backup to look for. */
interface Wanted extends BackupAddress {
  readonly id: string;
}

/** Lists are read from their newest row anyway, so newer backups than this are looked for from there. */
const NEW_MS = 86_400_000;

/** What was found, by id: rows, and errors of lists that could not be read. */
type Finds = Map<string, Backup | SourceError>;

/**
 * The backups with these ids, in their order; null for an id that names none.
 *
 * Cost:   as listing the same rows: those of one region are looked up in its wide list as long as that
 *         takes fewer calls than reading the list of each instance.
 * Errors: a `SourceError` in the place of each id whose list could not be read.
 */
export async function findBackups(
  context: ReadContext,
  ids: readonly string[],
): Promise<(Backup | SourceError | null)[]> {
  const found: Finds = new Map();
  await Promise.all(byRegion(ids).map((wanted) => searchWide(context, wanted, found)));
  const answers = await Promise.all(ids.map((id) => found.get(id) ?? findBackup(context, id)));
  return answers.map((answer, i) => {
    const provider = backupAddressOf(ids[i] ?? "")?.provider;
    return answer instanceof SourceError && provider !== undefined ? answer.of(provider) : answer;
  });
}

/** The backups to look for by region, newest first. */
function byRegion(ids: readonly string[]): Wanted[][] {
  const all = [...new Set(ids)].flatMap((id): Wanted[] => {
    const address = backupAddressOf(id);
    return address === null ? [] : [{ ...address, id }];
  });
  const regions = groupBy(all, ({ provider, region }) => `${provider}\0${region}`);
  return [...regions.values()].map((wanted) => wanted.sort((a, b) => b.startedAt - a.startedAt));
}

/** Reads a region's wide list downwards from the newest backup to look for. */
async function searchWide(
  context: ReadContext,
  all: readonly Wanted[],
  found: Finds,
): Promise<void> {
  const wide = await wideOf(context, all[0] as Wanted);
  if (wide === null) return;
  let left = all;
  // Lists are read from the top, so one slice serves both.
  let fromTop = context.startedAt - (all[0]?.startedAt ?? 0) < NEW_MS;
  while (pays(wide, left)) {
    const slice = await readAt(context, wide, left, fromTop);
    if (slice === null) return;
    if (slice instanceof SourceError) return left.forEach(({ id }) => void found.set(id, slice));
    const rows = new Map(slice.rows.map((row) => [row.id, row]));
    const rest = left.filter(({ startedAt }) => !holds(slice, startedAt));
    for (const { id } of left) {
      const row = rows.get(id);
      if (row !== undefined) found.set(id, row);
    }
    // A stale slice may end below the backups to look for.
    if (rest.length === left.length && !fromTop) return;
    fromTop = false;
    left = rest;
  }
}

/** A region's wide list, or null. If the region is unknown, each backup reports that by itself. */
async function wideOf(context: ReadContext, wanted: Wanted): Promise<Source | null> {
  const place = await placeAt(context, wanted);
  if (place === null || place instanceof SourceError) return null;
  return context.parts.planner.wide(place);
}

/** Null if it is better to read the lists of the instances. */
function readAt(
  context: ReadContext,
  source: Source,
  left: readonly Wanted[],
  fromTop: boolean,
): Promise<Reading<Backup> | null> {
  const { parts, operation, startedAt: walkStart } = context;
  const instant = fromTop ? Number.POSITIVE_INFINITY : (left[0] as Wanted).startedAt;
  const freshness = context.freshnessFor(walkStart, source.freshMs);
  const giveUpAbove = source.takesWindows
    ? Number.POSITIVE_INFINITY
    : source.worth(instancesIn(left));
  const question = { instant, direction: "newestFirst", freshness, walkStart } as const;
  if (parts.planner.peek({ source, question }) !== null) context.countCached(source);
  return parts.planner.readWide(source, { ...question, giveUpAbove }, operation);
}

/**
 * Whether reading the wide list down to some backup saves more calls, one for each instance above it, than
 * it takes.
 */
function pays(wide: Source, left: readonly Wanted[]): boolean {
  const oldest = new Map(
    left.map(({ instanceNativeId, startedAt }) => [instanceNativeId, startedAt]),
  );
  const newest = left[0]?.startedAt ?? 0;
  return [...oldest.values()]
    .sort((a, b) => b - a)
    .some((startedAt, i) => i + 1 > wide.callsOver(newest - startedAt));
}

const instancesIn = (left: readonly Wanted[]): number =>
  new Set(left.map(({ instanceNativeId }) => instanceNativeId)).size;
