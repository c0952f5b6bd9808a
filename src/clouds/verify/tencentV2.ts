import { createHmac } from "node:crypto";
import { byName, formParamsOf, hostsOf, refusal } from "./request.js";
import type { ReceivedRequest, Refusal, Verification } from "./request.js";

const SKEW_SECONDS = 300;
const DIGESTS: Readonly<Record<string, string>> = { HmacSHA1: "sha1", HmacSHA256: "sha256" };

/**
 * Checks the `Signature` parameter of Tencent's API 2.0: an HMAC over method, host, path and the raw
 * parameters. Codes are those of the 2.0 error table.
 *
 * Source: https://cloud.tencent.com/document/product/239/1757, read 2026-11-21.
 */
export function verifyTencentV2(
  request: ReceivedRequest,
  { key, now, nonces }: Verification,
): Refusal | null {
  const params = Object.fromEntries(formParamsOf(request));
  const { Signature: signature = "", SecretId, Timestamp = "", Nonce = "", Token } = params;
  const digest = digestOf(params.SignatureMethod ?? "HmacSHA1");
  if (digest === null) return denied("4100", "SignatureMethod is not supported");
  if (signature === "") return denied("4100", "Signature is missing");
  if (SecretId !== key.id) return denied("4104", "SecretId is not found");
  const hasMoment = /^\d{1,12}$/.test(Timestamp) && /^[1-9]\d{0,18}$/.test(Nonce);
  if (!hasMoment || Math.abs(now / 1000 - Number(Timestamp)) > SKEW_SECONDS)
    return denied("4500", "Timestamp has expired or Nonce is not valid");
  const isSigned = tencentV2Texts(request).some(
    (text) => createHmac(digest, key.secret).update(text, "utf8").digest("base64") === signature,
  );
  if (!isSigned) return denied("4100", "Signature is not right");
  if ((Token ?? null) !== key.token) return denied("4105", "Token is not right");
  // Only a correctly signed request uses up its nonce. Otherwise anyone could use up those of others.
  if (nonces.use(`${Timestamp} ${Nonce}`, now)) return null;
  return denied("4500", "Nonce was used before");
}

const denied = (code: string, message: string): Refusal => refusal(200, code, message);

const digestOf = (method: string): string | null =>
  Object.hasOwn(DIGESTS, method) ? (DIGESTS[method] ?? null) : null;

/** The texts to sign that the vendor accepts: with and without the port of the host. */
export function tencentV2Texts(request: ReceivedRequest): readonly string[] {
  const signed = formParamsOf(request)
    .filter(([name]) => name !== "Signature")
    .sort(byName)
    .map(([name, value]) => `${name.replaceAll("_", ".")}=${value}`)
    .join("&");
  return hostsOf(request).map((host) => `${request.method}${host}${request.path}?${signed}`);
}
