import type { Instance } from "../domain/instance.js";
import { indexed, type InstanceList, type ListedInstances } from "./instanceList.js";
import { isSameJson } from "../domain/sameJson.js";

/** How long an instance that left its list may still have backups to show. */
const DEPARTED_MS = 8 * 86_400_000;

interface SeenInstance {
  readonly instance: Instance;
  /** When a list showed it last; epoch milliseconds. */
  readonly seenAt: number;
}

/** Remembers the instances that a provider's lists showed, since those that leave them may have backups. */
export class SeenInstances {
  /** By region, then by native id. */
  private readonly regions = new Map<string, Map<string, SeenInstance>>();

  constructor(private readonly now: () => number) {}

  /**
   * Notes what a region's list tells now; instances that left too long ago are forgotten.
   *
   * Shape: one that is as it was seen before is the same object, and what was made of it is not made again.
   */
  note(region: string, { instances: listed, faults }: ListedInstances): InstanceList {
    const seenAt = this.now();
    const seen = this.regions.get(region) ?? new Map<string, SeenInstance>();
    this.regions.set(region, seen);
    const instances = listed.map((instance) => {
      const before = seen.get(instance.nativeId)?.instance;
      return before !== undefined && isSameJson(instance, before) ? before : instance;
    });
    for (const instance of instances) seen.set(instance.nativeId, { instance, seenAt });
    for (const [nativeId, one] of seen)
      if (one.seenAt < seenAt - DEPARTED_MS) seen.delete(nativeId);
    return indexed(instances, faults);
  }

  /** Instances that left a region's list so lately that they may have backups. */
  departedOf(region: string, list: InstanceList): Instance[] {
    const seen = [...(this.regions.get(region)?.values() ?? [])];
    return seen.flatMap((one) => this.departed(one, list) ?? []);
  }

  /** One such instance; null where it is listed, was never seen, or left too long ago. */
  departedOne(region: string, nativeId: string, list: InstanceList): Instance | null {
    return this.departed(this.regions.get(region)?.get(nativeId), list);
  }

  private departed(seen: SeenInstance | undefined, list: InstanceList): Instance | null {
    if (seen === undefined || seen.seenAt < this.now() - DEPARTED_MS) return null;
    return list.byNativeId.has(seen.instance.nativeId) ? null : seen.instance;
  }
}
