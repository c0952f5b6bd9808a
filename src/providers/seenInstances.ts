import { LRUCache } from "lru-cache";
import type { Instance } from "../domain/instance.js";
import { isSameJson } from "../domain/row.js";
import { getOrMake } from "./context.js";
import { indexed, isShort, type InstanceList, type ListedInstances } from "./instanceList.js";

/** How long an instance that left its list may still have backups. Units: milliseconds. */
const DEPARTED_MS = 8 * 86_400_000;

interface SeenInstance {
  readonly instance: Instance;
  /** When a list last showed it; epoch milliseconds. */
  readonly seenAt: number;
}

/** Remembers the instances of a provider, because those that leave their list may still have backups. */
export class SeenInstances {
  /** By region, then by native id. */
  private readonly regions = new Map<string, Map<string, SeenInstance>>();

  /** The latest list, by region. */
  private readonly latest = new Map<string, InstanceList>();

  constructor(private readonly now: () => number) {}

  /**
   * Notes the current list of a region and forgets instances that left it too long ago. A list that is
   * SHORT says nothing about the instances that it lacks: those of the list before it stay.
   *
   * Shape: an unchanged instance is the same object as before, so that what was derived from it is reused.
   */
  note(region: string, list: ListedInstances): InstanceList {
    const listed = isShort(list) ? this.withEarlier(region, list) : list.instances;
    const seenAt = this.now();
    const seen = getOrMake(this.regions, region, () => new Map<string, SeenInstance>());
    const instances = listed.map((instance) => {
      const before = seen.get(instance.nativeId)?.instance;
      return before !== undefined && isSameJson(instance, before) ? before : instance;
    });
    for (const instance of instances) seen.set(instance.nativeId, { instance, seenAt });
    for (const [nativeId, one] of seen)
      if (one.seenAt < seenAt - DEPARTED_MS) seen.delete(nativeId);
    const noted = indexed(instances, list.notices);
    this.latest.set(region, noted);
    return noted;
  }

  private withEarlier(region: string, { instances }: ListedInstances): readonly Instance[] {
    const shown = new Set(instances.map(({ nativeId }) => nativeId));
    const earlier = this.latest.get(region)?.instances ?? [];
    return [...instances, ...earlier.filter(({ nativeId }) => !shown.has(nativeId))].sort((a, b) =>
      a.nativeId < b.nativeId ? -1 : 1,
    );
  }

  /** The instances that left a region's list recently enough to have backups. */
  departedOf(region: string, list: InstanceList): Instance[] {
    const seen = [...(this.regions.get(region)?.values() ?? [])];
    return seen.flatMap((one) => this.departed(one, list) ?? []);
  }

  /** One such instance; null if it is listed, was never seen, or left too long ago. */
  departedOne(region: string, nativeId: string, list: InstanceList): Instance | null {
    return this.departed(this.regions.get(region)?.get(nativeId), list);
  }

  private departed(seen: SeenInstance | undefined, list: InstanceList): Instance | null {
    if (seen === undefined || seen.seenAt < this.now() - DEPARTED_MS) return null;
    return list.byNativeId.has(seen.instance.nativeId) ? null : seen.instance;
  }
}

/** Stale lists that are remembered for one provider. */
const KEPT_LISTS = 256;

/** An instance list that was shown although it was stale. */
export interface StaleList {
  /** The name under which a cursor owes the instances that the list lacks. */
  readonly name: string;
  readonly region: string;
  readonly list: InstanceList;
}

const NONE: readonly StaleList[] = [];

/**
 * Remembers the stale instance lists that were shown, so that a walk which met one can be given the
 * instances that the list lacked.
 */
export class StaleLists {
  private readonly kept = new LRUCache<string, StaleList>({ max: KEPT_LISTS });

  remember(list: StaleList): void {
    this.kept.set(list.name, list);
  }

  /** The stale lists of a region. */
  of(region: string): readonly StaleList[] {
    if (this.kept.size === 0) return NONE;
    return [...this.kept.values()].filter((list) => list.region === region);
  }
}
