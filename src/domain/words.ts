/** The company whose API a row comes from. */
export const VENDORS = ["ALIBABA", "AWS", "S3", "TENCENT", "UCLOUD"] as const;
export type Vendor = (typeof VENDORS)[number];

/** A vendor's Redis product, as the schema names it. */
export const PROVIDER_PRODUCTS = [
  "ALIBABA_KVSTORE",
  "TENCENT_REDIS",
  "UCLOUD_UREDIS",
  "UCLOUD_UMEM",
  "AWS_ELASTICACHE",
  "AWS_ELASTICACHE_SERVERLESS",
  "AWS_MEMORYDB",
  "S3_RDB",
] as const;
export type ProviderProduct = (typeof PROVIDER_PRODUCTS)[number];

// Each word with what it means: the descriptions of the schema's enums.

export const BACKUP_STATUS = {
  RUNNING: "It is being created.",
  SUCCEEDED: "It finished successfully.",
  FAILED: "It failed or is incomplete.",
  LOCKED: "Another task is using it, so it is unknown whether it is usable.",
  EXPIRED: "Its retention period has ended.",
  DELETED: "It was deleted.",
  UNKNOWN: "The vendor reports a status that the gateway does not know. See vendorStatus.",
} as const;
export type BackupStatus = keyof typeof BACKUP_STATUS;
export const BACKUP_STATUSES = Object.keys(BACKUP_STATUS) as BackupStatus[];

export const BACKUP_TRIGGER = {
  AUTOMATIC: "A schedule started it.",
  MANUAL: "A person or a program requested it.",
  OTHER: "Another cause that the vendor names, such as a migration.",
  UNKNOWN: "The vendor does not say.",
} as const;
export type BackupTrigger = keyof typeof BACKUP_TRIGGER;
export const BACKUP_TRIGGERS = Object.keys(BACKUP_TRIGGER) as BackupTrigger[];

export const BACKUP_METHOD = {
  PHYSICAL: "A copy of files, such as an RDB snapshot.",
  LOGICAL: "An export of keys and values, or of commands.",
  UNKNOWN: "The vendor does not say.",
} as const;
export type BackupMethod = keyof typeof BACKUP_METHOD;

export const BACKUP_KIND = {
  FULL: "All data. It can be restored without other backups.",
  INCREMENTAL: "The changes since an earlier backup, which is needed to restore it.",
  UNKNOWN: "The vendor does not say.",
} as const;
export type BackupKind = keyof typeof BACKUP_KIND;

export const INSTANCE_STATUS = {
  RUNNING: "It accepts connections.",
  CREATING: "It is being created and does not accept connections yet.",
  CHANGING: "It is being resized, moved, upgraded, restored or restarted.",
  STOPPED: "It was stopped or isolated and does not accept connections.",
  FAILED: "It is broken.",
  DELETED: "It was deleted. Its backups may still exist.",
  UNKNOWN: "The vendor reports no status, or one that the gateway does not know. See vendorStatus.",
} as const;
export type InstanceStatus = keyof typeof INSTANCE_STATUS;
export const INSTANCE_STATUSES = Object.keys(INSTANCE_STATUS) as InstanceStatus[];

export const PAGING_STYLE = {
  OFFSET: "The client passes the number of rows to skip.",
  PAGE_NUMBER: "The client passes a page number and a page size.",
  TOKEN: "Each page holds a token for the next page.",
} as const;
export type PagingStyle = keyof typeof PAGING_STYLE;

export const SOURCE_ISSUE_CODE = {
  UNAVAILABLE: "The vendor cannot be reached, or reports an internal error.",
  TIMEOUT: "The vendor did not answer in time.",
  THROTTLED:
    "The vendor, or the quota that the gateway keeps for it, allows no more calls at the moment.",
  UNAUTHENTICATED: "The vendor rejected the gateway's own credentials.",
  FORBIDDEN: "The gateway's own credentials are not allowed to read this.",
  NOT_FOUND: "The vendor does not know the instance or the region.",
  BAD_RESPONSE: "The vendor's answer, or one row of it, could not be read.",
  SHORT: "The list was read completely, but it has fewer rows than the vendor counts.",
  STALE: "The vendor failed, so older data is shown. See asOf.",
  SCAN_LIMIT: "The list has more rows than the gateway is configured to read.",
  CUT: "The operation reached its deadline or its limit of vendor calls. The next page continues from here.",
} as const;
export type SourceIssueCode = keyof typeof SOURCE_ISSUE_CODE;
export const SOURCE_ISSUE_CODES = Object.keys(SOURCE_ISSUE_CODE) as SourceIssueCode[];
