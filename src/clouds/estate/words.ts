import type { BackupStatus, BackupTrigger } from "../../domain/words.js";
import type { BackupRow } from "./types.js";
import type { CloudProduct } from "./regions.js";

/** The values of an ordinary row in a product's backup list. */
export interface ProductWords {
  readonly succeeded: string;
  readonly automatic: string;
  readonly manual: string;
  /** Rows in one of these states show no end. */
  readonly running: readonly string[];
}

const AWS_WORDS: ProductWords = {
  succeeded: "available",
  automatic: "automated",
  manual: "manual",
  running: ["creating"],
};

export const PRODUCT_WORDS: Readonly<Record<CloudProduct, ProductWords>> = {
  UCLOUD_UREDIS: {
    succeeded: "Success",
    automatic: "Auto",
    manual: "Manual",
    running: ["Backuping"],
  },
  UCLOUD_UMEM: {
    succeeded: "Done",
    automatic: "auto",
    manual: "manual",
    running: ["Starting"],
  },
  // The API sends numbers.
  TENCENT_REDIS: {
    succeeded: "2",
    automatic: "1",
    manual: "0",
    running: ["1"],
  },
  ALIBABA_KVSTORE: {
    succeeded: "Success",
    automatic: "Automated",
    manual: "Manual",
    running: ["RUNNING"],
  },
  AWS_ELASTICACHE: AWS_WORDS,
  AWS_ELASTICACHE_SERVERLESS: AWS_WORDS,
  AWS_MEMORYDB: AWS_WORDS,
  // The storage class. Who made a file, and files that are being uploaded, are not in the list.
  S3_RDB: { succeeded: "STANDARD", automatic: "", manual: "", running: [] },
};

/** Not a storage class: a file of S3 without content, one of fewer shards, and one that is no backup. */
export const EMPTY = "empty";
export const PARTIAL = "partial";
export const STRAY = "stray";

/** The word for a good backup in Alibaba's cloud-native cluster list. */
export const CLUSTER_SUCCEEDED = "OK";

const AWS_STATUSES: Readonly<Record<string, BackupStatus>> = {
  creating: "RUNNING",
  available: "SUCCEEDED",
  // The data is complete while it is restored. What is copied may be the copy.
  restoring: "SUCCEEDED",
  copying: "LOCKED",
  deleting: "DELETED",
  failed: "FAILED",
};

const STATUSES: Readonly<Record<CloudProduct, Readonly<Record<string, BackupStatus>>>> = {
  UCLOUD_UREDIS: {
    Backuping: "RUNNING",
    Success: "SUCCEEDED",
    Error: "FAILED",
    Expired: "EXPIRED",
  },
  UCLOUD_UMEM: { Starting: "RUNNING", Done: "SUCCEEDED" },
  TENCENT_REDIS: {
    "2": "SUCCEEDED",
    "3": "SUCCEEDED",
    "4": "SUCCEEDED",
    "-1": "EXPIRED",
    "-2": "DELETED",
  },
  ALIBABA_KVSTORE: {
    Success: "SUCCEEDED",
    OK: "SUCCEEDED",
    RUNNING: "RUNNING",
    Failed: "FAILED",
  },
  AWS_ELASTICACHE: AWS_STATUSES,
  AWS_ELASTICACHE_SERVERLESS: AWS_STATUSES,
  AWS_MEMORYDB: AWS_STATUSES,
  S3_RDB: {
    STANDARD: "SUCCEEDED",
    STANDARD_IA: "SUCCEEDED",
    GLACIER: "SUCCEEDED",
    DEEP_ARCHIVE: "SUCCEEDED",
    [EMPTY]: "FAILED",
  },
};

/** The state of a row's word, or UNKNOWN for a word in no document. */
export function trueStatusOf(row: BackupRow, tencentApi: "3.0" | "2.0"): BackupStatus {
  if (row.product === "TENCENT_REDIS" && row.status === "1")
    return tencentApi === "3.0" && row.finishedAt === null ? "RUNNING" : "LOCKED";
  const words = STATUSES[row.product];
  return Object.hasOwn(words, row.status) ? (words[row.status] ?? "UNKNOWN") : "UNKNOWN";
}

const AWS_TRIGGERS: Readonly<Record<string, BackupTrigger>> = {
  automated: "AUTOMATIC",
  manual: "MANUAL",
};

const TRIGGERS: Readonly<Record<CloudProduct, Readonly<Record<string, BackupTrigger>>>> = {
  // The first document has numbers instead of words.
  UCLOUD_UREDIS: { Auto: "AUTOMATIC", Manual: "MANUAL", "0": "AUTOMATIC", "1": "MANUAL" },
  UCLOUD_UMEM: { auto: "AUTOMATIC", manual: "MANUAL" },
  TENCENT_REDIS: {
    "0": "MANUAL",
    "1": "AUTOMATIC",
    "2": "OTHER",
    manualBackupInstance: "MANUAL",
    systemBackupInstance: "AUTOMATIC",
  },
  ALIBABA_KVSTORE: { Automated: "AUTOMATIC", Manual: "MANUAL" },
  AWS_ELASTICACHE: AWS_TRIGGERS,
  AWS_ELASTICACHE_SERVERLESS: AWS_TRIGGERS,
  AWS_MEMORYDB: AWS_TRIGGERS,
  S3_RDB: {},
};

/** What started a backup, or UNKNOWN for a word in no document. */
export function trueTriggerOf({ product, trigger }: BackupRow): BackupTrigger {
  const words = TRIGGERS[product];
  return Object.hasOwn(words, trigger) ? (words[trigger] ?? "UNKNOWN") : "UNKNOWN";
}
