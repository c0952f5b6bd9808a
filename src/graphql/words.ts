import type { CoverageState } from "../domain/coverage.js";
import type { BackupOrder, OnSourceError } from "../domain/filter.js";
import type { HealthState } from "../domain/provider.js";
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
import { enumOf } from "./enumOf.js";

const VENDOR_WORDS = {
  ALIBABA: "Alibaba Cloud.",
  TENCENT: "Tencent Cloud.",
  UCLOUD: "UCloud, also under the name and host of a reseller.",
} as const;

export const VendorEnum = enumOf<Vendor>(
  "Vendor",
  "The company whose cloud holds an object. Only in answers, so that new vendors break no client.",
  VENDOR_WORDS,
);

export const VendorSelectorEnum = enumOf<Vendor>(
  "VendorSelector",
  "A vendor to select by; the same names as Vendor. Only in arguments.",
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
  },
);

export const InstanceStatusEnum = enumOf<InstanceStatus>(
  "InstanceStatus",
  "What an instance is doing, in one vocabulary for all vendors.",
  {
    RUNNING: "It serves.",
    CREATING: "It is being made and does not serve yet.",
    CHANGING: "It is being changed: resized, moved, upgraded, restored or restarted.",
    STOPPED: "It was stopped or isolated, and does not serve.",
    FAILED: "It is out of order.",
    DELETED: "It was deleted; its backups may live on.",
    UNKNOWN: "The vendor said nothing, or a word that the gateway does not know: see vendorStatus.",
  },
);

export const BackupStatusEnum = enumOf<BackupStatus>(
  "BackupStatus",
  "How far a backup is, in one vocabulary for all vendors.",
  {
    RUNNING: "It is being written.",
    SUCCEEDED: "It was written whole.",
    FAILED: "It was not written, or not whole.",
    LOCKED: "It is in use by another task, and cannot be told to be whole.",
    EXPIRED: "Its retention has ended.",
    DELETED: "It was deleted.",
    UNKNOWN: "The vendor said a word that the gateway does not know: see vendorStatus.",
  },
);

export const BackupTriggerEnum = enumOf<BackupTrigger>("BackupTrigger", "What started a backup.", {
  AUTOMATIC: "A schedule.",
  MANUAL: "A person or a program, by a request of its own.",
  OTHER: "Something else that the vendor names, such as a migration.",
  UNKNOWN: "The vendor does not say.",
});

export const BackupMethodEnum = enumOf<BackupMethod>("BackupMethod", "How a backup was taken.", {
  PHYSICAL: "As a copy of files, such as an RDB snapshot.",
  LOGICAL: "As a list of keys and values or commands.",
  UNKNOWN: "The vendor does not say.",
});

export const BackupKindEnum = enumOf<BackupKind>("BackupKind", "How much a backup holds.", {
  FULL: "All data by itself.",
  INCREMENTAL: "What changed since an earlier backup, which it needs.",
  UNKNOWN: "The vendor does not say.",
});

export const PagingStyleEnum = enumOf<PagingStyle>(
  "PagingStyle",
  "How a vendor divides its lists into pages.",
  {
    OFFSET: "By the number of rows to skip.",
    PAGE_NUMBER: "By numbered pages of one size.",
    TOKEN: "By a token in each page that leads to the next.",
  },
);

export const HealthStateEnum = enumOf<HealthState>(
  "HealthState",
  "Whether a provider can be read.",
  {
    HEALTHY: "The last calls succeeded.",
    DEGRADED: "Some of the last calls failed.",
    DOWN: "No call succeeds now.",
    UNKNOWN: "Nothing was asked yet.",
  },
);

export const SourceIssueCodeEnum = enumOf<SourceIssueCode>(
  "SourceIssueCode",
  "Why rows of a source are missing or old.",
  {
    UNAVAILABLE: "The vendor cannot be reached, or says that it is out of order.",
    TIMEOUT: "The vendor did not answer in time.",
    THROTTLED: "The vendor, or the quota kept for it, allows no further call now.",
    UNAUTHENTICATED: "The vendor refused the gateway's own keys.",
    FORBIDDEN: "The gateway's own keys may not read this.",
    NOT_FOUND: "The vendor does not know the instance or the region.",
    BAD_RESPONSE: "The vendor's answer could not be understood, whole or in one row.",
    STALE: "The vendor failed, and older data is shown: see asOf.",
    SCAN_LIMIT: "The list is longer than the gateway is allowed to read.",
    CUT: "The time or the calls of this operation ran out; the next page goes on from here.",
  },
);

export const CoverageStateEnum = enumOf<CoverageState>(
  "CoverageState",
  "Whether an instance has a recent enough backup.",
  {
    PROTECTED: "A whole backup was started within the recovery point objective.",
    VIOLATING: "No whole backup was started within it, and that is certain.",
    UNKNOWN: "It cannot be told now: see the reason.",
  },
);

export const BackupOrderEnum = enumOf<BackupOrder>(
  "BackupOrder",
  "The order of backups. Ties are broken by id, so it is total.",
  {
    STARTED_AT_DESC: "The newest start first.",
    STARTED_AT_ASC: "The oldest start first.",
  },
);

export const OnSourceErrorEnum = enumOf<OnSourceError>(
  "OnSourceError",
  "What a source that cannot be read does to the list.",
  {
    FAIL: "The field fails with UPSTREAM_FAILED.",
    PARTIAL: "The rows of the others are given, and issues names what is missing.",
  },
);
