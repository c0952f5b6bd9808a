import type { AlibabaAccount } from "../../domain/account.js";
import { isRow, type Row } from "../../domain/row.js";
import { sha256Hex } from "../../http/sign/digest.js";
import { sortedQuery } from "../../http/sign/encode.js";
import type { HttpRequest } from "../../http/message.js";
import { optionalText } from "../kit/decode.js";
import type { Moment, VendorApi, VendorCall } from "../../listing/declaration.js";
import { flatParams } from "../kit/params.js";
import { refusal, unknownShape } from "../kit/refusal.js";
import { signAcs3 } from "./acs3.js";
import { meaningOfCode } from "./codes.js";
import { hostOf } from "./hosts.js";
import { isoSecond } from "./time.js";
import { signAlibabaV1 } from "./v1.js";

const VERSION = "2015-01-01";

const SHA256_OF_NOTHING = sha256Hex("");

/**
 * Alibaba's RPC API for R-kvstore, version 2015-01-01, with signature version 3 or 1.
 *
 * Left out: `x-acs-credentials-provider` and `x-acs-retry-*`, which SDKs add for the vendor's logs.
 * Source:   https://help.aliyun.com/document_detail/2712195.html and 473823.html, read 2026-11-21.
 */
export const alibabaApi = (account: AlibabaAccount): VendorApi => ({
  request: account.signature === "v1" ? requestV1(account) : requestV3(account),
  open,
  // The quotas of these actions are not shown in the vendor's tables.
  rate: () => 20,
});

/** Parameters travel in the query of a POST with an empty body, the rest in signed headers. */
const requestV3 =
  (account: AlibabaAccount) =>
  (call: VendorCall, { now, nonce }: Moment): HttpRequest => {
    const { accessKeyId, securityToken } = account.credentials;
    const url = hostOf(account, call.region);
    const query = sortedQuery(flatParams(call.params, 1));
    const signed = {
      host: url.host,
      "x-acs-action": call.action,
      "x-acs-content-sha256": SHA256_OF_NOTHING,
      "x-acs-date": isoSecond(now),
      "x-acs-signature-nonce": nonce,
      "x-acs-version": VERSION,
      ...(securityToken === null
        ? {}
        : { "x-acs-accesskey-id": accessKeyId, "x-acs-security-token": securityToken }),
    };
    const authorization = signAcs3(
      { method: "POST", path: url.pathname, query, signed, body: "" },
      account.credentials,
    );
    return {
      method: "POST",
      url: query === "" ? url.href : `${url.href}?${query}`,
      headers: { ...signed, accept: "application/json", authorization },
    };
  };

/** Everything travels in a form, the signature too. */
const requestV1 =
  (account: AlibabaAccount) =>
  (call: VendorCall, { now, nonce }: Moment): HttpRequest => {
    const { accessKeyId, accessKeySecret, securityToken } = account.credentials;
    const common = {
      Action: call.action,
      Version: VERSION,
      Format: "JSON",
      AccessKeyId: accessKeyId,
      SecurityToken: securityToken,
      SignatureMethod: "HMAC-SHA1",
      SignatureVersion: "1.0",
      SignatureNonce: nonce,
      Timestamp: isoSecond(now),
    };
    const fields = flatParams({ ...call.params, ...common }, 1);
    return {
      method: "POST",
      url: hostOf(account, call.region).href,
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      },
      body: sortedQuery({ ...fields, Signature: signAlibabaV1("POST", fields, accessKeySecret) }),
    };
  };

/** Some gateways send a code also with a success. */
const SUCCESS = new Set(["200", "ok", "success"]);

/** Errors come with HTTP 4xx and 5xx, and from some gateways with 200: both are looked at. */
const open: VendorApi["open"] = (body, status, headers): Row => {
  const answer = { status, headers, retryAfterMs: retryAfterMs(headers) };
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
