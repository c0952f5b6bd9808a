import { createHmac } from "node:crypto";
import { refusedOnce, refusedStamp, unknownKey, wrongSignature } from "./alibabaStamp.js";
import { canonicalQuery, formParamsOf, percentEncode, refusal } from "./request.js";
import type { ReceivedRequest, Refusal, Verification } from "./request.js";

/**
 * Checks the `Signature` parameter of Alibaba's RPC signature v1: HMAC-SHA1 over the parameters of
 * query and form together.
 *
 * Source: https://help.aliyun.com/document_detail/473823.html, read 2026-11-21.
 */
export function verifyAlibabaV1(request: ReceivedRequest, check: Verification): Refusal | null {
  const params = Object.fromEntries(formParamsOf(request));
  const { Signature: signature = "", SignatureNonce: nonce = "" } = params;
  const isKnownScheme = params.SignatureMethod === "HMAC-SHA1" && params.SignatureVersion === "1.0";
  if (signature === "" || nonce === "" || !isKnownScheme)
    return refusal(400, "IncompleteSignature", "The request signature does not conform.");
  if (params.AccessKeyId !== check.key.id) return unknownKey();
  const stamp = refusedStamp(params.Timestamp ?? "", check.now);
  if (stamp !== null) return stamp;
  const text = alibabaV1Text(request);
  const expected = createHmac("sha1", `${check.key.secret}&`).update(text, "utf8");
  if (expected.digest("base64") !== signature) return wrongSignature(text);
  return refusedOnce({ token: params.SecurityToken ?? null, nonce }, check);
}

/** The text that signature v1 signs. */
export function alibabaV1Text(request: ReceivedRequest): string {
  const signed = formParamsOf(request).filter(([name]) => name !== "Signature");
  return `${request.method}&${percentEncode("/")}&${percentEncode(canonicalQuery(signed))}`;
}
