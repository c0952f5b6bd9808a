import { expect, test } from "vitest";
import { signUCloud } from "../../../src/vendors/ucloud/api.js";
import { flatParams } from "../../../src/vendors/kit/request.js";
import type { Params } from "../../../src/listing/declaration.js";

const PUBLIC = "ucloudsomeone@example.com1296235120854146120";
const PRIVATE = "46f09bb9fab4f12dfc160dae12273d5332b5debe";

const CREATE_HOST: Params = {
  Action: "CreateUHostInstance",
  CPU: 2,
  ChargeType: "Month",
  DiskSpace: 10,
  ImageId: "f43736e1-65a5-4bea-ad2e-8a46e18883c2",
  LoginMode: "Password",
  Memory: 2048,
  Name: "Host01",
  Password: "VUNsb3VkLmNu",
  Quantity: 1,
  Region: "cn-bj2",
  Zone: "cn-bj2-04",
};

// The first is of the vendor's document, the next three of its SDKs' tests, the others computed by
// another implementation.
test.each<{ what: string; params: Params; signature: string }>([
  {
    what: "the document's example",
    params: { Action: "DescribeUHostInstance", Region: "cn-bj2", Limit: 10 },
    signature: "cba5cf5ec4d4233d206b1b54951e3787350a642f",
  },
  {
    what: "a long call",
    params: CREATE_HOST,
    signature: "4f9ef5df2abab2c6fccd1e9515cb7e2df8c6bb65",
  },
  {
    what: "a session token",
    params: { ...CREATE_HOST, SecurityToken: "some_stoken" },
    signature: "170c480ad176a247b324eb92a2cfe536aacfbd04",
  },
  {
    what: "a list of twelve, where 10 sorts before 2",
    params: {
      Action: "AllocateBackendBatch",
      Backends: ["foo", "bar", 42, "foo", "bar", 42, "foo", "bar", 42, "foo", "bar", 42],
    },
    signature: "6bc32642779f8cb0bb3d3f128b1c0688abf9a1a3",
  },
  {
    what: "a list of a group's backups",
    params: {
      Action: "DescribeURedisBackup",
      Region: "cn-bj2",
      GroupId: "uredis-abc123",
      Offset: 0,
      Limit: 20,
    },
    signature: "99536b099580805b7c6039a0649d28ebb68a1024",
  },
  {
    what: "a list of a space's backups",
    params: {
      Action: "DescribeUMemBackup",
      Region: "cn-zj",
      Zone: "cn-zj-01",
      ProjectId: "org-abc",
      SpaceId: "umem-xyz",
      Offset: 0,
      Limit: 10,
    },
    signature: "ac6b585d3eb2c09d52daf3fafb0b5a4e029e49ed",
  },
  {
    what: "a truth value",
    params: {
      Action: "DescribeURedisBackupURL",
      Region: "cn-bj2",
      BackupId: "24149c99-4df6-4b5a-99b4-8ab1ca2d7aaa",
      IsCrossRegion: true,
    },
    signature: "d9589db810db277118f41fdd024c62460c071ebd",
  },
  {
    what: "text beyond ASCII",
    params: {
      Action: "CreateURedisBackup",
      Region: "cn-bj2",
      GroupId: "uredis-abc123",
      BackupName: "备份-1",
    },
    signature: "9492d7289cf6b918e3395117d18e6229da653d19",
  },
])("$what is signed as the vendor does", ({ params, signature }) => {
  expect(signUCloud(flatParams({ ...params, PublicKey: PUBLIC }, 0), PRIVATE)).toBe(signature);
});
