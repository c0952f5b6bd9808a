import { createHash, createHmac } from "node:crypto";
import { canonicalQuery, hostsOf, percentEncode, refusal } from "./request.js";
import type { AccessKey, ReceivedRequest, Refusal } from "./request.js";

const SKEW_SECONDS = 300;
const AUTHORIZATION =
  /^TC3-HMAC-SHA256 Credential=([^/\s]+)\/([^/\s]+)\/([^/\s]+)\/tc3_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/;

interface Authorization {
  readonly id: string;
  readonly date: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/**
 * Checks a TC3-HMAC-SHA256 `Authorization` header.
 *
 * The service comes from the request's own credential scope and the headers from its own list: the
 * official SDK derives the first from the host name, and signs `Host` without its port.
 * Source: https://cloud.tencent.com/document/api/239/20018, read 2026-11-21.
 */
export function verifyTc3(
  request: ReceivedRequest,
  { key, now }: { readonly key: AccessKey; readonly now: number },
): Refusal | null {
  const authorization = authorizationOf(request);
  if (authorization === null) return denied("InvalidAuthorization", "Authorization is malformed.");
  if (authorization.id !== key.id) return denied("SecretIdNotFound", "The SecretId is not found.");
  const stamp = request.headers["x-tc-timestamp"] ?? "";
  if (!isFresh(stamp, now)) return denied("SignatureExpire", "The signature expired.");
  if (!isSignedBy(key.secret, request, authorization))
    return denied("SignatureFailure", "The provided credentials could not be validated.");
  if ((request.headers["x-tc-token"] ?? null) !== key.token)
    return denied("TokenFailure", "The token is not right.");
  return null;
}

const denied = (code: string, message: string): Refusal =>
  refusal(200, `AuthFailure.${code}`, message);

function authorizationOf({ headers }: ReceivedRequest): Authorization | null {
  const found = AUTHORIZATION.exec(headers.authorization ?? "");
  if (found === null) return null;
  const [, id = "", date = "", service = "", list = "", signature = ""] = found;
  const signedHeaders = list.split(";");
  const isComplete = signedHeaders.includes("content-type") && signedHeaders.includes("host");
  return isComplete ? { id, date, service, signedHeaders, signature } : null;
}

const isFresh = (stamp: string, now: number): boolean =>
  /^\d{1,12}$/.test(stamp) && Math.abs(now / 1000 - Number(stamp)) <= SKEW_SECONDS;

function isSignedBy(secret: string, request: ReceivedRequest, given: Authorization): boolean {
  const stamp = request.headers["x-tc-timestamp"] ?? "";
  const utcDate = new Date(Number(stamp) * 1000).toISOString().slice(0, 10);
  if (given.date !== utcDate) return false;
  const scope = `${given.date}/${given.service}/tc3_request`;
  const signingKey = [given.date, given.service, "tc3_request"].reduce<string | Buffer>(
    (from, part) => createHmac("sha256", from).update(part, "utf8").digest(),
    `TC3${secret}`,
  );
  return tc3CanonicalRequests(request, given.signedHeaders).some((canonical) => {
    const text = ["TC3-HMAC-SHA256", stamp, scope, sha256(canonical)].join("\n");
    return createHmac("sha256", signingKey).update(text, "utf8").digest("hex") === given.signature;
  });
}

/** The canonical requests that the vendor accepts: with and without the port in `Host`. */
export function tc3CanonicalRequests(
  request: ReceivedRequest,
  signedHeaders: readonly string[],
): readonly string[] {
  const build = (host: string, query: string): string => {
    const headers: ReceivedRequest["headers"] = { ...request.headers, host };
    const lines = signedHeaders.map(
      (name) => `${name}:${(headers[name] ?? "").trim().toLowerCase()}\n`,
    );
    return [
      request.method,
      request.path,
      query,
      lines.join(""),
      signedHeaders.join(";"),
      sha256(request.body),
    ].join("\n");
  };
  const inOrder = [...request.query].map((pair) => pair.map(percentEncode).join("=")).join("&");
  const queries = new Set([inOrder, canonicalQuery(request.query)]);
  return hostsOf(request).flatMap((host) => [...queries].map((query) => build(host, query)));
}

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");
