import { expect, test } from "vitest";
import { isRow } from "../../../src/domain/row.js";
import { umemSpaces } from "../../../src/vendors/ucloud/umem.js";
import { uredisGroups } from "../../../src/vendors/ucloud/uredis.js";
import { fixture } from "../fixture.js";

const scope = { region: { id: "cn-bj2", endpoint: null }, instance: null };

test("groups are read; read replicas are left out", () => {
  const rows = uredisGroups.rows(fixture("ucloud/DescribeURedisGroup")).filter(isRow);
  expect(rows.map((row) => uredisGroups.map(row, scope))).toEqual([
    {
      nativeId: "uredis-2cwmyb",
      name: "uredis-one",
      zone: "cn-bj2-05",
      status: "RUNNING",
      vendorStatus: "Running",
      engineVersion: "6.0",
      memoryBytes: 4 * 1024 ** 3,
      createdAt: 1717200000000,
      shardCount: null,
      tags: [{ key: "Tag", value: "Default" }],
      automaticBackups: true,
      listing: "uredis-group",
    },
    {
      nativeId: "uredis-0vcq2a",
      name: "uredis-two",
      zone: "cn-bj2-05",
      status: "FAILED",
      vendorStatus: "ResizeFail",
      engineVersion: "4.0",
      memoryBytes: 1024 ** 3,
      createdAt: 1717200000000,
      shardCount: null,
      tags: null,
      automaticBackups: null,
      listing: "uredis-group",
    },
    null,
  ]);
});

test("Redis spaces are asked for, and Memcached ones are left out all the same", () => {
  expect(umemSpaces.params(scope)).toEqual({ Protocol: "redis" });
  const rows = umemSpaces.rows(fixture("ucloud/DescribeUMemSpace")).filter(isRow);
  expect(rows.map((row) => umemSpaces.map(row, scope))).toEqual([
    {
      nativeId: "umem-xyz",
      name: "sessions",
      zone: "cn-zj-01",
      status: "RUNNING",
      vendorStatus: "Running",
      engineVersion: null,
      memoryBytes: 16 * 1024 ** 3,
      createdAt: 1717200000000,
      shardCount: null,
      tags: [{ key: "Tag", value: "Default" }],
      listing: "umem-space",
    },
    null,
  ]);
});

test.each([
  { State: "Creating", status: "CREATING" },
  { State: "CreateFail", status: "FAILED" },
  { State: "Deleting", status: "CHANGING" },
  { State: "DeleteFail", status: "FAILED" },
  { State: "Running", status: "RUNNING" },
  { State: "Resizing", status: "CHANGING" },
  { State: "ResizeFail", status: "FAILED" },
  { State: "Configing", status: "CHANGING" },
  { State: "ConfigFail", status: "FAILED" },
  { State: "SSLSwitching", status: "CHANGING" },
  { State: "SSLSwitchFail", status: "FAILED" },
  { State: "Sleeping", status: "UNKNOWN" },
])("a group in state $State is $status", ({ State, status }) => {
  expect(uredisGroups.map({ GroupId: "g", State }, scope)).toMatchObject({ status });
});

test.each([
  { State: "Starting", status: "CREATING" },
  { State: "Running", status: "RUNNING" },
  { State: "Fail", status: "FAILED" },
])("a space in state $State is $status", ({ State, status }) => {
  expect(umemSpaces.map({ SpaceId: "s", State }, scope)).toMatchObject({ status });
});
