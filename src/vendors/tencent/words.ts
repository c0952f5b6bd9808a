import type { BackupStatus, BackupTrigger, InstanceStatus } from "../../domain/words.js";
import type { LinkRules } from "../kit/links.js";
import { tableOf, type Words } from "../kit/decode.js";

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

/** The engine version of each edition code of API 3.0; no field states it. */
export const VERSION_OF_TYPE: Words<string> = tableOf({
  "2.8": [2],
  "4.0": [6, 7],
  "5.0": [8, 9],
  "6.2": [15, 16],
  "7.0": [17, 18],
});

/**
 * Links of COS, and of the download servers that the 2.0 documents show at private addresses with plain
 * http.
 *
 * Source: https://cloud.tencent.com/document/api/239/34443 and 239/8452, and
 *         https://cloud.tencent.com/document/product/436/6224, read 2026-11-21.
 */
export const tencentLinks = (endpoint: string | null): LinkRules => ({
  publicHosts: [".myqcloud.com", ".tencentcos.cn", ".tencentcos.com"],
  internalHost:
    /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)\d+(\.\d+)*$|\.cos-internal\.[a-z0-9-]+\.(tencentcos|myqcloud)\.(cn|com)$/,
  upgrade: false,
  endpoint,
});
