import { describe, expect, test } from "vitest";
import { alibaba } from "../../../src/vendors/alibaba/index.js";
import { alibabaAccount } from "../accounts.js";
import { vendorContract, type ErrorFact, type PageFact } from "../contract.js";
import { only } from "../fixture.js";

const refused = (Code: string): unknown => ({
  RequestId: "r-1",
  HostId: "r-kvstore.aliyuncs.com",
  Code,
  Message: "canary",
  Recommend: "https://error-center.aliyun.com/canary",
});

const pages: Readonly<Record<string, PageFact>> = {
  "kvstore-regions": {
    file: "alibaba/DescribeRegions",
    idField: "RegionId",
    keys: 3,
    mapped: 4,
    total: null,
  },
  "kvstore-instances": {
    file: "alibaba/DescribeInstances",
    idField: "InstanceId",
    keys: 4,
    mapped: 3,
    total: 4,
  },
  "kvstore-backups": {
    file: "alibaba/DescribeBackups.wrapped",
    idField: "BackupId",
    keys: 3,
    mapped: 3,
    total: 3,
    instance: "r-bp1xxxxxxxxxxxxx",
  },
  "kvstore-cluster": {
    file: "alibaba/DescribeClusterBackupList",
    idField: "ClusterBackupId",
    keys: 3,
    mapped: 3,
    total: null,
  },
};

const errors: readonly ErrorFact[] = [
  {
    what: "an unknown key",
    body: refused("InvalidAccessKeyId.NotFound"),
    status: 404,
    kind: "UNAUTHENTICATED",
    hint: "does not know the account's key",
    details: { code: "InvalidAccessKeyId.NotFound", requestId: "r-1" },
  },
  {
    what: "an inactive key",
    body: refused("InvalidAccessKeyId.Inactive"),
    hint: "is disabled",
    status: 400,
    kind: "UNAUTHENTICATED",
  },
  {
    what: "a wrong signature",
    body: refused("SignatureDoesNotMatch"),
    hint: "secret of the account",
    status: 400,
    kind: "UNAUTHENTICATED",
  },
  {
    what: "half a signature",
    body: refused("IncompleteSignature"),
    status: 400,
    kind: "UNAUTHENTICATED",
  },
  {
    what: "an expired token",
    body: refused("InvalidSecurityToken.Expired"),
    hint: "session token",
    status: 400,
    kind: "UNAUTHENTICATED",
  },
  {
    what: "a time that is off",
    body: refused("InvalidTimeStamp.Expired"),
    status: 400,
    kind: "UNAUTHENTICATED",
    details: { clockSkew: true },
  },
  {
    what: "an illegal time",
    body: refused("IllegalTimestamp"),
    status: 400,
    kind: "UNAUTHENTICATED",
    details: { clockSkew: true },
  },
  {
    what: "a time in another form, which no clock mends",
    body: refused("InvalidTimeStamp.Format"),
    status: 400,
    kind: "UNAUTHENTICATED",
  },
  {
    what: "a nonce used twice, which a new signature mends",
    body: refused("SignatureNonceUsed"),
    status: 400,
    kind: "UNAUTHENTICATED",
    details: { retryable: true },
  },
  {
    what: "a denial of RAM",
    body: refused("Forbidden.RAM"),
    status: 403,
    kind: "FORBIDDEN",
    details: { isDenied: true },
  },
  { what: "a denial", body: refused("ActionUnauthorized"), status: 403, kind: "FORBIDDEN" },
  {
    what: "too many calls, with HTTP 400 and a wait",
    body: refused("Throttling.User"),
    status: 400,
    headers: { "x-acs-retry-after": "2000" },
    kind: "THROTTLED",
    details: { retryAfterMs: 2000 },
  },
  {
    what: "too many calls of the action",
    body: refused("Throttling.Api"),
    status: 400,
    kind: "THROTTLED",
  },
  {
    what: "throttling under a name of its own",
    body: refused("UserThrottling"),
    status: 400,
    kind: "THROTTLED",
  },
  {
    what: "a wait of zero",
    body: refused("Throttling"),
    status: 400,
    headers: { "x-acs-retry-after": "0" },
    kind: "THROTTLED",
    details: { retryAfterMs: undefined },
  },
  {
    what: "a service that is down",
    body: refused("ServiceUnavailable"),
    status: 503,
    kind: "UNAVAILABLE",
  },
  { what: "an internal fault", body: refused("InternalError"), status: 500, kind: "UNAVAILABLE" },
  {
    what: "an unknown instance",
    body: refused("InvalidInstanceId.NotFound"),
    status: 404,
    kind: "NOT_FOUND",
  },
  {
    what: "an instance that is not shown",
    body: refused("Forbidden.InstanceNotFound"),
    status: 404,
    kind: "NOT_FOUND",
  },
  {
    what: "an unknown thing under an unknown code",
    body: refused("InvalidThing.NotFound"),
    status: 404,
    kind: "NOT_FOUND",
  },
  {
    what: "an action of another product",
    body: refused("InvalidApi.NotFound"),
    hint: "Check `endpoint`",
    status: 404,
    kind: "BAD_RESPONSE",
  },
  {
    what: "a region that does not exist",
    body: refused("InvalidRegionId.NotFound"),
    hint: "Check `regions`",
    status: 404,
    kind: "NOT_FOUND",
  },
  {
    what: "an action that the host does not know",
    body: refused("InvalidAction.NotFound"),
    hint: "Check `endpoint`",
    status: 404,
    kind: "BAD_RESPONSE",
  },
  {
    what: "a missing parameter",
    body: refused("MissingParameter"),
    status: 400,
    kind: "BAD_RESPONSE",
  },
  {
    what: "a missing one by name",
    body: refused("MissingEndTime"),
    status: 400,
    kind: "BAD_RESPONSE",
  },
  {
    what: "a window that is not taken",
    body: refused("InvalidEndTime.Malformed"),
    status: 400,
    kind: "BAD_RESPONSE",
    details: { code: "InvalidEndTime.Malformed" },
  },
  {
    what: "a page size that is not taken",
    body: refused("InvalidPageSize.Malformed"),
    status: 400,
    kind: "BAD_RESPONSE",
  },
  {
    what: "an error with HTTP 200",
    body: refused("Forbidden.RAM"),
    status: 200,
    kind: "FORBIDDEN",
  },
  {
    what: "an error in a wrapper",
    body: { DescribeBackupsResponse: refused("Throttling") },
    status: 200,
    kind: "THROTTLED",
  },
  {
    what: "fields with HTTP 502",
    body: { Backups: { Backup: [] } },
    status: 502,
    kind: "UNAVAILABLE",
  },
  { what: "a success code with HTTP 500", body: { Code: "200" }, status: 500, kind: "UNAVAILABLE" },
];

