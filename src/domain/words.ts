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

export const BACKUP_STATUSES = [
  "RUNNING",
  "SUCCEEDED",
  "FAILED",
  "LOCKED",
  "EXPIRED",
  "DELETED",
  "UNKNOWN",
] as const;
export type BackupStatus = (typeof BACKUP_STATUSES)[number];

export const BACKUP_TRIGGERS = ["AUTOMATIC", "MANUAL", "OTHER", "UNKNOWN"] as const;
export type BackupTrigger = (typeof BACKUP_TRIGGERS)[number];

export const BACKUP_METHODS = ["PHYSICAL", "LOGICAL", "UNKNOWN"] as const;
export type BackupMethod = (typeof BACKUP_METHODS)[number];

export const BACKUP_KINDS = ["FULL", "INCREMENTAL", "UNKNOWN"] as const;
export type BackupKind = (typeof BACKUP_KINDS)[number];

export const INSTANCE_STATUSES = [
  "RUNNING",
  "CREATING",
  "CHANGING",
  "STOPPED",
  "FAILED",
  "DELETED",
  "UNKNOWN",
] as const;
export type InstanceStatus = (typeof INSTANCE_STATUSES)[number];

export const PAGING_STYLES = ["OFFSET", "PAGE_NUMBER", "TOKEN"] as const;
export type PagingStyle = (typeof PAGING_STYLES)[number];

export const SOURCE_ISSUE_CODES = [
  "UNAVAILABLE",
  "TIMEOUT",
  "THROTTLED",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "BAD_RESPONSE",
  "SHORT",
  "STALE",
  "SCAN_LIMIT",
  "CUT",
] as const;
export type SourceIssueCode = (typeof SOURCE_ISSUE_CODES)[number];
