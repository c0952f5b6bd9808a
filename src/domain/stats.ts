import type { SourceIssue } from "./connection.js";
import type { BackupFilter } from "./filter.js";
import type { InstanceRef } from "./instance.js";

export const BACKUP_DIMENSION = {
  DAY: "The day of the start, such as 2026-11-29.",
  WEEK: "The ISO week of the start, such as 2026-W48.",
  MONTH: "The month of the start, such as 2026-11.",
  STATUS: "The state of the backup.",
  TRIGGER: "What started the backup.",
  VENDOR: "The vendor.",
  PROVIDER: "The provider, by its key.",
  REGION: "The region.",
  INSTANCE: "The instance, by its global id.",
  ENGINE_VERSION: "The version of Redis, as the vendor writes it.",
} as const;
export type BackupDimension = keyof typeof BACKUP_DIMENSION;
export const BACKUP_DIMENSIONS = Object.keys(BACKUP_DIMENSION) as BackupDimension[];

/** Whether statistics can be grouped by these: one to three dimensions, each once. */
export const areDimensions = (by: readonly BackupDimension[]): boolean =>
  by.length > 0 && by.length <= 3 && new Set(by).size === by.length;

/** Buckets of one query. */
export const MOST_BUCKETS = 10_000;

/** Which backups to count, and how to group them. */
export interface StatsQuery {
  readonly filter: BackupFilter;
  /** One to three, each once. */
  readonly by: readonly BackupDimension[];
  /** The IANA zone whose days, weeks and months count. */
  readonly timeZone: string;
}

/** What the backups of a bucket have in common, in one dimension. */
export interface StatsKey {
  readonly dimension: BackupDimension;
  /** Null if the backups have no value. */
  readonly value: string | null;
  /** The provider's key, of a provider or an instance; else null. */
  readonly provider: string | null;
  /** Set for an instance. */
  readonly instance: InstanceRef | null;
}

/** Some backups, counted. Instants are epoch milliseconds. */
export interface StatsBucket {
  /** In the order of the query's dimensions. */
  readonly keys: readonly StatsKey[];
  readonly count: number;
  /** The sum of the sizes that are known. */
  readonly sizeBytes: number;
  /** The backups whose size is known. */
  readonly sizedCount: number;
  readonly firstStartedAt: number | null;
  readonly lastStartedAt: number | null;
}

/** Statistics of backups. */
export interface BackupStats {
  /** Those with backups, in the order of their keys. */
  readonly buckets: readonly StatsBucket[];
  readonly total: StatsBucket;
  readonly complete: boolean;
  readonly issues: readonly SourceIssue[];
}
