import { expect, test } from "vitest";
import { isRow } from "../../../src/domain/row.js";
import { kvstoreCluster } from "../../../src/vendors/alibaba/backups.js";
import { fixture } from "../fixture.js";

const scope = {
  region: { id: "ap-southeast-1", endpoint: null },
  instance: { nativeId: "r-t4nj72oug5r5646qog", zone: null, shardCount: 2 },
};

test("cluster backups are read; a failed shard makes the whole a failure", () => {
  const rows = kvstoreCluster.rows(fixture("alibaba/DescribeClusterBackupList")).filter(isRow);
  expect(rows.map((row) => kvstoreCluster.map(row, scope))).toEqual([
    {
      startedAt: Date.parse("2024-01-10T17:21:25Z"),
      finishedAt: Date.parse("2024-01-10T17:21:55Z"),
      expiresAt: Date.parse("2024-01-17T17:21:55Z"),
      instanceNativeId: "r-t4nj72oug5r5646qog",
      nativeId: "cb-zmdqj2m3xyxjtdt0",
      status: "SUCCEEDED",
      vendorStatus: "OK",
      trigger: "AUTOMATIC",
      sizeBytes: 2048,
      shardCount: 2,
      zone: null,
      name: null,
      method: "UNKNOWN",
      kind: "UNKNOWN",
      engineVersion: null,
      locked: null,
      encrypted: null,
      remark: null,
      failureReason: null,
      shard: null,
    },
    expect.objectContaining({
      nativeId: "cb-running",
      status: "RUNNING",
      trigger: "MANUAL",
      finishedAt: null,
      shardCount: null,
    }),
    expect.objectContaining({ nativeId: "cb-broken", status: "FAILED", vendorStatus: "OK" }),
  ]);
});

test("region and instance are asked for, and no total is believed", () => {
  expect(kvstoreCluster.params(scope)).toEqual({
    RegionId: "ap-southeast-1",
    InstanceId: "r-t4nj72oug5r5646qog",
  });
  expect(kvstoreCluster.total({ MaxResults: 3 })).toBeNull();
});

test("links of shards are not shown", () => {
  const [row] = kvstoreCluster.rows(fixture("alibaba/DescribeClusterBackupList")).filter(isRow);
  const shown = kvstoreCluster.withoutLinks(row ?? {});
  expect(shown["Backups"]).toEqual([
    {
      BackupId: "11611111",
      BackupName: "12345678",
      BackupSize: "1024",
      BackupStatus: "OK",
      InstanceName: "r-t4nj72oug5r5646qog-db-0",
    },
    {
      BackupId: "11611112",
      BackupName: "12345679",
      BackupSize: "1024",
      BackupStatus: "OK",
      InstanceName: "r-t4nj72oug5r5646qog-db-1",
    },
  ]);
});
