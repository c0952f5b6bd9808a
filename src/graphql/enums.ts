import { COVERAGE_ORDER, COVERAGE_STATE, COVERAGE_VIOLATION } from "../domain/coverage.js";
import { BACKUP_ORDER, ON_SOURCE_ERROR } from "../domain/filter.js";
import { HEALTH_STATE } from "../domain/provider.js";
import { BACKUP_DIMENSION } from "../domain/stats.js";
import {
  BACKUP_KIND,
  BACKUP_METHOD,
  BACKUP_STATUS,
  BACKUP_TRIGGER,
  INSTANCE_STATUS,
  PAGING_STYLE,
  SOURCE_ISSUE_CODE,
  type ProviderProduct,
  type Vendor,
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

export const InstanceStatusEnum = enumOf(
  "InstanceStatus",
  "The state of an instance, in the same words for all vendors.",
  INSTANCE_STATUS,
);

export const BackupStatusEnum = enumOf(
  "BackupStatus",
  "The state of a backup, in the same words for all vendors.",
  BACKUP_STATUS,
);

export const BackupTriggerEnum = enumOf("BackupTrigger", "What started a backup.", BACKUP_TRIGGER);

export const BackupMethodEnum = enumOf("BackupMethod", "How a backup was made.", BACKUP_METHOD);

export const BackupKindEnum = enumOf("BackupKind", "How much data a backup holds.", BACKUP_KIND);

export const PagingStyleEnum = enumOf(
  "PagingStyle",
  "How a vendor splits its lists into pages.",
  PAGING_STYLE,
);

export const HealthStateEnum = enumOf(
  "HealthState",
  "Whether the gateway can read a provider.",
  HEALTH_STATE,
);

export const SourceIssueCodeEnum = enumOf(
  "SourceIssueCode",
  "Why rows of a source are missing or out of date. The page docs/errors.md says what to do about each code.",
  SOURCE_ISSUE_CODE,
);

export const CoverageStateEnum = enumOf(
  "CoverageState",
  "Whether the backups of an instance meet the demands on them.",
  COVERAGE_STATE,
);

export const CoverageViolationEnum = enumOf(
  "CoverageViolation",
  "A demand that an instance does not meet.",
  COVERAGE_VIOLATION,
);

export const CoverageOrderEnum = enumOf(
  "CoverageOrder",
  "The order of a report's instances.",
  COVERAGE_ORDER,
);

export const BackupOrderEnum = enumOf(
  "BackupOrder",
  "The order of backups. Backups with the same start are ordered by id.",
  BACKUP_ORDER,
);

export const BackupDimensionEnum = enumOf(
  "BackupDimension",
  "What statistics of backups are grouped by.",
  BACKUP_DIMENSION,
);

export const OnSourceErrorEnum = enumOf(
  "OnSourceError",
  "What happens to a list when one of its sources cannot be read.",
  ON_SOURCE_ERROR,
);
