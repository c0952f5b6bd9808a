import { createHash, createHmac } from "node:crypto";
import { refusedOnce, refusedStamp, unknownKey, wrongSignature } from "./alibabaStamp.js";
import { canonicalQuery, hostsOf, refusal } from "./request.js";
import type { ReceivedRequest, Refusal, Verification } from "./request.js";

const AUTHORIZATION =
  /^ACS3-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/;

/**
 * Checks an ACS3-HMAC-SHA256 `Authorization` header, Alibaba's signature v3.
 *
 * The host, the content type and all `x-acs-*` headers must be signed.
 * Source: https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature,
 * read 2026-11-21.
 */
export function verifyAcs3(request: ReceivedRequest, check: Verification): Refusal | null {
  const { headers } = request;
  const found = AUTHORIZATION.exec(headers.authorization ?? "");
  const [, id = "", list = "", signature = ""] = found ?? [];
  const signed = list.split(";");
  const nonce = headers["x-acs-signature-nonce"] ?? "";
  if (found === null || nonce === "" || !isComplete(headers, signed))
    return refusal(400, "IncompleteSignature", "The request signature does not conform.");
  if (id !== check.key.id) return unknownKey();
  const stamp = refusedStamp(headers["x-acs-date"] ?? "", check.now);
  if (stamp !== null) return stamp;
  const texts = acs3CanonicalRequests(request, signed).map(
    (canonical) => `ACS3-HMAC-SHA256\n${sha256(canonical)}`,
  );
  const isSigned = texts.some((text) => hmac(check.key.secret, text) === signature);
  const isWhole = headers["x-acs-content-sha256"] === sha256(request.body);
  if (!isSigned || !isWhole) return wrongSignature(texts[0] ?? "");
  return refusedOnce({ token: headers["x-acs-security-token"] ?? null, nonce }, check);
}

const isComplete = (headers: ReceivedRequest["headers"], signed: readonly string[]): boolean =>
  Object.keys(headers)
    .filter((name) => name === "host" || name === "content-type" || name.startsWith("x-acs-"))
    .every((name) => signed.includes(name));

/** The canonical requests that the vendor accepts: with and without the port in `Host`. */
export function acs3CanonicalRequests(
  request: ReceivedRequest,
  signed: readonly string[],
): readonly string[] {
  return hostsOf(request).map((host) => {
    const headers: ReceivedRequest["headers"] = { ...request.headers, host };
    return [
      request.method,
      request.path,
      canonicalQuery(request.query),
      signed.map((name) => `${name}:${(headers[name] ?? "").trim()}\n`).join(""),
      signed.join(";"),
      sha256(request.body),
    ].join("\n");
  });
}

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");
const hmac = (secret: string, text: string): string =>
  createHmac("sha256", secret).update(text, "utf8").digest("hex");
