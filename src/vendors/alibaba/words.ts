import type {
  BackupKind,
  BackupMethod,
  BackupStatus,
  BackupTrigger,
  InstanceStatus,
} from "../../domain/words.js";

type Words<T> = Readonly<Record<string, T>>;

/** Statuses of node rows and of cluster backups; a running backup shows in the cluster list only. */
export const BACKUP_STATUS: Words<BackupStatus> = Object.freeze({
  success: "SUCCEEDED",
  ok: "SUCCEEDED",
  running: "RUNNING",
  failed: "FAILED",
});

/** Who asked for a backup. */
export const BACKUP_MODE: Words<BackupTrigger> = Object.freeze({
  automated: "AUTOMATIC",
  manual: "MANUAL",
});

/** How a backup was made. */
export const BACKUP_METHOD: Words<BackupMethod> = Object.freeze({
  physical: "PHYSICAL",
  logical: "LOGICAL",
});

/** How much a backup holds. */
export const BACKUP_TYPE: Words<BackupKind> = Object.freeze({
  fullbackup: "FULL",
  incrementalbackup: "INCREMENTAL",
});

/** States of instances. */
export const INSTANCE_STATUS: Words<InstanceStatus> = Object.freeze({
  normal: "RUNNING",
  creating: "CREATING",
  changing: "CHANGING",
  flushing: "CHANGING",
  transforming: "CHANGING",
  migrating: "CHANGING",
  backuprecovering: "CHANGING",
  minorversionupgrading: "CHANGING",
  majorversionupgrading: "CHANGING",
  networkmodifying: "CHANGING",
  sslmodifying: "CHANGING",
  inactive: "STOPPED",
  unavailable: "STOPPED",
  // Its creation failed.
  error: "FAILED",
  released: "DELETED",
});
