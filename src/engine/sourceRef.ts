import type { Backup } from "../domain/backup.js";
import type { Instance } from "../domain/instance.js";
import { holds, type Slice } from "../paging/slice.js";
import type { SliceQuestion } from "../index/sliceStore.js";
import type { BackupListing, Region } from "../listing/declaration.js";
import type { ProviderRuntime } from "../providers/provider.js";

/** A list to be read: of one instance, or of a region and all that ever lived in it. */
export interface SourceRef {
  /** Its name in cursors; unique. */
  readonly name: string;
  readonly runtime: ProviderRuntime;
  readonly region: Region;
  /** Null for the region's wide list. */
  readonly instance: Instance | null;
}

/** One question of a batch. */
export interface SliceKey {
  readonly ref: SourceRef;
  readonly question: SliceQuestion;
}

/** Whether only the wide list can show an instance's backups. */
export const isUnlisted = ({ runtime, instance }: SourceRef): boolean =>
  instance !== null && instance.listing === runtime.product.wide?.name;

/** The listing that shows a source; of an instance that is not listed, its region's. Null if there is none. */
export function listingOf(ref: SourceRef): BackupListing | null {
  const { wide, perInstance } = ref.runtime.product;
  const { instance } = ref;
  if (instance === null || isUnlisted(ref)) return wide;
  return perInstance.find(({ name }) => name === instance.listing) ?? null;
}

/** The question that stands first in the walk: its slice may answer the others. */
export function leadingOf(keys: readonly SliceKey[]): SliceKey {
  return keys.reduce((first, key) => {
    const newest = key.question.direction === "newestFirst";
    const before = newest
      ? key.question.instant > first.question.instant
      : key.question.instant < first.question.instant;
    return before ? key : first;
  });
}

/** How many instances a batch is about. */
export const instancesOf = (bound: readonly SliceKey[]): number =>
  new Set(bound.map(({ ref }) => ref.name)).size;

/** Whether a slice answers a question; old data does, though it may begin below what is asked. */
export function serves(
  slice: Slice<Backup>,
  { instant, direction, freshness }: SliceQuestion,
): boolean {
  if (slice.stale === null) return holds(slice, instant) && slice.asOf >= freshness.notBefore;
  return holds(slice, instant) || (direction === "newestFirst" && slice.until <= instant);
}
