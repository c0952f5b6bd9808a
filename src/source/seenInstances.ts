import type { Instance } from "../domain/instance.js";
import type { InstanceList } from "./instanceList.js";

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

  /** Notes a region's list, and gives it back; instances that left too long ago are forgotten. */
  note(region: string, list: InstanceList): InstanceList {
    const seenAt = this.now();
    const seen = this.regions.get(region) ?? new Map<string, SeenInstance>();
    this.regions.set(region, seen);
    for (const instance of list.instances) seen.set(instance.nativeId, { instance, seenAt });
    for (const [nativeId, one] of seen)
      if (one.seenAt < seenAt - DEPARTED_MS) seen.delete(nativeId);
    return list;
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
