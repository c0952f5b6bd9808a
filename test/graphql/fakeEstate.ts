import type { Backup } from "../../src/domain/backup.js";
import { backupId, instanceId } from "../../src/domain/id.js";
import type { Instance } from "../../src/domain/instance.js";
import type { SourceIssue } from "../../src/domain/connection.js";
import type { Provider } from "../../src/domain/provider.js";

/** The moment of the fake estate: 2025-06-01T00:00:00Z. */
export const NOW = Date.UTC(2025, 5, 1);
const HOUR = 3_600_000;

export const PROVIDERS: readonly Provider[] = [
  { key: "ali/kvstore", vendor: "ALIBABA", product: "ALIBABA_KVSTORE", account: "ali" },
  { key: "uc/uredis", vendor: "UCLOUD", product: "UCLOUD_UREDIS", account: "uc" },
];

const instance = (provider: string, region: string, nativeId: string): Instance => ({
  id: instanceId(provider, region, nativeId),
  provider,
  region,
  nativeId,
  name: `name of ${nativeId}`,
  zone: null,
  status: "RUNNING",
  vendorStatus: "Normal",
  engineVersion: "7.0",
  memoryBytes: 1_073_741_824,
  createdAt: NOW - 1000 * HOUR,
  shardCount: 1,
  tags: [{ key: "env", value: "prod" }],
  project: "org-1",
  encrypted: true,
  automaticBackups: true,
  retentionMs: 168 * HOUR,
  listing: "backups",
});

export const INSTANCES: readonly Instance[] = [
  instance("ali/kvstore", "cn-hangzhou", "r-1"),
  instance("ali/kvstore", "cn-hangzhou", "r-2"),
  instance("uc/uredis", "cn-bj2", "uredis-1"),
];

function backup(of: Instance, nativeId: string, hoursAgo: number): Backup {
  const startedAt = NOW - hoursAgo * HOUR;
  const { provider, region, nativeId: instanceNativeId, listing } = of;
  return {
    id: backupId({ provider, region, instanceNativeId, nativeId, startedAt }),
    startedAt,
    provider,
    region,
    zone: null,
    instanceNativeId,
    nativeId,
    name: null,
    status: "SUCCEEDED",
    vendorStatus: "Success",
    trigger: "AUTOMATIC",
    method: "PHYSICAL",
    kind: "FULL",
    finishedAt: startedAt + 200_000,
    expiresAt: null,
    sizeBytes: 123_456_789_012,
    shardCount: 1,
    engineVersion: "7.0",
    locked: null,
    encrypted: null,
    remark: null,
    failureReason: null,
    listing,
    raw: { BackupId: nativeId },
  };
}

/** Newest first, over all instances in turn. */
export const BACKUPS: readonly Backup[] = Array.from({ length: 30 }, (_, i) =>
  backup(INSTANCES[i % INSTANCES.length] as Instance, `b-${i}`, i + 1),
);

/** One of everything that an issue can say. */
export const ISSUE: SourceIssue = {
  provider: "uc/uredis",
  region: "cn-bj2",
  instanceNativeId: null,
  count: 1,
  instanceNativeIds: [],
  vendorCode: null,
  code: "STALE",
  message: "The vendor did not answer in time; older data is shown.",
  retryable: true,
  retryAfterMs: 30_000,
  asOf: NOW - 60_000,
};
