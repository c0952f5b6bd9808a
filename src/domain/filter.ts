import type { BackupStatus, BackupTrigger, InstanceStatus, Vendor } from "./words.js";

/** A condition on the tags of an instance. */
export interface TagFilter {
  readonly key: string;
  /** Null matches every value. */
  readonly values: readonly string[] | null;
}

/** Null matches everything and an empty list matches nothing. Instants are epoch milliseconds. */
export interface BackupFilter {
  readonly vendors: readonly Vendor[] | null;
  readonly providers: readonly string[] | null;
  readonly regions: readonly string[] | null;
  /** Global ids of instances. */
  readonly instanceIds: readonly string[] | null;
  readonly instanceNameContains: string | null;
  /** The instance must pass all of them. */
  readonly tags: readonly TagFilter[] | null;
  /** Names of policies. */
  readonly policies: readonly string[] | null;
  readonly statuses: readonly BackupStatus[] | null;
  readonly triggers: readonly BackupTrigger[] | null;
  /** Inclusive. */
  readonly startedAfter: number | null;
  /** Exclusive. */
  readonly startedBefore: number | null;
}

/** Matches every backup. */
export const EVERY_BACKUP: BackupFilter = {
  vendors: null,
  providers: null,
  regions: null,
  instanceIds: null,
  instanceNameContains: null,
  tags: null,
  policies: null,
  statuses: null,
  triggers: null,
  startedAfter: null,
  startedBefore: null,
};

export interface InstanceFilter {
  readonly vendors: readonly Vendor[] | null;
  readonly providers: readonly string[] | null;
  readonly regions: readonly string[] | null;
  readonly nativeIds: readonly string[] | null;
  readonly statuses: readonly InstanceStatus[] | null;
  readonly nameContains: string | null;
  /** The instance must pass all of them. */
  readonly tags: readonly TagFilter[] | null;
  /** Names of policies. */
  readonly policies: readonly string[] | null;
}

/** Matches every instance. */
export const EVERY_INSTANCE: InstanceFilter = {
  vendors: null,
  providers: null,
  regions: null,
  nativeIds: null,
  statuses: null,
  nameContains: null,
  tags: null,
  policies: null,
};

export type BackupOrder = "STARTED_AT_DESC" | "STARTED_AT_ASC";
export type OnSourceError = "FAIL" | "PARTIAL";
