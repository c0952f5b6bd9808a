import { expect, test } from "vitest";
import { ucloud } from "../../../src/vendors/ucloud/index.js";
import { ucloudAccount } from "../accounts.js";
import { vendorContract } from "../contract.js";
import { only } from "../fixture.js";

vendorContract({
  name: "UCloud",
  account: ucloudAccount,
  signature: /Signature=[0-9a-f]{40}/,
  instant: null,
  pages: {
    "ucloud-regions": {
      file: "ucloud/GetRegion",
      idField: "Region",
      keys: 2,
      mapped: 3,
      total: null,
    },
    "uredis-groups": {
      file: "ucloud/DescribeURedisGroup",
      idField: "GroupId",
      keys: 3,
      mapped: 2,
      total: 3,
    },
    "uredis-region": {
      file: "ucloud/DescribeURedisBackup",
      idField: "BackupId",
      keys: 2,
      mapped: 2,
      total: 2,
    },
    "uredis-group": {
      file: "ucloud/DescribeURedisBackup.2025",
      idField: "BackupId",
      keys: 1,
      mapped: 1,
      total: 1,
      instance: "uredis-2cwmyb",
    },
    "umem-spaces": {
      file: "ucloud/DescribeUMemSpace",
      idField: "SpaceId",
      keys: 2,
      mapped: 1,
      total: 2,
    },
    "umem-space": {
      file: "ucloud/DescribeUMemBackup.shards",
      idField: "BackupId",
      keys: 2,
      mapped: 3,
      total: null,
    },
  },
  errors: [
    {
      what: "a wrong signature",
      body: { RetCode: 171, Action: "Foo", Message: "签名错误 canary" },
      kind: "UNAUTHENTICATED",
      hint: "secret of the account",
      details: { code: "171", requestId: "a-1" },
      headers: { "x-ucloud-request-uuid": "a-1" },
    },
    {
      what: "an unknown user, in a body without Action",
      body: { Message: "User Not Exists canary", RetCode: 172 },
      kind: "UNAUTHENTICATED",
      hint: "does not know the account's key",
    },
    { what: "a RetCode as text", body: { RetCode: "153" }, kind: "THROTTLED" },
    { what: "a timeout of the vendor's", body: { RetCode: 110 }, kind: "TIMEOUT" },
    { what: "a gateway fault", body: { RetCode: 130 }, kind: "UNAVAILABLE" },
    { what: "a service that is down", body: { RetCode: 150 }, kind: "UNAVAILABLE" },
    {
      what: "an unknown action",
      body: { RetCode: 161 },
      kind: "BAD_RESPONSE",
      hint: "Check `endpoint`",
    },
    { what: "another object", body: {}, kind: "BAD_RESPONSE", hint: "Check `endpoint`" },
    { what: "a zone that is not open", body: { RetCode: 293 }, kind: "FORBIDDEN", hint: "zone" },
    { what: "a missing signature", body: { RetCode: 170 }, kind: "UNAUTHENTICATED" },
    { what: "an unknown token", body: { RetCode: 174 }, kind: "UNAUTHENTICATED" },
    {
      what: "a missing parameter",
      body: { RetCode: 220, Message: "Missing params [GroupId]" },
      kind: "BAD_RESPONSE",
      details: { code: "220" },
    },
    {
      what: "a region that is not open",
      body: { RetCode: 230, Message: "Params [Region] not available" },
      kind: "FORBIDDEN",
      hint: "Set `regions`",
    },
    {
      what: "a sub-account without a project",
      body: { RetCode: 220, Message: "Missing params [ProjectId]" },
      kind: "FORBIDDEN",
      hint: "Set `projectId`",
    },
    {
      what: "an address that is not allowed",
      body: { RetCode: 294 },
      kind: "FORBIDDEN",
      hint: "IP address",
    },
    {
      what: "another parameter that is not valid",
      body: { RetCode: 230, Message: "Params [Limit] not valid" },
      kind: "BAD_RESPONSE",
    },
    { what: "a parameter that is not valid", body: { RetCode: 230 }, kind: "BAD_RESPONSE" },
    {
      what: "an unknown project",
      body: { RetCode: 292 },
      kind: "FORBIDDEN",
      hint: "Set `projectId`",
    },
    { what: "a refused address", body: { RetCode: 294 }, kind: "FORBIDDEN" },
    { what: "a denial of IAM", body: { RetCode: 299 }, kind: "FORBIDDEN" },
    { what: "a failed query of the product", body: { RetCode: 20206 }, kind: "UNAVAILABLE" },
    { what: "a product without permission", body: { RetCode: 20004 }, kind: "FORBIDDEN" },
    { what: "an unknown code", body: { RetCode: 4711 }, kind: "BAD_RESPONSE" },
    {
      what: "an unknown code with HTTP 503",
      body: { RetCode: 4711 },
      status: 503,
      kind: "UNAVAILABLE",
    },
    { what: "a success with HTTP 500", body: { RetCode: 0 }, status: 500, kind: "UNAVAILABLE" },
    {
      what: "a code that is no code",
      body: { RetCode: "<canary>" },
      kind: "BAD_RESPONSE",
      details: { code: undefined },
    },
    {
      what: "a code named as an object's own function",
      body: { RetCode: "constructor" },
      kind: "BAD_RESPONSE",
    },
  ],
});

test("an account shows the products that it is configured for", () => {
  const products = ucloud.products({ ...ucloudAccount, products: ["umem"] });
  expect(only(products).product).toBe("UCLOUD_UMEM");
});

test("only the master-replica product has a list of a whole region", () => {
  const [uredis, umem] = ucloud.products(ucloudAccount);
  expect(uredis?.wide?.name).toBe("uredis-region");
  expect(uredis?.wide?.refusedBy).toEqual(["220"]);
  expect(umem?.wide).toBeNull();
});

test("an account without a project says that the default project alone is read", () => {
  const notesOf = (projectId: string | null) =>
    ucloud
      .products({ ...ucloudAccount, projectId })
      .map(({ capabilities }) => capabilities.notes.filter((note) => note.includes("projectId")));
  expect(notesOf(null).map(({ length }) => length)).toEqual([1, 1]);
  expect(notesOf("org-abc")).toEqual([[], []]);
});
