import type { BackupStatus, BackupTrigger, InstanceStatus } from "../../domain/words.js";

type Words<T> = Readonly<Record<string, T>>;

/** States of master-replica and of distributed backups; only the former can fail or expire. */
export const BACKUP_STATE: Words<BackupStatus> = Object.freeze({
  backuping: "RUNNING",
  starting: "RUNNING",
  success: "SUCCEEDED",
  done: "SUCCEEDED",
  error: "FAILED",
  expired: "EXPIRED",
});

/**
 * Older documents show numbers; their meaning is that of the sister product UDB, where 1 is manual.
 */
export const BACKUP_TYPE: Words<BackupTrigger> = Object.freeze({
  auto: "AUTOMATIC",
  manual: "MANUAL",
  0: "AUTOMATIC",
  1: "MANUAL",
});

/** States of groups and of spaces. */
export const INSTANCE_STATE: Words<InstanceStatus> = Object.freeze({
  creating: "CREATING",
  starting: "CREATING",
  running: "RUNNING",
  resizing: "CHANGING",
  configing: "CHANGING",
  sslswitching: "CHANGING",
  deleting: "CHANGING",
  fail: "FAILED",
  createfail: "FAILED",
  deletefail: "FAILED",
  resizefail: "FAILED",
  configfail: "FAILED",
  sslswitchfail: "FAILED",
});
