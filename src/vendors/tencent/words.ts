import type { BackupStatus, BackupTrigger, InstanceStatus } from "../../domain/words.js";

type Words<T> = Readonly<Record<string, T>>;

/** Status 1 is not here: "locked by a flow" in 2.0, and also a backup under way in 3.0. */
export const BACKUP_STATUS: Words<BackupStatus> = Object.freeze({
  2: "SUCCEEDED",
  // Being exported, and exported: the copy itself is whole.
  3: "SUCCEEDED",
  4: "SUCCEEDED",
  "-1": "EXPIRED",
  "-2": "DELETED",
});

/**
 * The list's numbers and the words of 2.0 and of early 3.0. DescribeBackupDetail, which is not asked,
 * gives 0 and 1 the opposite meaning; the list's own is taken.
 */
export const BACKUP_TYPE: Words<BackupTrigger> = Object.freeze({
  0: "MANUAL",
  1: "AUTOMATIC",
  // Made by a resize.
  2: "OTHER",
  manualbackupinstance: "MANUAL",
  systembackupinstance: "AUTOMATIC",
});

/** To be initialised, in a flow, running, isolated, about to be destroyed. */
export const INSTANCE_STATUS: Words<InstanceStatus> = Object.freeze({
  0: "CREATING",
  1: "CHANGING",
  2: "RUNNING",
  "-2": "STOPPED",
  "-3": "DELETED",
});

/** The engine version that an edition code of API 3.0 stands for; no field tells it. */
export const VERSION_OF_TYPE: Words<string> = Object.freeze({
  2: "2.8",
  6: "4.0",
  7: "4.0",
  8: "5.0",
  9: "5.0",
  15: "6.2",
  16: "6.2",
  17: "7.0",
  18: "7.0",
});
