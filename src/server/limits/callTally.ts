import type { KnownPlace } from "./options.js";

/** Which places a question is about; null is all. */
export interface PlaceFilter {
  readonly vendors?: readonly string[] | null | undefined;
  readonly providers?: readonly string[] | null | undefined;
  readonly regions?: readonly string[] | null | undefined;
}

/**
 * What an operation asks of the vendors whatever it asks it for: a list counts once, however many
 * fields need it.
 */
export class CallTally {
  private readonly instanceLists = new Set<KnownPlace>();
  private readonly backupLists = new Set<KnownPlace>();
  private readonly regionLists = new Set<string>();

  constructor(private readonly places: readonly KnownPlace[]) {}

  /** `provider` is the one that all objects at hand belong to; null where they may be anyone's. */
  within(filter: PlaceFilter, provider: string | null): readonly KnownPlace[] {
    const { vendors, providers, regions } = filter;
    return this.places.filter(
      (place) =>
        (provider === null || place.provider === provider) &&
        (vendors?.includes(place.vendor) ?? true) &&
        (providers?.includes(place.provider) ?? true) &&
        (place.region === null || (regions?.includes(place.region) ?? true)),
    );
  }

  askRegions(places: readonly KnownPlace[]): void {
    for (const { provider } of places) this.regionLists.add(provider);
  }

  askInstances(places: readonly KnownPlace[]): void {
    for (const place of places) this.instanceLists.add(place);
  }

  /** All backups of the places: by one list where there is one, else by the list of each instance. */
  askBackups(places: readonly KnownPlace[]): void {
    for (const place of places) {
      this.backupLists.add(place);
      if (!place.wide) this.instanceLists.add(place);
    }
  }

  /** Vendor calls at worst, with so many questions for the backups of one instance besides. */
  calls(instances: number): number {
    let calls = this.regionLists.size + this.instanceLists.size;
    let left = 0;
    for (const place of this.places) {
      const own = place.instances ?? 0;
      const isRead = this.backupLists.has(place);
      if (isRead) calls += place.wide ? 1 : own;
      // An instance's own list may still be asked where the list of all was read.
      if (!isRead || place.wide) left += place.instances ?? Number.POSITIVE_INFINITY;
    }
    return calls + Math.min(instances, left);
  }

  /** Lists that exist at most: each may be an issue. */
  get sources(): number {
    return this.places.reduce((sum, { instances }) => sum + 1 + (instances ?? 0), 0);
  }

  get placeCount(): number {
    return this.places.length;
  }

  get providers(): number {
    return new Set(this.places.map(({ provider }) => provider)).size;
  }
}
