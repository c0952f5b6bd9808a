import { shardRowsOf, type Backup } from "../domain/backup.js";
import type { Slice } from "../paging/slice.js";
import type { BackupListing } from "./declaration.js";

/** Backups by the keys of the rows that they were made from. */
export type KnownRows = ReadonlyMap<string, Backup>;

/**
 * The backups of a slice that were made from one row each, so that what comes again as it was need not be
 * made again: lists are asked once a minute, and a backup changes two or three times in its life.
 */
export function knownRowsOf(
  slice: Slice<Backup> | null,
  { keyOf }: Pick<BackupListing, "keyOf">,
): KnownRows {
  const known = new Map<string, Backup>();
  for (const backup of slice?.rows ?? [])
    // What a set says of its shards changes with the time as well as with their rows.
    if (shardRowsOf(backup) === null) known.set(keyOf(backup.raw), backup);
  return known;
}
