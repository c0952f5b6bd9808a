import type { CoverageOrder, CoverageState, CoverageViolation } from "../domain/coverage.js";
import type { BackupOrder, OnSourceError } from "../domain/filter.js";
import type { HealthState } from "../domain/provider.js";
import type { BackupDimension } from "../domain/stats.js";
import type {
  BackupKind,
  BackupMethod,
  BackupStatus,
  BackupTrigger,
  InstanceStatus,
  PagingStyle,
  ProviderProduct,
  SourceIssueCode,
  Vendor,
} from "../domain/words.js";
import { enumOf } from "./fields.js";

const VENDOR_WORDS = {
  ALIBABA: "Alibaba Cloud.",
  AWS: "Amazon Web Services.",
  S3: "A bucket of any S3-compatible store.",
  TENCENT: "Tencent Cloud.",
  UCLOUD: "UCloud, including resellers with a name and host of their own.",
} as const;

export const VendorEnum = enumOf<Vendor>(
  "Vendor",
  "The company whose cloud holds an object. Used in answers only, so that a new vendor breaks no client.",
  VENDOR_WORDS,
);

export const VendorSelectorEnum = enumOf<Vendor>(
  "VendorSelector",
  "A vendor to filter by, with the same names as Vendor. Used in arguments only.",
  VENDOR_WORDS,
);

export const ProviderProductEnum = enumOf<ProviderProduct>(
  "ProviderProduct",
  "A vendor's Redis product.",
  {
    ALIBABA_KVSTORE: "Alibaba Cloud Tair, the Redis-compatible ApsaraDB (API R-kvstore).",
    TENCENT_REDIS: "TencentDB for Redis.",
    UCLOUD_UREDIS: "UCloud URedis: master and replica.",
    UCLOUD_UMEM: "UCloud UMem: distributed Redis.",
    AWS_ELASTICACHE: "Amazon ElastiCache for Redis OSS and Valkey, on nodes.",
    AWS_ELASTICACHE_SERVERLESS: "Amazon ElastiCache Serverless for Redis OSS and Valkey.",
    AWS_MEMORYDB: "Amazon MemoryDB.",
    S3_RDB: "RDB files in a bucket.",
  },
);

export const InstanceStatusEnum = enumOf<InstanceStatus>(
  "InstanceStatus",
  "The state of an instance, in the same words for all vendors.",
  {
    RUNNING: "It accepts connections.",
    CREATING: "It is being created and does not accept connections yet.",
    CHANGING: "It is being resized, moved, upgraded, restored or restarted.",
    STOPPED: "It was stopped or isolated and does not accept connections.",
    FAILED: "It is broken.",
    DELETED: "It was deleted. Its backups may still exist.",
    UNKNOWN:
      "The vendor reports no status, or one that the gateway does not know. See vendorStatus.",
  },
);

export const BackupStatusEnum = enumOf<BackupStatus>(
  "BackupStatus",
  "The state of a backup, in the same words for all vendors.",
  {
    RUNNING: "It is being created.",
    SUCCEEDED: "It finished successfully.",
    FAILED: "It failed or is incomplete.",
    LOCKED: "Another task is using it, so it is unknown whether it is usable.",
    EXPIRED: "Its retention period has ended.",
    DELETED: "It was deleted.",
    UNKNOWN: "The vendor reports a status that the gateway does not know. See vendorStatus.",
  },
);

export const BackupTriggerEnum = enumOf<BackupTrigger>("BackupTrigger", "What started a backup.", {
  AUTOMATIC: "A schedule started it.",
  MANUAL: "A person or a program requested it.",
  OTHER: "Another cause that the vendor names, such as a migration.",
  UNKNOWN: "The vendor does not say.",
});

export const BackupMethodEnum = enumOf<BackupMethod>("BackupMethod", "How a backup was made.", {
  PHYSICAL: "A copy of files, such as an RDB snapshot.",
  LOGICAL: "An export of keys and values, or of commands.",
  UNKNOWN: "The vendor does not say.",
});

export const BackupKindEnum = enumOf<BackupKind>("BackupKind", "How much data a backup holds.", {
  FULL: "All data. It can be restored without other backups.",
  INCREMENTAL: "The changes since an earlier backup, which is needed to restore it.",
  UNKNOWN: "The vendor does not say.",
});

export const PagingStyleEnum = enumOf<PagingStyle>(
  "PagingStyle",
  "How a vendor splits its lists into pages.",
  {
    OFFSET: "The client passes the number of rows to skip.",
    PAGE_NUMBER: "The client passes a page number and a page size.",
    TOKEN: "Each page holds a token for the next page.",
  },
);

export const HealthStateEnum = enumOf<HealthState>(
  "HealthState",
  "Whether the gateway can read a provider.",
  {
    HEALTHY: "Recent calls succeeded.",
    DEGRADED: "Some recent calls failed.",
    DOWN: "No call succeeds at the moment.",
    UNKNOWN: "No call has been made yet.",
  },
);

export const SourceIssueCodeEnum = enumOf<SourceIssueCode>(
  "SourceIssueCode",
  "Why rows of a source are missing or out of date. The page docs/errors.md says what to do about each code.",
  {
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
  },
);

export const CoverageStateEnum = enumOf<CoverageState>(
  "CoverageState",
  "Whether the backups of an instance meet the demands on them.",
  {
    PROTECTED:
      "A successful backup started within the recovery point objective (RPO), and every other demand of the policy is met.",
    VIOLATING: "A demand is not met. See violations.",
    UNKNOWN: "Unknown at the moment. See reason.",
  },
);

export const CoverageViolationEnum = enumOf<CoverageViolation>(
  "CoverageViolation",
  "A demand that an instance does not meet.",
  {
    RPO: "No successful backup started within the RPO.",
    RETENTION: "Successful backups do not reach back as far as the policy demands.",
    ENCRYPTION: "A successful backup within the RPO is not encrypted.",
    SIZE_DROP: "The newest successful backup is much smaller than those before it.",
    BACKUPS_OFF: "Automatic backups are off, and no successful backup started within the RPO.",
  },
);

export const CoverageOrderEnum = enumOf<CoverageOrder>(
  "CoverageOrder",
  "The order of a report's instances.",
  {
    INSTANCE: "By provider key, region and native id.",
    AGE_DESC:
      "Instances without a successful backup first, then the oldest newest backup. An instance whose age changes between two pages may come twice or not at all.",
    NAME: "By name, without regard to case.",
  },
);

export const BackupOrderEnum = enumOf<BackupOrder>(
  "BackupOrder",
  "The order of backups. Backups with the same start are ordered by id.",
  {
    STARTED_AT_DESC: "Newest start first.",
    STARTED_AT_ASC: "Oldest start first.",
  },
);

export const BackupDimensionEnum = enumOf<BackupDimension>(
  "BackupDimension",
  "What statistics of backups are grouped by.",
  {
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
  },
);

export const OnSourceErrorEnum = enumOf<OnSourceError>(
  "OnSourceError",
  "What happens to a list when one of its sources cannot be read.",
  {
    FAIL: "The field fails with UPSTREAM_FAILED.",
    PARTIAL: "The list holds the rows of the other sources, and issues names what is missing.",
  },
);
