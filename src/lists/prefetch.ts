import { isSameInstance, type Instance, type InstanceRef } from "../domain/instance.js";
import { SourceError } from "../errors.js";
import { firstInstant } from "../paging/direction.js";
import { takePage, type PageRequest } from "../paging/page.js";
import type { SliceQuestion } from "../index/sliceStore.js";
import type { Dated } from "../index/readThrough.js";
import { sourceName } from "../sources/source.js";
import type { InstanceList } from "../providers/instanceList.js";
import { cut } from "../listing/operation.js";
import type { BackupRange } from "../domain/reads.js";
import { backupWalk, filterScope } from "./backupFilter.js";
import { toldSource, type InstanceRow } from "./instances/instanceSources.js";
import { WalkSource, type Reader } from "./readContext.js";
import {
  instanceSourceName,
  placeName,
  placesIn,
  type ListedPlace,
  type Place,
  type Scope,
} from "./scope.js";

/*
 * Which lists of backups there are to ask is told by the lists of instances. Where one of those is read
 * anew it nearly always tells the same again: so what hangs on it is asked in the same round of calls, for
 * the instances that it told last. What an answer shows is decided by the new list alone.
 *
 * Cost: one call in vain for each instance that has gone since. Nothing is asked early of an account that
 * fails, nor for more than a part of the calls that the operation may make.
 */

/** How long the instances of a list are believed to be there still. Units: milliseconds. */
const BELIEVED_MS = 3_600_000;

/** How long after operations shared a call they count as coming together. Units: milliseconds. */
const QUIET_MS = 1_000;

/** What was read before is fresh for longer than calls take, from this `ttl` on. Units: milliseconds. */
const STEADY_TTL_MS = 10_000;

/** Part of the calls left to an operation: the lists of instances may have further pages. */
const SHARE_OF_CALLS = 0.5;

/** What each list of backups in a scope is asked first. */
export interface FirstQuestion extends Pick<SliceQuestion, "instant" | "direction" | "walkStart"> {
  readonly scope: Scope;
}

/** Asks the lists of a region's instances, as far as it listed them lately, while it is asked for them. */
export function beginKnown(reader: Reader, place: ListedPlace, question: FirstQuestion): void {
  const list = believedList(reader, place);
  if (list === null || isCrowded(reader) || isDown(reader, place)) return;
  const { begun, operation, loadEarly } = reader;
  const instances = listedIn(place, list.value, question.scope);
  if (begun.size + instances.length > SHARE_OF_CALLS * operation.budget.left) return;
  for (const instance of instances) {
    const ref = { name: instanceSourceName(instance), ...place, instance };
    // What reads the source meets a failure again.
    new WalkSource(reader, ref, question.walkStart)
      .begin(question, loadEarly)
      ?.catch(() => undefined);
  }
}

/** The instances of a scope that a list shows. */
function listedIn(
  { runtime, region }: ListedPlace,
  { instances, byNativeId }: InstanceList,
  scope: Scope,
): readonly Instance[] {
  if (scope.instances === null) return instances;
  return scope.instances.flatMap((one) => {
    const isHere = one.provider === runtime.key && one.region === region.id;
    return (isHere ? byNativeId.get(one.nativeId) : undefined) ?? [];
  });
}

/** Asks what lists of backups begin with that will be read of these instances. */
export function beginNext(
  reader: Reader,
  instances: readonly InstanceRef[],
  lists: readonly BackupRange[],
): void {
  const byPlace = new Map<string, InstanceRef[]>();
  for (const instance of instances) {
    const name = sourceName(instance.provider, instance.region, null);
    const others = byPlace.get(name);
    if (others === undefined) byPlace.set(name, [instance]);
    else others.push(instance);
  }
  for (const list of lists) beginList(reader, byPlace, list);
}

function beginList(
  reader: Reader,
  byPlace: ReadonlyMap<string, readonly InstanceRef[]>,
  list: BackupRange,
): void {
  const { page, filter } = list;
  if (page.after !== null || page.before !== null) return;
  const { size, direction, position, walkStart } = backupWalk(reader, list, NO_CURSOR);
  if (size === 0) return;
  const instant = firstInstant(direction, position);
  const scope = filterScope(filter);
  const places = placesIn(reader, scope);
  if (places instanceof Promise) return;
  for (const place of places) {
    if (place.region === null) continue;
    const here = byPlace.get(placeName(place.runtime, place.region)) ?? [];
    const instances = here.filter(
      (one) => scope.instances?.some((of) => isSameInstance(of, one)) ?? true,
    );
    beginKnown(reader, place, {
      scope: { ...scope, instances },
      direction,
      instant,
      walkStart,
    });
  }
}

const NO_CURSOR = Buffer.alloc(0);

/** The instances of these places, as far as they were listed lately. */
export const believedInstances = (reader: Reader, places: readonly Place[]): readonly Instance[] =>
  places.flatMap((place) =>
    place.region === null ? [] : (believedList(reader, place)?.value.instances ?? []),
  );

/**
 * The instances that a page has by what was listed lately: as far as that was, and without those of lists
 * that fail.
 */
export function expectedInstances(
  reader: Reader,
  places: readonly Place[],
  request: PageRequest<InstanceRow>,
): readonly Instance[] {
  const { position, debts } = request.state;
  if (debts.length > 0) return [];
  const sources = places.map((place) =>
    toldSource(place, (listed) => {
      const isFailing = listed.runtime.instanceList(listed.region).isFailing;
      return believedList(reader, listed) ?? (isFailing ? FAILING : UNREAD);
    }),
  );
  const page = takePage({ ...request, sources, state: { position, debts: [] }, lookAhead: false });
  return page instanceof Promise ? [] : page.rows.map(({ row }) => row.instance);
}

const FAILING = new SourceError("UNAVAILABLE", "The list cannot be read.");
const UNREAD = cut("The list was not read lately.");

/** A region's list as it was read lately; null where it was not, or could not be read when it was last tried. */
function believedList(
  { startedAt }: Reader,
  { runtime, region }: ListedPlace,
): Dated<InstanceList> | null {
  const list = runtime.instanceList(region);
  return list.isFailing ? null : list.peek({ notBefore: startedAt - BELIEVED_MS });
}

/** Whether the account failed when it was last asked: what is needed is asked, and nothing more. */
const isDown = ({ engine }: Reader, { runtime }: ListedPlace): boolean =>
  engine.ports.http.isFailing(runtime.account.id);

/**
 * Whether asking early would make calls instead of saving time: where nothing is kept for long, operations
 * that come together share what they ask in the same step, and an answer that began earlier serves none.
 */
const isCrowded = ({ engine, startedAt }: Reader): boolean =>
  engine.ports.settings.ttlMs < STEADY_TTL_MS && startedAt - engine.flights.sharedAt < QUIET_MS;
