import type { BackupStatus, BackupTrigger, InstanceStatus, Vendor } from "./words.js";

/** A condition on the tags of an instance. */
export interface TagFilter {
  readonly key: string;
  /** Null matches every value. */
  readonly values: readonly string[] | null;
}

/** The conditions that instances and backups share. Null matches everything, an empty list nothing. */
export interface SharedFilter {
  readonly vendors: readonly Vendor[] | null;
  readonly providers: readonly string[] | null;
  readonly regions: readonly string[] | null;
  /** Global ids of instances. The GraphQL schema has it for backups only. */
  readonly instanceIds: readonly string[] | null;
  /** The instance must pass all of them. */
  readonly tags: readonly TagFilter[] | null;
  /** Names of policies. */
  readonly policies: readonly string[] | null;
}

/** Conditions on backups. Instants are epoch milliseconds. */
export interface BackupFilter extends SharedFilter {
  readonly instanceNameContains: string | null;
  readonly statuses: readonly BackupStatus[] | null;
  readonly triggers: readonly BackupTrigger[] | null;
  /** Inclusive. */
  readonly startedAfter: number | null;
  /** Exclusive. */
  readonly startedBefore: number | null;
}

/** Conditions on instances. */
export interface InstanceFilter extends SharedFilter {
  readonly nativeIds: readonly string[] | null;
  readonly statuses: readonly InstanceStatus[] | null;
  readonly nameContains: string | null;
}

const EVERYWHERE: SharedFilter = {
  vendors: null,
  providers: null,
  regions: null,
  instanceIds: null,
  tags: null,
  policies: null,
};

/** Matches every backup. */
export const EVERY_BACKUP: BackupFilter = {
  ...EVERYWHERE,
  instanceNameContains: null,
  statuses: null,
  triggers: null,
  startedAfter: null,
  startedBefore: null,
};

/** Matches every instance. */
export const EVERY_INSTANCE: InstanceFilter = {
  ...EVERYWHERE,
  nativeIds: null,
  statuses: null,
  nameContains: null,
};

export const BACKUP_ORDER = {
  STARTED_AT_DESC: "Newest start first.",
  STARTED_AT_ASC: "Oldest start first.",
} as const;
export type BackupOrder = keyof typeof BACKUP_ORDER;

export const ON_SOURCE_ERROR = {
  FAIL: "The field fails with UPSTREAM_FAILED.",
  PARTIAL: "The list holds the rows of the other sources, and issues names what is missing.",
} as const;
export type OnSourceError = keyof typeof ON_SOURCE_ERROR;
