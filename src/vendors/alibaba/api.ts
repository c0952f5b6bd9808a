import { hash } from "node:crypto";
import type { AlibabaAccount } from "../../domain/account.js";
import { isRow, type Row } from "../../domain/row.js";
import { SourceError } from "../../errors.js";
import {
  type Fields,
  hmac,
  percentEncode,
  sortedFields,
  sortedNames,
  sortedQuery,
} from "../../http/sign/encode.js";
import { encodedRequest, signedBy, type Signer } from "../../listing/authenticator.js";
import type { CodeTable, Meaning, Region, VendorApi } from "../../listing/declaration.js";
import { parseJson } from "../../listing/decoder.js";
import { optionalText } from "../kit/decode.js";
import { isoSecond } from "../kit/instant.js";
import {
  meaningOf,
  refusal,
  SECRET_WRONG,
  TOKEN_EXPIRED,
  UNKNOWN_KEY,
  unknownShape,
  WRONG_HOST,
} from "../kit/refusal.js";
import { baseOf, flatParams, formRequest, signingKey } from "../kit/request.js";

const VERSION = "2015-01-01";

const SHA256_OF_NOTHING = hash("sha256", "");

/**
 * Alibaba's RPC API for R-kvstore, version 2015-01-01, with signature version 3 or 1.
 *
 * Left out: `x-acs-credentials-provider` and `x-acs-retry-*`, which SDKs add for the vendor's logs.
 * Source:   https://help.aliyun.com/document_detail/2712195.html and 473823.html, read 2026-11-21.
 */
export const alibabaApi = (account: AlibabaAccount): VendorApi => {
  const isV1 = account.signature === "v1";
  return {
    request: isV1 ? requestV1(account) : requestV3(account),
    authenticator: signedBy(isV1 ? signerV1(account) : signerV3(account)),
    decode: parseJson,
    codes: CODES,
    open,
    // The vendor's tables do not show the quotas of the other actions.
    rate: 20,
    rates: { DescribeBackupPolicy: 200 / 60 },
    permission: (action) => `kvstore:${action}`,
  };
};

/** Parameters travel in the query of a POST with an empty body, everything else in headers. */
const requestV3 =
  (account: AlibabaAccount): VendorApi["request"] =>
  ({ action, region, params }) => ({
    method: "POST",
    url: hostOf(account, region),
    query: flatParams(params, 1),
    headers: { "x-acs-action": action, "x-acs-version": VERSION },
  });

const signerV3 =
  ({ credentials }: AlibabaAccount): Signer =>
  (request, { now, nonce }) => {
    const { accessKeyId, securityToken } = credentials;
    const { method, url } = request;
    const signed = {
      host: url.host,
      ...request.headers,
      "x-acs-content-sha256": SHA256_OF_NOTHING,
      "x-acs-date": isoSecond(now),
      "x-acs-signature-nonce": nonce,
      ...(securityToken === null
        ? {}
        : { "x-acs-accesskey-id": accessKeyId, "x-acs-security-token": securityToken }),
    };
    const sent = encodedRequest({ ...request, headers: signed });
    const query = sent.url.slice(url.href.length + 1);
    const authorization = signAcs3({ method, path: url.pathname, query, signed }, credentials);
    return { ...sent, headers: { accept: "application/json", authorization, ...signed } };
  };

/** Everything travels in a form, the signature too. */
const requestV1 =
  (account: AlibabaAccount): VendorApi["request"] =>
  ({ action, region, params }) =>
    formRequest(
      hostOf(account, region),
      flatParams({ ...params, Action: action, Version: VERSION, Format: "JSON" }, 1),
    );

const signerV1 =
  ({ credentials }: AlibabaAccount): Signer =>
  (request, { now, nonce }) => {
    const { accessKeyId, accessKeySecret, securityToken } = credentials;
    const fields = {
      ...request.form,
      AccessKeyId: accessKeyId,
      ...(securityToken === null ? {} : { SecurityToken: securityToken }),
      SignatureMethod: "HMAC-SHA1",
      SignatureVersion: "1.0",
      SignatureNonce: nonce,
      Timestamp: isoSecond(now),
    };
    const Signature = signAlibabaV1(request.method, fields, accessKeySecret);
    return encodedRequest({ ...request, form: { ...fields, Signature } });
  };

const CENTRAL = "r-kvstore.aliyuncs.com";

/** Regions that the central host serves; the others have one of their own. */
const AT_CENTRAL = new Set([
  "cn-qingdao",
  "cn-beijing",
  "cn-wulanchabu",
  "cn-hangzhou",
  "cn-shanghai",
  "cn-heyuan",
  "cn-hangzhou-finance",
]);

/** Region ids become part of a host, so they may hold nothing but their own letters. */
export const REGION_ID = /^[a-z0-9-]{1,40}$/;

/**
 * Where calls about a region go: the account's `endpoint`, else the host that DescribeRegions gave, else
 * the rule of the vendor's SDKs. DescribeBackups knows its region by the host alone.
 * @throws {SourceError} BAD_RESPONSE for a region that cannot be a part of a host.
 */
export function hostOf({ endpoint }: AlibabaAccount, region: Region | null): URL {
  let host = region?.endpoint ?? CENTRAL;
  if (region !== null && region.endpoint === null) {
    if (!REGION_ID.test(region.id))
      throw new SourceError("BAD_RESPONSE", "The region's id cannot be a part of a host.");
    if (!AT_CENTRAL.has(region.id)) host = `r-kvstore.${region.id}.aliyuncs.com`;
  }
  return baseOf(endpoint, `https://${host}`);
}