vendorContract({
  name: "Alibaba by signature v3",
  account: alibabaAccount,
  signature:
    /"authorization":"ACS3-HMAC-SHA256 Credential=LTAIexample,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=[0-9a-f]{64}"/,
  instant: "2026-06-01T18:10Z",
  pages,
  errors,
});

vendorContract({
  name: "Alibaba by signature v1",
  account: { ...alibabaAccount, signature: "v1" },
  signature: /&Signature=[A-Za-z0-9%]+&SignatureMethod=HMAC-SHA1&/,
  instant: "2026-06-01T18:10Z",
  pages,
  errors,
});

describe("the account's lookback", () => {
  const reachOf = (lookbackMs: number | null) => {
    const product = only(alibaba.products({ ...alibabaAccount, lookbackMs }));
    return { lookbackMs: product.lookbackMs, reach: product.capabilities.reach };
  };

  test("bounds the lists and is said", () => {
    const lookbackMs = 730 * 86_400_000;
    expect(reachOf(lookbackMs)).toEqual({ lookbackMs, reach: "730 days, as configured" });
  });

  test("says which backups of before the instance's creation are listed", () => {
    const { notes } = only(alibaba.products(alibabaAccount)).capabilities;
    expect(notes.join(" ")).toContain("older than their instance are listed only if");
  });

  test("reaches back to the instance's creation without one", () => {
    expect(reachOf(null)).toEqual({ lookbackMs: null, reach: "back to the instance's creation" });
  });
});
