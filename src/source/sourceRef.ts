import type { Backup } from "../domain/backup.js";
import type { Instance } from "../domain/instance.js";
import { SourceError } from "../errors.js";
import type { Slice } from "../paging/slice.js";
import type { SliceQuestion } from "./backupSource.js";
import type { BackupListing, Region } from "./declaration.js";
import type { ProviderRuntime } from "./provider.js";

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

/** Nothing: the list of an instance that is gone. */
export const EMPTY_SLICE: Slice<Backup> = {
  since: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
  rows: [],
  asOf: 0,
  notices: [],
  stale: null,
};

/** Whether only the wide list can show an instance's backups. */
export const isUnlisted = ({ runtime, instance }: SourceRef): boolean =>
  instance !== null && instance.listing === runtime.product.wide?.name;

/** The listing that shows a source. */
export function listingOf({ runtime, instance }: SourceRef): BackupListing {
  const { wide, perInstance } = runtime.product;
  const listing =
    instance === null ? wide : perInstance.find(({ name }) => name === instance.listing);
  if (!listing) throw new SourceError("NOT_FOUND", "No list shows this instance's backups.");
  return listing;
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
