import { isRow, type Row } from "./row.js";
import type { BackupKind, BackupMethod, BackupStatus, BackupTrigger } from "./words.js";

/** One stored copy, normalised once when its row is read. Instants are epoch milliseconds, UTC. */
export interface Backup {
  /** Global id; `(startedAt, id)` is its place in the order. */
  readonly id: string;
  readonly startedAt: number;
  readonly provider: string;
  readonly region: string;
  readonly zone: string | null;
  readonly instanceNativeId: string;
  readonly nativeId: string;
  readonly name: string | null;
  readonly status: BackupStatus;
  readonly vendorStatus: string;
  readonly trigger: BackupTrigger;
  readonly method: BackupMethod;
  readonly kind: BackupKind;
  readonly finishedAt: number | null;
  readonly expiresAt: number | null;
  readonly sizeBytes: number | null;
  readonly shardCount: number | null;
  readonly engineVersion: string | null;
  readonly locked: boolean | null;
  readonly remark: string | null;
  /** The name of the listing that showed it. */
  readonly listing: string;
  /** The vendor's own row with download links removed; of a shard set, `{ shards: [...] }`. */
  readonly raw: Row;
}

/** The vendor's rows that a shard set was folded from; null for a backup of one row. */
export function shardRowsOf({ raw }: Pick<Backup, "raw">): readonly Row[] | null {
  const { shards } = raw;
  return Array.isArray(shards) ? shards.filter(isRow) : null;
}

/** What a mapping returns: everything the engine cannot add by itself. */
export type MappedBackup = Omit<
  Backup,
  "id" | "startedAt" | "provider" | "region" | "listing" | "raw"
> & {
  /** Null where the row has no start yet: such a row has no place in the order. */
  readonly startedAt: number | null;
  /** The shard this row is a part of; null for a row that is a backup by itself. */
  readonly shard: string | null;
};

/** A link to a backup's file. */
export interface BackupDownload {
  readonly url: string;
  /** Whether it opens only from inside the vendor's network. */
  readonly internal: boolean;
  readonly shard: string | null;
  readonly sizeBytes: number | null;
  /** Epoch milliseconds, UTC. */
  readonly expiresAt: number | null;
}
