import { isRow, type Row } from "./row.js";
import type { BackupKind, BackupMethod, BackupStatus, BackupTrigger } from "./words.js";

/** One backup, the same for all vendors. Instants are epoch milliseconds, UTC. */
export interface Backup {
  /** Global id. Backups are ordered by `(startedAt, id)`. */
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
  readonly encrypted: boolean | null;
  readonly remark: string | null;
  /** The vendor's words for why it failed. */
  readonly failureReason: string | null;
  /** The name of the listing that it comes from. */
  readonly listing: string;
  /** The vendor's own row without download links. For a shard set, `{ shards: [...] }`. */
  readonly raw: Row;
}

/** The vendor's rows of a shard set, or null for a backup of one row. */
export function shardRowsOf({ raw }: Pick<Backup, "raw">): readonly Row[] | null {
  const { shards } = raw;
  return Array.isArray(shards) ? shards.filter(isRow) : null;
}

/** What a vendor's mapping returns. The engine adds the other fields. */
export type MappedBackup = Omit<
  Backup,
  "id" | "startedAt" | "provider" | "region" | "listing" | "raw"
> & {
  /** Null if the row has no start yet. Such a row has no place in the order. */
  readonly startedAt: number | null;
  /** The shard of this row. Null if the row is a whole backup. */
  readonly shard: string | null;
  /**
   * The backup that the row of a shard belongs to, if the vendor says so: `shardCount` is then the number of
   * shards that it should have, and `nativeId` is that of the backup. Without it, rows of an instance that
   * start together are one backup.
   */
  readonly set?: string;
};

/** A link to a backup's file. */
export interface BackupDownload {
  readonly url: string;
  /** Whether it works only inside the vendor's network. */
  readonly internal: boolean;
  readonly shard: string | null;
  readonly sizeBytes: number | null;
  /** Epoch milliseconds, UTC. */
  readonly expiresAt: number | null;
}
