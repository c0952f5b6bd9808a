import { expect, test } from "vitest";
import { parseXml } from "../../../src/listing/decoder.js";
import { aws } from "../../../src/vendors/aws/index.js";
import { awsAccount } from "../accounts.js";
import { vendorContract, type ErrorFact } from "../contract.js";
import { signed } from "../fixture.js";

const xml = (code: string, message = "canary"): unknown =>
  parseXml(
    `<ErrorResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
  );

const json = (type: string, message = "canary"): unknown => ({ __type: type, message });

const DENIED =
  "User: arn:aws:iam::123456789012:user/canary is not authorized to perform: elasticache:DescribeSnapshots on resource: arn:aws:elasticache:eu-west-1:123456789012:snapshot:* because no identity-based policy allows the elasticache:DescribeSnapshots action";

/** Codes that both services use, with the names that each gives them. */
const both = (
  fact: Pick<ErrorFact, "what" | "kind" | "hint" | "details">,
  codes: { readonly xml: string; readonly json: string; readonly message?: string },
): ErrorFact[] => [
  { ...fact, what: `${fact.what}, of ElastiCache,`, body: xml(codes.xml, codes.message) },
  { ...fact, what: `${fact.what}, of MemoryDB,`, body: json(codes.json, codes.message) },
];

vendorContract({
  name: "AWS",
  account: awsAccount,
  signature:
    /"authorization":"AWS4-HMAC-SHA256 Credential=AKIAexample\/20260601\/cn-hangzhou\/(?:elasticache\/aws4_request, SignedHeaders=content-type;host;x-amz-date|memorydb\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target), Signature=[0-9a-f]{64}"/,
  instant: null,
  pages: {
    "replication-groups": {
      file: "aws/DescribeReplicationGroups.xml",
      idField: "ReplicationGroupId",
      keys: 2,
      mapped: 2,
      total: null,
    },
    "cache-clusters": {
      file: "aws/DescribeCacheClusters.xml",
      idField: "CacheClusterId",
      keys: 3,
      mapped: 1,
      total: null,
    },
    snapshots: {
      file: "aws/DescribeSnapshots.xml",
      idField: "SnapshotName",
      keys: 3,
      mapped: 3,
      total: null,
    },
    "group-snapshots": {
      file: "aws/DescribeSnapshots.xml",
      idField: "SnapshotName",
      keys: 3,
      mapped: 2,
      total: null,
      instance: "orders",
    },
    "cluster-snapshots": {
      file: "aws/DescribeSnapshots.xml",
      idField: "SnapshotName",
      keys: 3,
      mapped: 1,
      total: null,
      instance: "sessions-002",
    },
    "serverless-caches": {
      file: "aws/DescribeServerlessCaches.xml",
      idField: "ServerlessCacheName",
      keys: 2,
      mapped: 1,
      total: null,
    },
    "serverless-snapshots": {
      file: "aws/DescribeServerlessCacheSnapshots.xml",
      idField: "ServerlessCacheSnapshotName",
      keys: 3,
      mapped: 2,
      total: null,
    },
    "serverless-cache-snapshots": {
      file: "aws/DescribeServerlessCacheSnapshots.xml",
      idField: "ServerlessCacheSnapshotName",
      keys: 3,
      mapped: 2,
      total: null,
      instance: "carts",
    },
    "memorydb-clusters": {
      file: "aws/DescribeClusters",
      idField: "Name",
      keys: 1,
      mapped: 1,
      total: null,
    },
    "memorydb-snapshots": {
      file: "aws/DescribeMemoryDbSnapshots",
      idField: "Name",
      keys: 2,
      mapped: 2,
      total: null,
    },
    "memorydb-cluster-snapshots": {
      file: "aws/DescribeMemoryDbSnapshots",
      idField: "Name",
      keys: 2,
      mapped: 2,
      total: null,
      instance: "ledger",
    },
  },
  errors: [
    ...both(
      { what: "too many calls", kind: "THROTTLED" },
      { xml: "Throttling", json: "ThrottlingException" },
    ),
    ...both(
      { what: "too many calls of a customer", kind: "THROTTLED" },
      { xml: "APICallRateForCustomerExceeded", json: "APICallRateForCustomerExceededFault" },
    ),
    ...both(
      { what: "a wrong signature", kind: "UNAUTHENTICATED", hint: "secret of the account" },
      { xml: "SignatureDoesNotMatch", json: "InvalidSignatureException" },
    ),
    ...both(
      { what: "a host of another region", kind: "UNAUTHENTICATED", hint: "Check `regions`" },
      {
        xml: "SignatureDoesNotMatch",
        json: "InvalidSignatureException",
        message: "Credential should be scoped to a valid region.",
      },
    ),
    ...both(
      { what: "an unknown action", kind: "BAD_RESPONSE", hint: "Check `endpoint`" },
      { xml: "InvalidAction", json: "UnknownOperationException" },
    ),
    ...both(
      { what: "a clock that is behind", kind: "UNAUTHENTICATED", details: { clockSkew: true } },
      {
        xml: "SignatureDoesNotMatch",
        json: "InvalidSignatureException",
        message: "Signature expired: 20260601T180000Z is now earlier than 20260601T181000Z",
      },
    ),
    ...both(
      { what: "a clock that is ahead", kind: "UNAUTHENTICATED", details: { clockSkew: true } },
      {
        xml: "SignatureDoesNotMatch",
        json: "InvalidSignatureException",
        message: "Signature not yet current: 20260601T182000Z is still later than 20260601T181500Z",
      },
    ),
    ...both(
      { what: "an unknown key", kind: "UNAUTHENTICATED", hint: "does not exist or is disabled" },
      { xml: "InvalidClientTokenId", json: "UnrecognizedClientException" },
    ),
    ...both(
      { what: "an expired token", kind: "UNAUTHENTICATED", hint: "session token" },
      { xml: "ExpiredToken", json: "ExpiredTokenException" },
    ),
    ...both(
      {
        what: "a permission that is named",
        kind: "FORBIDDEN",
        details: { permission: "elasticache:DescribeSnapshots", isDenied: true },
      },
      { xml: "AccessDenied", json: "AccessDeniedException", message: DENIED },
    ),
    ...both(
      { what: "a permission that is not named", kind: "FORBIDDEN", hint: "may not make this call" },
      { xml: "AccessDenied", json: "AccessDeniedException" },
    ),
    ...both(
      { what: "a service that is not enabled", kind: "FORBIDDEN", hint: "not enabled" },
      { xml: "OptInRequired", json: "SubscriptionRequiredException" },
    ),
    ...both(
      { what: "an unknown instance", kind: "NOT_FOUND" },
      { xml: "ReplicationGroupNotFoundFault", json: "ClusterNotFoundFault" },
    ),
    ...both(
      { what: "a wrong parameter", kind: "BAD_RESPONSE" },
      { xml: "InvalidParameterValue", json: "InvalidParameterValueException" },
    ),
    ...both(
      { what: "an internal fault", kind: "UNAVAILABLE" },
      { xml: "InternalFailure", json: "InternalServerException" },
    ),
    ...both(
      { what: "an own function's name", kind: "BAD_RESPONSE" },
      { xml: "constructor", json: "constructor" },
    ),
    {
      what: "a cluster that is not known",
      body: xml("CacheClusterNotFound"),
      status: 404,
      kind: "NOT_FOUND",
      details: { code: "CacheClusterNotFound", requestId: "r-1" },
    },
    {
      what: "a type with a namespace",
      body: json("com.amazonaws.memorydb#ThrottlingException"),
      status: 400,
      headers: { "x-amzn-requestid": "r-2" },
      kind: "THROTTLED",
      details: { code: "ThrottlingException", requestId: "r-2" },
    },
    {
      what: "a missing role",
      body: json("ServiceLinkedRoleNotFoundFault"),
      kind: "FORBIDDEN",
      hint: "service-linked role",
    },
    {
      what: "an error without a code",
      body: parseXml("<ErrorResponse><Error/></ErrorResponse>"),
      kind: "BAD_RESPONSE",
    },
    {
      what: "an answer with HTTP 503",
      body: { Clusters: [] },
      status: 503,
      kind: "UNAVAILABLE",
    },
  ],
});

const api = aws.api(awsAccount);

test("actions are named as permissions", () => {
  expect(api.permission("memorydb:DescribeClusters")).toBe("memorydb:DescribeClusters");
});

test("the account names the products, in its own order", () => {
  const words = (products: typeof awsAccount.products) =>
    aws.products({ ...awsAccount, products }).map(({ word }) => word);
  expect(words(awsAccount.products)).toEqual(["elasticache", "elasticache-serverless", "memorydb"]);
  expect(words(["memorydb"])).toEqual(["memorydb"]);
});

test("neither API lists regions, and no snapshot has a link", () => {
  for (const { regions, downloads } of aws.products(awsAccount)) {
    expect(regions).toBeNull();
    expect(downloads.calls({} as never, { id: "eu-west-1", endpoint: null })).toEqual([]);
    expect(downloads.mostCalls).toBe(0);
  }
});

const MOMENT = { now: Date.UTC(2026, 5, 1), nonce: "3156853299f313e23d1673dc12e1703d" };

const sentTo = (
  service: "elasticache" | "memorydb",
  id: string,
  account: Partial<typeof awsAccount> = {},
) => {
  const call = { action: `${service}:Describe`, region: { id, endpoint: null }, params: {} };
  return signed(aws.api({ ...awsAccount, ...account }), call, MOMENT);
};

test.each([
  { region: "eu-west-1", host: "eu-west-1.amazonaws.com" },
  { region: "us-gov-west-1", host: "us-gov-west-1.amazonaws.com" },
  { region: "cn-north-1", host: "cn-north-1.amazonaws.com.cn" },
  { region: "eusc-de-east-1", host: "eusc-de-east-1.amazonaws.eu" },
  { region: "us-iso-east-1", host: "us-iso-east-1.c2s.ic.gov" },
  { region: "us-isob-east-1", host: "us-isob-east-1.sc2s.sgov.gov" },
])("the hosts in $region have the suffix of its partition", ({ region, host }) => {
  expect(sentTo("elasticache", region).url).toBe(`https://elasticache.${host}/`);
  expect(sentTo("memorydb", region).url).toBe(`https://memory-db.${host}/`);
});

test("one endpoint is the host of both services, and endpoints those of each", () => {
  const endpoint = "http://127.0.0.1:9011";
  const url = `${endpoint}/`;
  expect(sentTo("elasticache", "eu-west-1", { endpoint })).toMatchObject({ url });
  const memory = sentTo("memorydb", "eu-west-1", { endpoint });
  expect(memory).toMatchObject({ url, headers: { host: "127.0.0.1:9011" } });
  expect(memory.headers["authorization"]).toContain("/eu-west-1/memorydb/aws4_request");
  const endpoints = { elasticache: null, memorydb: "https://vpce-1.example" };
  expect(sentTo("memorydb", "eu-west-1", { endpoints }).url).toBe("https://vpce-1.example/");
  expect(sentTo("elasticache", "eu-west-1", { endpoints }).url).toBe(
    "https://elasticache.eu-west-1.amazonaws.com/",
  );
});

test("temporary credentials send their token", () => {
  const credentials = { ...awsAccount.credentials, sessionToken: "token" };
  const { headers } = sentTo("memorydb", "eu-west-1", { credentials });
  expect(headers["x-amz-security-token"]).toBe("token");
});
