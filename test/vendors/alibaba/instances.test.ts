import { expect, test } from "vitest";
import { isRow } from "../../../src/domain/row.js";
import { kvstoreInstances } from "../../../src/vendors/alibaba/instances.js";
import { fixture } from "../fixture.js";

const scope = { region: { id: "cn-hangzhou", endpoint: null }, instance: null };

test("instances are read; Memcache ones are left out, cloud-native clusters have their own list", () => {
  const rows = kvstoreInstances.rows(fixture("alibaba/DescribeInstances")).filter(isRow);
  expect(rows.map((row) => kvstoreInstances.map(row, scope))).toEqual([
    {
      nativeId: "r-bp1xxxxxxxxxxxxx",
      name: "orders",
      zone: "cn-hangzhou-b",
      status: "RUNNING",
      vendorStatus: "Normal",
      engineVersion: "4.5",
      memoryBytes: 1024 ** 3,
      createdAt: Date.parse("2018-11-07T08:49:00Z"),
      shardCount: null,
      tags: [
        { key: "env", value: "prod" },
        { key: "reviewed", value: "" },
      ],
      project: "rg-acfmyiu4ekp****",
      listing: "kvstore-backups",
    },
    expect.objectContaining({
      nativeId: "r-bp1cluster",
      status: "CHANGING",
      shardCount: 2,
      tags: null,
      listing: "kvstore-backups",
    }),
    expect.objectContaining({
      nativeId: "r-t4nj72oug5r5646qog",
      name: null,
      listing: "kvstore-cluster",
    }),
    null,
  ]);
});

test("the region is asked for in pages of 50", () => {
  expect(kvstoreInstances.params(scope)).toEqual({ RegionId: "cn-hangzhou" });
  expect(kvstoreInstances.shape.page).toMatchObject({ max: 50 });
});

test.each([
  { ArchitectureType: "cluster", IsRds: false, listing: "kvstore-cluster" },
  { ArchitectureType: "cluster", IsRds: "false", listing: "kvstore-cluster" },
  { ArchitectureType: "cluster", IsRds: true, listing: "kvstore-backups" },
  { ArchitectureType: "cluster", listing: "kvstore-backups" },
  { ArchitectureType: "standard", IsRds: false, listing: "kvstore-backups" },
])("$ArchitectureType with IsRds $IsRds has its backups in $listing", ({ listing, ...facts }) => {
  expect(kvstoreInstances.map({ InstanceId: "r-1", ...facts }, scope)?.listing).toBe(listing);
});

test.each([
  { InstanceStatus: "Normal", status: "RUNNING" },
  { InstanceStatus: "Creating", status: "CREATING" },
  { InstanceStatus: "Changing", status: "CHANGING" },
  { InstanceStatus: "Flushing", status: "CHANGING" },
  { InstanceStatus: "BackupRecovering", status: "CHANGING" },
  { InstanceStatus: "Inactive", status: "STOPPED" },
  { InstanceStatus: "Unavailable", status: "STOPPED" },
  { InstanceStatus: "Error", status: "FAILED" },
  { InstanceStatus: "Released", status: "DELETED" },
  { InstanceStatus: "Dreaming", status: "UNKNOWN" },
])("an instance that is $InstanceStatus is $status", ({ InstanceStatus, status }) => {
  expect(kvstoreInstances.map({ InstanceId: "r-1", InstanceStatus }, scope)?.status).toBe(status);
});
