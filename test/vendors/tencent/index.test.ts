import { expect, test } from "vitest";
import { tencent } from "../../../src/vendors/tencent/index.js";
import { tencentAccount } from "../accounts.js";
import { vendorContract } from "../contract.js";
import { only } from "../fixture.js";

const refused = (Code: string): unknown => ({
  Response: { Error: { Code, Message: "canary" }, RequestId: "r-1" },
});

vendorContract({
  name: "Tencent 3.0",
  account: tencentAccount,
  signature:
    /"authorization":"TC3-HMAC-SHA256 Credential=AKIDexample\/2026-06-01\/redis\/tc3_request, SignedHeaders=content-type;host;x-tc-action, Signature=[0-9a-f]{64}"/,
  instant: "2026-06-02 02:10:00",
  pages: {
    "redis-instances": {
      file: "tencent/DescribeInstances",
      idField: "InstanceId",
      keys: 3,
      mapped: 2,
      total: 2,
    },
    "redis-region": {
      file: "tencent/DescribeInstanceBackups",
      idField: "BackupId",
      keys: 2,
      mapped: 2,
      total: 6,
    },
    "redis-instance": {
      file: "tencent/DescribeInstanceBackups",
      idField: "BackupId",
      keys: 2,
      mapped: 2,
      total: 6,
      instance: "crs-izbob1wh",
    },
  },
  errors: [
    {
      what: "a wrong signature",
      body: refused("AuthFailure.SignatureFailure"),
      kind: "UNAUTHENTICATED",
      hint: "secret of the account",
      details: { code: "AuthFailure.SignatureFailure", requestId: "r-1" },
    },
    {
      what: "a time that is off",
      body: refused("AuthFailure.SignatureExpire"),
      kind: "UNAUTHENTICATED",
      details: { clockSkew: true },
    },
    {
      what: "an unknown key",
      body: refused("AuthFailure.SecretIdNotFound"),
      kind: "UNAUTHENTICATED",
      hint: "the key is disabled",
    },
    {
      what: "a key of another kind",
      body: refused("AuthFailure.InvalidSecretId"),
      kind: "UNAUTHENTICATED",
      hint: "does not know the account's key",
    },
    {
      what: "a key that needs a second factor",
      body: refused("AuthFailure.MFAFailure"),
      kind: "UNAUTHENTICATED",
      hint: "multi-factor",
    },
    {
      what: "another product's host",
      body: refused("NoSuchProduct"),
      kind: "BAD_RESPONSE",
      hint: "Check `endpoint`",
    },
    {
      what: "a key without permission",
      body: refused("AuthFailure.UnauthorizedOperation"),
      kind: "FORBIDDEN",
    },
    {
      what: "a denial of CAM",
      body: refused("UnauthorizedOperation.NoCAMAuthed"),
      kind: "FORBIDDEN",
    },
    {
      what: "a refused address",
      body: refused("IpNotInWhitelist"),
      kind: "FORBIDDEN",
      hint: "IP address",
    },
    {
      what: "a missing permission that is called a parameter",
      body: refused("InvalidParameter.PermissionDenied"),
      kind: "FORBIDDEN",
    },
    { what: "too many calls", body: refused("RequestLimitExceeded"), kind: "THROTTLED" },
    {
      what: "too many calls of the account",
      body: refused("RequestLimitExceeded.UinLimitExceeded"),
      kind: "THROTTLED",
    },
    {
      what: "a quota that waiting does not help",
      body: refused("LimitExceeded.PeriodExceedMaxLimit"),
      kind: "UNAVAILABLE",
      details: { retryable: false },
    },
    {
      what: "an unknown instance",
      body: refused("ResourceNotFound.InstanceNotExists"),
      kind: "NOT_FOUND",
    },
    {
      what: "an unknown backup",
      body: refused("InvalidParameterValue.BackupNotExists"),
      kind: "NOT_FOUND",
    },
    {
      what: "a deleted instance",
      body: refused("ResourceUnavailable.InstanceDeleted"),
      kind: "NOT_FOUND",
    },
    {
      what: "a backup in use",
      body: refused("ResourceUnavailable.BackupStatusAbnormal"),
      kind: "UNAVAILABLE",
    },
    {
      what: "a parameter fault",
      body: refused("InvalidParameter.InvalidParameter"),
      kind: "BAD_RESPONSE",
    },
    { what: "a missing parameter", body: refused("MissingParameter"), kind: "BAD_RESPONSE" },
    {
      what: "a region without the product",
      body: refused("UnsupportedRegion"),
      hint: "Check `regions`",
      kind: "BAD_RESPONSE",
    },
    { what: "a retired action", body: refused("ActionOffline"), kind: "BAD_RESPONSE" },
    {
      what: "a fault of the database",
      body: refused("InternalError.DbOperationFailed"),
      kind: "UNAVAILABLE",
    },
    {
      what: "a fault of the system",
      body: refused("FailedOperation.SystemError"),
      kind: "UNAVAILABLE",
    },
    { what: "an unknown code", body: refused("Whatever.Else"), kind: "BAD_RESPONSE" },
    { what: "an own function's name", body: refused("constructor"), kind: "BAD_RESPONSE" },
    { what: "an error without a code", body: { Response: { Error: {} } }, kind: "BAD_RESPONSE" },
    {
      what: "an error that is text",
      body: { Response: { Error: "canary" } },
      kind: "BAD_RESPONSE",
    },
    {
      what: "fields with HTTP 502",
      body: { Response: { BackupSet: [] } },
      status: 502,
      kind: "UNAVAILABLE",
    },
  ],
});

