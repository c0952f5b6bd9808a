import { isSameInstance, type Instance, type InstanceRef } from "../../domain/instance.js";
import { groupBy } from "../../domain/maps.js";
import type { BackupRange } from "../../domain/reads.js";
import { firstInstant } from "../../paging/direction.js";
import type { InstanceList } from "../../providers/instanceList.js";
import { sourceName, type ListedPlace } from "../../sources/source.js";
import { backupWalk } from "../backups.js";
import { backupScope, type Scope } from "../filters.js";
import { peekPlaces, placeName, recentList } from "../places.js";
import { WalkSource, type ReadContext } from "../readContext.js";
import { selectorOf } from "../selection.js";
import type { FirstSlices, Prefetch } from "./plain.js";

/** Operations that shared a call within this time run together. Units: milliseconds. */
const QUIET_MS = 1_000;

/** From this `ttl` on, what was read before stays fresh for longer than calls take. Units: milliseconds. */
const STEADY_TTL_MS = 10_000;

/** Part of an operation's remaining calls: the instance lists may have further pages. */
const SHARE_OF_CALLS = 0.5;

/**
 * Reads the backups of the instances that a region had lately, while its instance list is read again.
 *
 * It nearly always lists the same instances, so an answer takes one round of calls instead of two: a cold
 * page over the embedded clouds takes half the time. What the answer shows is decided by the new list.
 *
 * Cost: one wasted call for each instance that has gone since. Nothing is read early from an account that
 * fails, nor with more than a part of the operation's calls.
 */
export class KnownInstances implements Prefetch {
  constructor(private readonly context: ReadContext) {}

  region(place: ListedPlace, first: FirstSlices): void {
    const { context } = this;
    const { scope, direction, instant } = first;
    const list = recentList(context, place);
    if (list === null || this.isCrowded || this.isFailing(place)) return;
    const listed = listedIn(place, list.value, scope);
    const selector = selectorOf(context, scope);
    const instances = selector === null ? listed : (selector.peek(listed)?.instances ?? []);
    if (!context.hasRoomFor(instances.length, SHARE_OF_CALLS)) return;
    for (const instance of instances) {
      const source = context.parts.engine.source(place, instance);
      context.readEarly(new WalkSource(context, source, first).keyOf(instant, direction));
    }
  }

  instances(instances: () => readonly InstanceRef[], lists: readonly BackupRange[]): void {
    if (lists.length === 0) return;
    const byPlace = groupBy(instances(), ({ provider, region }) =>
      sourceName(provider, region, null),
    );
    if (byPlace.size > 0) for (const list of lists) this.list(byPlace, list);
  }

  /** Reads the first slices of a list of backups of each instance. */
  private list(byPlace: ReadonlyMap<string, readonly InstanceRef[]>, list: BackupRange): void {
    const { page, filter } = list;
    if (page.after !== null || page.before !== null) return;
    const walk = backupWalk(this.context, list);
    const { size, direction, walkStart, freshFor } = walk;
    if (size === 0) return;
    const instant = firstInstant(direction, walk.position);
    const scope = backupScope(filter);
    for (const place of peekPlaces(this.context, scope) ?? []) {
      if (place.region === null) continue;
      const here = byPlace.get(placeName(place.runtime, place.region)) ?? [];
      const instances = here.filter(
        (one) => scope.instances?.some((of) => isSameInstance(of, one)) ?? true,
      );
      this.region(place, {
        scope: { ...scope, instances },
        direction,
        instant,
        walkStart,
        freshFor,
      });
    }
  }

  /** Whether the account failed last: then only what is needed is requested. */
  private isFailing({ runtime }: ListedPlace): boolean {
    return this.context.parts.engine.ports.http.state(runtime.account.id).isFailing;
  }

  /**
   * Whether reading early would make calls instead of saving time: if little is cached, operations that
   * run together share the calls that they make in the same step, and an answer that was requested
   * earlier serves none of them.
   */
  private get isCrowded(): boolean {
    const { ttlMs, startedAt, parts } = this.context;
    return ttlMs < STEADY_TTL_MS && startedAt - parts.engine.pendingReads.sharedAt < QUIET_MS;
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
