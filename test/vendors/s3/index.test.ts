import { s3Account } from "../accounts.js";
import { vendorContract } from "../contract.js";

const error = (code: string, more: Record<string, string> = {}) => ({
  Error: { Code: code, Message: "canary", RequestId: "4442587FB7D0A2F9", HostId: "x", ...more },
});

const objects = { file: "s3/Contents.xml", idField: "Key", keys: 6, mapped: 4, total: null };

vendorContract({
  name: "S3",
  account: s3Account,
  signature:
    /"authorization":"AWS4-HMAC-SHA256 Credential=AKIDs3example\/20260601\/eu-west-1\/s3\/aws4_request, SignedHeaders=accept;host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}"/,
  action: /list-type=2/,
  instant: "1780337400000",
  pages: {
    instances: {
      file: "s3/CommonPrefixes.xml",
      idField: "Prefix",
      keys: 3,
      mapped: 3,
      total: null,
    },
    objects: { ...objects, instance: "orders" },
    bucket: objects,
  },
  errors: [
    {
      what: "a bucket that may not be listed",
      body: error("AccessDenied"),
      status: 403,
      kind: "FORBIDDEN",
      hint: 'allow s3:ListBucket on it with the prefix "prod/"',
      details: { code: "AccessDenied", requestId: "4442587FB7D0A2F9" },
    },
    {
      what: "a bucket that does not exist",
      body: error("NoSuchBucket", { BucketName: "redis-dumps" }),
      status: 404,
      kind: "NOT_FOUND",
      hint: "no bucket like the bucket redis-dumps",
    },
    {
      what: "a key that does not exist",
      body: error("InvalidAccessKeyId"),
      status: 403,
      kind: "UNAUTHENTICATED",
      hint: "the key is disabled",
    },
    {
      what: "a wrong signature",
      body: error("SignatureDoesNotMatch"),
      status: 403,
      kind: "UNAUTHENTICATED",
      hint: "secret of the account",
    },
    {
      what: "a blocked account",
      body: error("AllAccessDisabled"),
      status: 403,
      kind: "FORBIDDEN",
      hint: "blocks the account",
      details: { isDenied: undefined },
    },
    {
      what: "an expired token",
      body: error("ExpiredToken"),
      status: 400,
      kind: "UNAUTHENTICATED",
      hint: "session token",
    },
    {
      what: "a wrong clock",
      body: error("RequestTimeTooSkewed"),
      status: 403,
      kind: "UNAUTHENTICATED",
      details: { clockSkew: true },
    },
    {
      what: "too many calls",
      body: error("SlowDown"),
      status: 503,
      kind: "THROTTLED",
      details: { code: "SlowDown" },
    },
    { what: "an outage", body: error("InternalError"), status: 500, kind: "UNAVAILABLE" },
    {
      what: "another region, by a header",
      body: error("PermanentRedirect", { Endpoint: "canary.example" }),
      status: 301,
      headers: { "x-amz-bucket-region": "us-west-2" },
      kind: "NOT_FOUND",
      hint: "The bucket redis-dumps is in the region us-west-2. Set `region`",
    },
    {
      what: "another region, by a header alone",
      body: null,
      status: 301,
      headers: { "x-amz-bucket-region": "us-west-2" },
      kind: "NOT_FOUND",
      hint: "us-west-2",
    },
    {
      what: "another region, by the body",
      body: error("AuthorizationHeaderMalformed", { Region: "us-west-2" }),
      status: 400,
      kind: "NOT_FOUND",
      hint: "us-west-2",
    },
    {
      what: "another region of a new bucket",
      body: error("TemporaryRedirect"),
      status: 307,
      headers: { "x-amz-bucket-region": "us-west-2" },
      kind: "NOT_FOUND",
      hint: "The bucket redis-dumps is in the region us-west-2.",
    },
    {
      what: "a new bucket",
      body: error("TemporaryRedirect"),
      status: 307,
      kind: "UNAVAILABLE",
    },
    {
      what: "another region without its name",
      body: error("IllegalLocationConstraintException"),
      status: 400,
      kind: "NOT_FOUND",
      hint: "The host does not serve the bucket redis-dumps. Set `region`",
    },
    {
      what: "a malformed header",
      body: error("AuthorizationHeaderMalformed", { Region: "<canary>" }),
      status: 400,
      kind: "UNAUTHENTICATED",
    },
    {
      what: "a store without paths (Alibaba OSS)",
      body: error("SecondLevelDomainForbidden"),
      status: 403,
      kind: "FORBIDDEN",
      hint: "addressing: virtual",
    },
    { what: "an unknown code", body: error("Canary"), status: 400, kind: "BAD_RESPONSE" },
  ],
});