const code = (value: unknown, rest: Record<string, unknown> = {}): unknown => ({
  code: value,
  message: "canary",
  ...rest,
});

vendorContract({
  name: "Tencent 2.0",
  account: { ...tencentAccount, api: "2.0" },
  signature: /&Signature=[A-Za-z0-9%]+&SignatureMethod=HmacSHA256&/,
  instant: "2026-06-02 02:10:00",
  pages: {
    "redis2-instances": {
      file: "tencent/DescribeRedis",
      idField: "redisId",
      keys: 2,
      mapped: 2,
      total: 2,
    },
    "redis2-instance": {
      file: "tencent/GetRedisBackupList",
      idField: "backupId",
      keys: 2,
      mapped: 2,
      total: 2,
    },
  },
  errors: [
    {
      what: "a wrong signature",
      body: code(4100),
      kind: "UNAUTHENTICATED",
      hint: "secret of the account",
      details: { code: "4100" },
    },
    { what: "a code as text", body: code("4400"), kind: "THROTTLED" },
    { what: "bad parameters", body: code(4000), kind: "BAD_RESPONSE" },
    { what: "a missing permission", body: code(4101), kind: "FORBIDDEN" },
    { what: "an unknown key", body: code(4104), kind: "UNAUTHENTICATED", hint: "disabled" },
    { what: "a wrong token", body: code(4105), kind: "UNAUTHENTICATED", hint: "session token" },
    { what: "a second factor", body: code(4106), kind: "UNAUTHENTICATED", hint: "multi-factor" },
    { what: "a blocked account", body: code(4300), kind: "FORBIDDEN", hint: "blocks the account" },
    {
      what: "a request that has expired",
      body: code(4200),
      kind: "UNAUTHENTICATED",
      details: { clockSkew: true },
    },
    {
      what: "a replay or a time that is off",
      body: code(4500),
      kind: "UNAUTHENTICATED",
      details: { clockSkew: true },
    },
    { what: "http instead of https", body: code(4600), kind: "BAD_RESPONSE", hint: "https only" },
    { what: "an unknown resource", body: code(5000), kind: "NOT_FOUND" },
    { what: "a failed operation", body: code("5100"), kind: "UNAVAILABLE" },
    { what: "an internal fault", body: code(6000), kind: "UNAVAILABLE" },
    { what: "maintenance", body: code(6200), kind: "UNAVAILABLE" },
    {
      what: "the module's word",
      body: code(5100, { codeDesc: "InstanceNotExists" }),
      kind: "NOT_FOUND",
      details: { code: "InstanceNotExists" },
    },
    {
      what: "the module's number",
      body: code("5100", { message: "(11213) canary", codeDesc: "InternalError" }),
      kind: "NOT_FOUND",
      details: { code: "11213" },
    },
    {
      what: "a business parameter",
      body: code(4000, { message: "(11201)canary", codeDesc: "InvalidParameter" }),
      kind: "BAD_RESPONSE",
    },
    { what: "an unknown code", body: code(9999), kind: "BAD_RESPONSE" },
    { what: "a success with HTTP 500", body: code(0), status: 500, kind: "UNAVAILABLE" },
  ],
});

test("the account's api chooses the declaration", () => {
  const v3 = only(tencent.products(tencentAccount));
  const v2 = only(tencent.products({ ...tencentAccount, api: "2.0" }));
  expect([v3.word, v2.word]).toEqual(["redis", "redis"]);
  expect([v3.wide?.name, v2.wide]).toEqual(["redis-region", null]);
  expect([...v3.instances, ...v2.instances].map(({ action }) => action)).toEqual([
    "DescribeInstances",
    "DescribeRedis",
  ]);
});

test("neither API lists regions", () => {
  expect(only(tencent.products(tencentAccount)).regions).toBeNull();
});
