import type { Backup } from "../domain/backup.js";
import { backupAddressOf, type BackupAddress } from "../domain/id.js";
import { SourceError } from "../errors.js";
import { holds, type Slice } from "../paging/slice.js";
import type { Source } from "../sources/source.js";
import { findBackup, placeAt } from "./find.js";
import { placeName } from "./scope.js";
import { freshnessFor, type Reader } from "./readContext.js";
import type { SourceRef } from "../engine/sourceRef.js";

/** A backup that is looked for. */
interface Sought extends BackupAddress {
  readonly id: string;
}

/** What began no longer ago is looked for where lists begin. */
const NEW_MS = 86_400_000;

/** What was found by now: rows, and errors where they cannot be told. */
type Finds = Map<string, Backup | Error>;

/**
 * The backups that ids name, in their order; null where there is none.
 *
 * Cost:   that of the lists with the same rows: those of one region are looked up in its wide list for as
 *         long as that takes fewer calls than asking each instance.
 * Errors: an `Error` in the place of an id of which it cannot be told, and of no other.
 */
export async function findBackups(
  reader: Reader,
  ids: readonly string[],
): Promise<(Backup | null | Error)[]> {
  const found: Finds = new Map();
  await Promise.all(placesOf(ids).map((sought) => lookDown(reader, sought, found)));
  const rest = (id: string) => findBackup(reader, id).catch((error: Error) => error);
  const answers = await Promise.all(ids.map((id) => found.get(id) ?? rest(id)));
  return answers.map((answer, i) => {
    const provider = backupAddressOf(ids[i] ?? "")?.provider;
    return answer instanceof SourceError && provider !== undefined ? answer.of(provider) : answer;
  });
}

/** The ids by the region that they lead to, newest first. */
function placesOf(ids: readonly string[]): Sought[][] {
  const places = new Map<string, Sought[]>();
  for (const id of new Set(ids)) {
    const address = backupAddressOf(id);
    if (address === null) continue;
    const place = `${address.provider}\0${address.region}`;
    const sought = places.get(place);
    if (sought === undefined) places.set(place, [{ ...address, id }]);
    else sought.push({ ...address, id });
  }
  return [...places.values()].map((sought) => sought.sort((a, b) => b.startedAt - a.startedAt));
}

/** Reads down a region's wide list from the newest backup that is looked for. */
async function lookDown(reader: Reader, all: readonly Sought[], found: Finds): Promise<void> {
  const wide = await wideOf(reader, all[0] as Sought);
  if (wide === null) return;
  let left = all;
  // Where a list begins, so do lists: one slice serves both.
  let fromTop = reader.startedAt - (all[0]?.startedAt ?? 0) < NEW_MS;
  while (pays(wide.source, left)) {
    const slice = await readAt(reader, wide, left, fromTop);
    if (slice === null) return;
    if (slice instanceof Error) return left.forEach(({ id }) => void found.set(id, slice));
    const rows = new Map(slice.rows.map((row) => [row.id, row]));
    const rest = left.filter(({ startedAt }) => !holds(slice, startedAt));
    for (const { id } of left) {
      const row = rows.get(id);
      if (row !== undefined) found.set(id, row);
    }
    // Old data may end below what is looked for.
    if (rest.length === left.length && !fromTop) return;
    fromTop = false;
    left = rest;
  }
}

/** A region's wide list. */
interface Wide {
  readonly ref: SourceRef;
  readonly source: Source;
}

async function wideOf(reader: Reader, { provider, region }: Sought): Promise<Wide | null> {
  try {
    const place = await placeAt(reader, provider, region);
    const source = place === null ? null : reader.planner.wide(place);
    if (place === null || source === null) return null;
    return {
      ref: { ...place, instance: null, name: placeName(place.runtime, place.region) },
      source,
    };
  } catch (error) {
    // Each backup tells by itself why its region cannot be told.
    if (error instanceof SourceError) return null;
    throw error;
  }
}

/** Null where asking one by one is better. */
function readAt(
  reader: Reader,
  { ref, source }: Wide,
  left: readonly Sought[],
  fromTop: boolean,
): Promise<Slice<Backup> | Error | null> {
  const { planner, operation, startedAt: walkStart } = reader;
  const instant = fromTop ? Number.POSITIVE_INFINITY : (left[0] as Sought).startedAt;
  const freshness = freshnessFor(reader, walkStart);
  const worth = source.takesWindows
    ? Number.POSITIVE_INFINITY
    : instancesIn(left) * source.pageSize;
  const question = { instant, direction: "newestFirst", freshness, walkStart } as const;
  if (planner.peek({ ref, question }) !== null)
    operation.calls.add(ref.runtime.account.vendor, ref.runtime.product.wide?.action ?? "", {
      cached: 1,
    });
  return planner.readWide(ref, { ...question, giveUpAbove: worth }, operation);
}

/**
 * Whether reading on, as far as some backup that is looked for, spares more instances their own call
 * than it takes.
 */
function pays(wide: Source, left: readonly Sought[]): boolean {
  const last = new Map(
    left.map(({ instanceNativeId, startedAt }) => [instanceNativeId, startedAt]),
  );
  const newest = left[0]?.startedAt ?? 0;
  return [...last.values()]
    .sort((a, b) => b - a)
    .some((startedAt, i) => i + 1 > wide.callsOver(newest - startedAt));
}

const instancesIn = (left: readonly Sought[]): number =>
  new Set(left.map(({ instanceNativeId }) => instanceNativeId)).size;
