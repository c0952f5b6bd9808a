import { isSameInstance, type Instance, type InstanceRef } from "../../domain/instance.js";
import { firstInstant } from "../../paging/direction.js";
import { takePage, type PageRequest } from "../../paging/page.js";
import type { SliceQuestion } from "../backupSource.js";
import type { Dated } from "../cached.js";
import type { InstanceList } from "../instanceList.js";
import { filterScope } from "./backupFilter.js";
import { backupWalk, type BackupRange } from "./backupWalk.js";
import { chosenInstances } from "./chosenInstances.js";
import { heldSource, type InstanceRow } from "./instanceSources.js";
import { WalkSource, type Reader } from "./reader.js";
import {
  instanceSourceName,
  placesIn,
  type ListedPlace,
  type Place,
  type Scope,
} from "./targets.js";

/*
 * Which lists of backups there are to ask is told by the lists of instances. Where one of those is read
 * anew it nearly always tells the same again: so what hangs on it is asked in the same round of calls, for
 * the instances that it told last. What an answer shows is decided by the new list alone.
 *
 * Cost: one call in vain for each instance that has gone since.
 */

/** How long the instances of a list are believed to be there still. Units: milliseconds. */
const BELIEVED_MS = 3_600_000;

/** How long after operations shared a call they count as coming together. Units: milliseconds. */
const QUIET_MS = 1_000;

/** What each list of backups in a scope is asked first. */
export interface FirstQuestion extends Pick<SliceQuestion, "instant" | "direction" | "walkStart"> {
  readonly scope: Scope;
}

/** Asks the lists of a region's instances, as far as it listed them lately, while it is asked for them. */
export function beginKnown(
  reader: Reader,
  place: ListedPlace,
  { scope, walkStart, ...question }: FirstQuestion,
): void {
  const list = believedList(reader, place);
  if (list === null || isCrowded(reader)) return;
  for (const instance of chosenInstances(place, list.value, scope)) {
    if (!list.value.byNativeId.has(instance.nativeId)) continue;
    const ref = { name: instanceSourceName(instance), ...place, instance };
    void new WalkSource(reader, ref, walkStart).begin(question);
  }
}

/** Asks what lists of backups begin with that will be read of these instances. */
export function beginNext(
  reader: Reader,
  instances: readonly InstanceRef[],
  lists: readonly BackupRange[],
): void {
  for (const list of lists) beginList(reader, instances, list);
}

function beginList(reader: Reader, instances: readonly InstanceRef[], list: BackupRange): void {
  const { page, filter } = list;
  if (page.after !== null || page.before !== null) return;
  const { size, direction, position, walkStart } = backupWalk(reader, list, NO_CURSOR);
  if (size === 0) return;
  const instant = firstInstant(direction, position);
  const filtered = filterScope(filter);
  const { instances: wanted } = filtered;
  const left = instances.filter((one) => wanted?.some((of) => isSameInstance(of, one)) ?? true);
  const scope = { ...filtered, instances: left };
  const places = placesIn(reader, scope);
  if (places instanceof Promise) return;
  for (const place of places)
    if (place.region !== null) beginKnown(reader, place, { scope, direction, instant, walkStart });
}

const NO_CURSOR = Buffer.alloc(0);

/** The instances of these places, as far as they were listed lately. */
export const believedInstances = (reader: Reader, places: readonly Place[]): readonly Instance[] =>
  places.flatMap((place) =>
    place.region === null ? [] : (believedList(reader, place)?.value.instances ?? []),
  );

/** The instances that a page has, by what was listed lately; what was not listed has none. */
export function expectedInstances(
  reader: Reader,
  places: readonly Place[],
  request: PageRequest<InstanceRow>,
): readonly Instance[] {
  const { position, debts } = request.state;
  if (debts.length > 0) return [];
  const sources = places.flatMap((place) => {
    if (place.region === null) return [];
    const list = believedList(reader, place);
    return list === null ? [] : [heldSource(place, list)];
  });
  const page = takePage({ ...request, sources, state: { position, debts: [] }, lookAhead: false });
  return page instanceof Promise ? [] : page.rows.map(({ row }) => row.instance);
}

const believedList = (
  { startedAt }: Reader,
  { runtime, region }: ListedPlace,
): Dated<InstanceList> | null =>
  runtime.instanceList(region).peek({ notBefore: startedAt - BELIEVED_MS });

/**
 * Whether asking early would make calls instead of saving time: where nothing is kept, operations that come
 * together share what they ask in the same step, and an answer that began earlier serves none of them.
 */
const isCrowded = ({ engine, startedAt }: Reader): boolean =>
  engine.ports.settings.ttlMs === 0 && startedAt - engine.flights.sharedAt < QUIET_MS;