/**
 * Error codes of Alibaba's gateway and of R-kvstore. A code is looked up whole, then by its part before
 * the dot. Parameter faults (`Missing…`, `….Malformed`) are left to their HTTP status 400.
 *
 * Source: https://help.aliyun.com/document_detail/473823.html and the pages of the actions, read
 *         2026-11-21.
 */
const CODES: CodeTable = Object.freeze<CodeTable>({
  InvalidAccessKeyId: UNKNOWN_KEY,
  "InvalidAccessKeyId.Inactive": {
    kind: "UNAUTHENTICATED",
    message: "The access key of the account is disabled.",
  },
  InvalidAccessKeySecret: SECRET_WRONG,
  InvalidSecurityToken: TOKEN_EXPIRED,
  SignatureDoesNotMatch: SECRET_WRONG,
  IncompleteSignature: "UNAUTHENTICATED",
  InvalidTimeStamp: "UNAUTHENTICATED",
  "InvalidTimeStamp.Expired": { kind: "UNAUTHENTICATED", clockSkew: true },
  IllegalTimestamp: { kind: "UNAUTHENTICATED", clockSkew: true },
  // Every attempt has a new signature with a nonce of its own.
  SignatureNonceUsed: { kind: "UNAUTHENTICATED", retryable: true },
  Forbidden: "FORBIDDEN",
  ActionUnauthorized: "FORBIDDEN",
  "Forbidden.InstanceNotFound": "NOT_FOUND",
  "InvalidInstanceId.NotFound": "NOT_FOUND",
  InvalidRegionId: {
    kind: "NOT_FOUND",
    message: "The vendor does not know this region. Check `regions` of the account.",
  },
  InvalidAction: WRONG_HOST,
  InvalidApi: WRONG_HOST,
  InvalidProduct: WRONG_HOST,
  InvalidVersion: WRONG_HOST,
  MissingParameter: "BAD_RESPONSE",
  ServiceUnavailable: "UNAVAILABLE",
  InternalError: "UNAVAILABLE",
});

/** Throttling has many codes (`Throttling.User`, `Throttling.Api`), most with HTTP status 400. */
const meaningOfCode = (code: string): Meaning | undefined =>
  code.includes("Throttling") ? "THROTTLED" : meaningOf(CODES, code);

/** Some gateways send a code with a success too. */
const SUCCESS = new Set(["200", "ok", "success"]);

/** Errors come with HTTP 4xx and 5xx, and from some gateways with 200, so both are checked. */
const open: VendorApi["open"] = (body, status, headers): Row => {
  const answer = { status, retryAfterMs: retryAfterMs(headers) };
  if (!isRow(body)) throw unknownShape(answer);
  const payload = unwrapped(body);
  const code = optionalText(payload, "Code");
  const requestId = optionalText(payload, "RequestId");
  if (code !== null && !SUCCESS.has(code.toLowerCase())) {
    throw refusal({ ...answer, requestId, code }, meaningOfCode(code));
  }
  if (status >= 300) throw unknownShape({ ...answer, requestId });
  return payload;
};

/** The documents also show `{ "<Action>Response": { … } }`, made from XML, with all values as text. */
function unwrapped(body: Row): Row {
  const [name, ...others] = Object.keys(body);
  const inner = name === undefined ? undefined : body[name];
  return others.length === 0 && name?.endsWith("Response") && isRow(inner) ? inner : body;
}

/** `x-acs-retry-after`, which the vendor's SDKs read as milliseconds. */
const retryAfterMs = (headers: Readonly<Record<string, string>>): number | undefined => {
  const value = headers["x-acs-retry-after"] ?? "";
  return /^[1-9]\d{0,8}$/.test(value) ? Number(value) : undefined;
};

/** What ACS3-HMAC-SHA256 signs: exactly what is sent. */
interface Acs3Request {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** The query as it is sent: percent-encoded, in order of names. */
  readonly query: string;
  /** The headers to sign, by lower-case name: host and every `x-acs-*`, with the hash of the body. */
  readonly signed: Fields;
}

/** Hex SHA-256 of the canonical request. */
export const canonicalAcs3 = ({ method, path, query, signed }: Acs3Request): string =>
  hash(
    "sha256",
    [
      method,
      path,
      query,
      ...sortedFields(signed).map(([name, value]) => `${name}:${value.trim()}`),
      "",
      sortedNames(signed),
      signed["x-acs-content-sha256"],
    ].join("\n"),
  );

/**
 * The `authorization` header of Alibaba's API, signature version 3.
 *
 * Source: https://help.aliyun.com/document_detail/2712195.html (V3 request structure and signature),
 *         read 2026-11-21.
 */
export function signAcs3(
  request: Acs3Request,
  credentials: { readonly accessKeyId: string; readonly accessKeySecret: string },
): string {
  const text = `ACS3-HMAC-SHA256\n${canonicalAcs3(request)}`;
  const key = signingKey(credentials, credentials.accessKeySecret);
  const signature = hmac("sha256", key, text).toString("hex");
  return `ACS3-HMAC-SHA256 Credential=${credentials.accessKeyId},SignedHeaders=${sortedNames(request.signed)},Signature=${signature}`;
}

/**
 * The `Signature` parameter of Alibaba's RPC API, signature version 1, in base64.
 *
 * Source: https://help.aliyun.com/document_detail/473823.html (RPC signature), read 2026-11-21.
 */
export const signAlibabaV1 = (
  method: "GET" | "POST",
  fields: Fields,
  accessKeySecret: string,
): string =>
  hmac(
    "sha1",
    `${accessKeySecret}&`,
    `${method}&${percentEncode("/")}&${percentEncode(sortedQuery(fields))}`,
  ).toString("base64");
