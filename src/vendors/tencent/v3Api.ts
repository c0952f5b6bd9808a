import { hash } from "node:crypto";
import type { TencentAccount } from "../../domain/account.js";
import { isRow, type Row } from "../../domain/row.js";
import { type Fields, hmac, sortedFields, sortedNames } from "../../http/sign/encode.js";
import { encodedRequest, signedBy, type Signer } from "../../listing/authenticator.js";
import type { CodeTable, VendorApi } from "../../listing/declaration.js";
import { parseJson } from "../../listing/decoder.js";
import { child, optionalText } from "../kit/decode.js";
import {
  HTTPS_ONLY,
  IP_REFUSED,
  meaningOf,
  MFA_WANTED,
  refusal,
  SECRET_WRONG,
  TOKEN_EXPIRED,
  UNKNOWN_KEY,
  unknownShape,
  WRONG_HOST,
} from "../kit/refusal.js";
import { baseOf, sentParams, signingKey } from "../kit/request.js";

/**
 * Tencent's API 3.0 for Redis, version 2018-04-12: signed POSTs of JSON to `/`, HTTP 200 also for its
 * errors. An international or a finance host is configured as `endpoint`.
 *
 * Left out: X-TC-Language (messages are not shown); the signatures of 2.0, which 3.0 also takes.
 * Source:   https://cloud.tencent.com/document/api/239/20011, read 2026-11-21.
 */
export const tencentV3Api = (account: TencentAccount): VendorApi => ({
  request: ({ action, region, params }) => ({
    method: "POST",
    url: baseOf(account.endpoint, "https://redis.tencentcloudapi.com"),
    headers: {
      accept: "application/json",
      "content-type": "application/json; charset=utf-8",
      "x-tc-action": action,
      "x-tc-version": "2018-04-12",
      ...(region === null ? {} : { "x-tc-region": region.id }),
    },
    body: JSON.stringify(Object.fromEntries(sentParams(params))),
  }),
  authenticator: signedBy(signerOf(account)),
  decode: parseJson,
  codes: CODES,
  open,
  rate: 20,
  rates: { DescribeInstanceBackups: 50, DescribeInstances: 35 },
  permission: (action) => `redis:${action}`,
});

const signerOf =
  ({ credentials }: TencentAccount): Signer =>
  (request, { now }) => {
    const { url, body = "", headers } = request;
    const timestamp = Math.floor(now / 1000);
    const signed = {
      "content-type": headers["content-type"] ?? "",
      host: url.host,
      "x-tc-action": headers["x-tc-action"] ?? "",
    };
    const { token } = credentials;
    return encodedRequest({
      ...request,
      headers: {
        authorization: signTc3({ service: "redis", timestamp, signed, body }, credentials),
        "x-tc-timestamp": String(timestamp),
        ...headers,
        ...signed,
        ...(token === null ? {} : { "x-tc-token": token }),
      },
    });
  };

/** `{ Response }` holds the fields or an `Error`; without it, the answer came from a proxy. */
const open: VendorApi["open"] = (body, status): Row => {
  const response = isRow(body) ? child(body, "Response") : null;
  if (response === null) throw unknownShape({ status });
  const answer = { status, requestId: optionalText(response, "RequestId") };
  if (response["Error"] === undefined || response["Error"] === null) {
    if (status >= 300) throw unknownShape(answer);
    return response;
  }
  const error = child(response, "Error");
  const code = error === null ? null : optionalText(error, "Code");
  if (code === null) throw unknownShape(answer);
  throw refusal({ ...answer, code }, meaningOf(CODES, code));
};

/** What TC3-HMAC-SHA256 signs: exactly what is sent. */
interface Tc3Request {
  readonly service: string;
  /** Unix seconds. */
  readonly timestamp: number;
  /** The headers to sign, by lower-case name; content-type and host must be among them. */
  readonly signed: Fields;
  readonly body: string;
}

/** Hex SHA-256 of the canonical form of a POST to `/` without a query. */
export const canonicalTc3 = ({ signed, body }: Tc3Request): string =>
  hash(
    "sha256",
    [
      "POST",
      "/",
      "",
      ...sortedFields(signed).map(([name, value]) => `${name}:${value.trim().toLowerCase()}`),
      "",
      sortedNames(signed),
      hash("sha256", body),
    ].join("\n"),
  );

/**
 * The `authorization` header of Tencent's API 3.0.
 *
 * Source: https://cloud.tencent.com/document/api/239/20011 (signature v3), read 2026-11-21.
 */
export function signTc3(
  request: Tc3Request,
  credentials: { readonly secretId: string; readonly secretKey: string },
): string {
  const { service, timestamp, signed } = request;
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${service}/tc3_request`;
  const text = ["TC3-HMAC-SHA256", String(timestamp), scope, canonicalTc3(request)].join("\n");
  const key = signingKey(credentials, "TC3" + credentials.secretKey, scope);
  const signature = hmac("sha256", key, text).toString("hex");
  return `TC3-HMAC-SHA256 Credential=${credentials.secretId}/${scope}, SignedHeaders=${sortedNames(signed)}, Signature=${signature}`;
}

/**
 * Error codes of Tencent's API 3.0; a code is looked up whole, then by its part before the dot.
 *
 * Source: https://cloud.tencent.com/document/api/239/20018 and 239/20016, read 2026-11-21.
 */
const CODES: CodeTable = Object.freeze<CodeTable>({
  AuthFailure: "UNAUTHENTICATED",
  "AuthFailure.InvalidSecretId": UNKNOWN_KEY,
  "AuthFailure.MFAFailure": MFA_WANTED,
  "AuthFailure.SecretIdNotFound": UNKNOWN_KEY,
  "AuthFailure.SignatureFailure": SECRET_WRONG,
  "AuthFailure.TokenFailure": TOKEN_EXPIRED,
  "AuthFailure.SignatureExpire": { kind: "UNAUTHENTICATED", clockSkew: true },
  "AuthFailure.UnauthorizedOperation": "FORBIDDEN",
  UnauthorizedOperation: "FORBIDDEN",
  IpNotInWhitelist: IP_REFUSED,
  IpInBlacklist: IP_REFUSED,
  // Documented as a missing permission in CAM, whatever its first word says.
  "InvalidParameter.PermissionDenied": "FORBIDDEN",
  RequestLimitExceeded: "THROTTLED",
  // A quota of resources, not a rate: waiting does not help.
  LimitExceeded: { kind: "UNAVAILABLE", retryable: false },
  ResourceNotFound: "NOT_FOUND",
  "InvalidParameterValue.BackupNotExists": "NOT_FOUND",
  "ResourceUnavailable.InstanceDeleted": "NOT_FOUND",
  ResourceUnavailable: "UNAVAILABLE",
  MissingParameter: "BAD_RESPONSE",
  InvalidParameter: "BAD_RESPONSE",
  InvalidParameterValue: "BAD_RESPONSE",
  UnknownParameter: "BAD_RESPONSE",
  UnsupportedRegion: {
    kind: "BAD_RESPONSE",
    message: "The vendor does not offer Redis in this region. Check `regions` of the account.",
  },
  UnsupportedOperation: "BAD_RESPONSE",
  UnsupportedProtocol: HTTPS_ONLY,
  InvalidAction: WRONG_HOST,
  NoSuchProduct: WRONG_HOST,
  NoSuchVersion: WRONG_HOST,
  ActionOffline: "BAD_RESPONSE",
  InternalError: "UNAVAILABLE",
  FailedOperation: "UNAVAILABLE",
  ServiceUnavailable: "UNAVAILABLE",
});
