import { LRUCache } from "lru-cache";
import type { InstanceList } from "./instanceList.js";

/** Old lists that are remembered, of one provider. */
const KEPT = 256;

/** An instance list that was shown although it was old. */
export interface Roster {
  /** Under which a walk owes the instances that are not in it. */
  readonly name: string;
  readonly region: string;
  readonly list: InstanceList;
}

const NONE: readonly Roster[] = [];

/**
 * Remembers the instance lists that stood in for newer ones, so that a walk which met one can be given
 * the instances that it did not show.
 */
export class Rosters {
  private readonly kept = new LRUCache<string, Roster>({ max: KEPT });

  remember(roster: Roster): void {
    this.kept.set(roster.name, roster);
  }

  /** The old lists of a region. */
  of(region: string): readonly Roster[] {
    if (this.kept.size === 0) return NONE;
    return [...this.kept.values()].filter((roster) => roster.region === region);
  }
}
