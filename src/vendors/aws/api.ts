import type { AwsAccount } from "../../domain/account.js";
import { isRow, type Row } from "../../domain/row.js";
import { signedBy } from "../../listing/authenticator.js";
import type { CodeTable, Meaning, VendorApi } from "../../listing/declaration.js";
import { parseJson, parseXml } from "../../listing/decoder.js";
import { child, optionalText, tableOf } from "../kit/decode.js";
import { meaningOf, refusal, SECRET_WRONG, unknownShape, WRONG_HOST } from "../kit/refusal.js";
import { awsSuffixOf, baseOf, flatParams, sentParams } from "../kit/request.js";
import { signerV4 } from "../kit/sigv4.js";

/**
 * The APIs of ElastiCache (version 2015-02-02, AWS Query: forms and XML) and of MemoryDB (version 2021-01-01,
 * AWS JSON 1.1). Actions are named as IAM names them, because both services have actions of the same name.
 *
 * Left out: dual-stack and FIPS hosts, which `endpoint` can name.
 * Source:   https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/ and
 *           https://docs.aws.amazon.com/memorydb/latest/APIReference/, read 2026-11-29.
 */
export const awsApi = (account: AwsAccount): VendorApi => ({
  request: requestOf(account),
  authenticator: signedBy(signerV4(account.credentials)),
  decode: (text) => (/^\s*\{/.test(text) ? parseJson(text) : parseXml(text)),
  codes: CODES,
  open,
  // AWS publishes no quotas of these actions, and throttles low ones.
  rate: 5,
  permission: (action) => action,
});

const requestOf =
  (account: AwsAccount): VendorApi["request"] =>
  ({ action, region, params }) => {
    const [service = "", name = ""] = action.split(":");
    const regionId = region?.id ?? "";
    const isMemoryDb = service === "memorydb";
    const own = isMemoryDb ? account.endpoints.memorydb : account.endpoints.elasticache;
    const prefix = isMemoryDb ? "memory-db" : service;
    const url = baseOf(
      own ?? account.endpoint,
      `https://${prefix}.${regionId}.${awsSuffixOf(regionId)}`,
    );
    const scope = { service, region: regionId };
    if (!isMemoryDb) {
      const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
      const form = flatParams({ ...params, Action: name, Version: "2015-02-02" }, 1);
      return { method: "POST", url, headers, form, scope };
    }
    const headers = {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AmazonMemoryDB.${name}`,
    };
    const body = JSON.stringify(Object.fromEntries(sentParams(params)));
    return { method: "POST", url, headers, body, scope };
  };

/**
 * `<X>Response` holds `<X>Result`, or `ErrorResponse` an `Error`; a JSON answer is its fields, or has the
 * `__type` of an error.
 */
const open: VendorApi["open"] = (body, status, headers): Row => {
  const answer = { status };
  if (!isRow(body)) throw unknownShape(answer);
  const [name = ""] = Object.keys(body);
  const isXml = name.endsWith("Response");
  const root = (isXml ? child(body, name) : body) ?? {};
  const requestId =
    optionalText(root, "RequestId") ??
    optionalText(child(root, "ResponseMetadata") ?? {}, "RequestId") ??
    headers["x-amzn-requestid"];
  const error = (isXml ? child(root, "Error") : root) ?? {};
  // In JSON, a namespace may stand before a hash.
  const code =
    optionalText(error, "Code") ?? optionalText(error, "__type")?.split("#").at(-1) ?? null;
  if (code !== null) {
    const text = optionalText(error, "Message") ?? optionalText(error, "message");
    throw refusal({ ...answer, requestId, code }, meaningIn(code, text ?? ""));
  }
  const result = isXml ? child(root, name.replace(/Response$/, "Result")) : root;
  if (status >= 300 || result === null) throw unknownShape({ ...answer, requestId });
  return result;
};

/** What an error means. A wrong clock, a wrong host and a missing permission are named in messages only. */
function meaningIn(code: string, message: string): Meaning | undefined {
  if (WRONG_SIGNATURE.includes(code) && /^Signature (?:expired|not yet current)/.test(message))
    return SKEWED;
  if (WRONG_SIGNATURE.includes(code) && message.startsWith("Credential should be scoped to "))
    return OTHER_SCOPE;
  const meaning = meaningOf(CODES, code);
  const permission = /\bnot authorized to perform: ([a-z]{1,32}:[A-Za-z]{1,64})\b/.exec(
    message,
  )?.[1];
  const isNamed = meaning === "FORBIDDEN" && permission !== undefined;
  return isNamed ? { kind: "FORBIDDEN", permission } : meaning;
}

const WRONG_SIGNATURE = ["SignatureDoesNotMatch", "InvalidSignatureException"];

const UNKNOWN_KEY: Meaning = {
  kind: "UNAUTHENTICATED",
  message:
    "The access key does not exist or is disabled, or its account has not enabled this region.",
};

const OTHER_SCOPE: Meaning = {
  kind: "UNAUTHENTICATED",
  message:
    "The host belongs to another region or service. Check `regions` and `endpoint` of the account.",
};

const EXPIRED: Meaning = {
  kind: "UNAUTHENTICATED",
  message: "The session token of the account has expired.",
};

const NOT_ENABLED: Meaning = {
  kind: "FORBIDDEN",
  message: "The account has not enabled this service or this region.",
};

const NOT_AVAILABLE: Meaning = {
  kind: "UNAVAILABLE",
  message:
    "AWS shows the tags of an instance only while it is available, not while it is being created, changed or deleted.",
  isOfState: true,
  retryAfterMs: 60_000,
};

const SKEWED: Meaning = { kind: "UNAUTHENTICATED", clockSkew: true };

/**
 * Error codes of both services: those common to AWS, and those of the actions. Codes of AWS Query and names
 * of shapes in AWS JSON differ in their endings.
 *
 * Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/CommonErrors.html, the pages of the
 *         actions, and the retry rules of the SDKs, read 2026-11-29.
 */
const CODES: CodeTable = Object.freeze<CodeTable>({
  ...tableOf({
    THROTTLED: [
      "Throttling",
      "ThrottlingException",
      "ThrottledException",
      "RequestLimitExceeded",
      "RequestThrottled",
      "RequestThrottledException",
      "TooManyRequestsException",
      "SlowDown",
      "APICallRateForCustomerExceeded",
      "APICallRateForCustomerExceededFault",
    ],
    UNAUTHENTICATED: [
      "IncompleteSignature",
      "IncompleteSignatureException",
      "MissingAuthenticationToken",
      "MissingAuthenticationTokenException",
    ],
    FORBIDDEN: ["AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation"],
    NOT_FOUND: [
      "CacheClusterNotFound",
      "CacheClusterNotFoundFault",
      "ClusterNotFoundFault",
      "ReplicationGroupNotFoundFault",
      "ServerlessCacheNotFoundFault",
      "ServerlessCacheSnapshotNotFoundFault",
      "SnapshotNotFoundFault",
    ],
    BAD_RESPONSE: [
      "InvalidARN",
      "InvalidARNFault",
      "InvalidParameterCombination",
      "InvalidParameterCombinationException",
      "InvalidParameterValue",
      "InvalidParameterValueException",
      "InvalidQueryParameter",
      "MalformedQueryString",
      "MissingAction",
      "MissingParameter",
      "SerializationException",
      "ValidationError",
    ],
    UNAVAILABLE: [
      "InternalError",
      "InternalFailure",
      "InternalServerException",
      "ServiceUnavailable",
      "ServiceUnavailableException",
    ],
  }),
  ...Object.fromEntries(WRONG_SIGNATURE.map((code) => [code, SECRET_WRONG])),
  InvalidAction: WRONG_HOST,
  UnknownOperationException: WRONG_HOST,
  InvalidCacheClusterState: NOT_AVAILABLE,
  InvalidClusterStateFault: NOT_AVAILABLE,
  InvalidReplicationGroupState: NOT_AVAILABLE,
  InvalidServerlessCacheStateFault: NOT_AVAILABLE,
  InvalidClientTokenId: UNKNOWN_KEY,
  UnrecognizedClientException: UNKNOWN_KEY,
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  RequestExpired: SKEWED,
  RequestTimeTooSkewed: SKEWED,
  OptInRequired: NOT_ENABLED,
  SubscriptionRequiredException: NOT_ENABLED,
  ServiceLinkedRoleNotFoundFault: {
    kind: "FORBIDDEN",
    message: "The account lacks the service-linked role that AWS makes with the first cluster.",
  },
});
