import { createHash } from "node:crypto";
import { byName, formParamsOf, refusal } from "./request.js";
import type { AccessKey, ReceivedRequest, Refusal } from "./request.js";

/**
 * Checks UCloud's `Signature` parameter: SHA-1 over the sorted names and raw values and the private
 * key. The scheme has no timestamp and no nonce, so it does not prevent replays.
 *
 * Source: https://docs.ucloud.cn/api/summary/signature, read 2026-11-21.
 */
export function verifyUCloud(request: ReceivedRequest, key: AccessKey): Refusal | null {
  const params = ucloudParamsOf(request);
  const { Signature: signature, PublicKey: publicKey, ...rest } = params;
  if (!signature) return refusal(200, "170", "Missing signature");
  if (publicKey !== key.id) return refusal(200, "172", "User Not Exists");
  if ((rest.SecurityToken ?? null) !== key.token) return refusal(200, "174", "Token not exists");
  const text = Object.entries({ ...rest, PublicKey: publicKey })
    .sort(byName)
    .flat()
    .join("");
  const expected = createHash("sha1").update(text + key.secret, "utf8");
  if (signature === expected.digest("hex")) return null;
  return refusal(200, "171", "Signature VerifyAC Error");
}

/**
 * The parameters of a UCloud request: a GET's query, a POST's form or a POST's JSON, as text.
 *
 * SDKs add a second `Action` to the URL of a POST for logs. It is neither read nor signed.
 */
export function ucloudParamsOf(request: ReceivedRequest): Record<string, string> {
  const { method, query, headers, body } = request;
  if (method === "GET") return Object.fromEntries(query);
  if ((headers["content-type"] ?? "").startsWith("application/json")) return jsonParamsOf(body);
  return Object.fromEntries(formParamsOf({ ...request, query: new URLSearchParams() }));
}

function jsonParamsOf(body: string): Record<string, string> {
  const parsed: unknown = parsedOf(body);
  if (typeof parsed !== "object" || parsed === null) return {};
  return Object.fromEntries(
    Object.entries(parsed)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, signedTextOf(value)]),
  );
}

function parsedOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** A JSON value in the form that is signed: the values of lists, the names and values of objects. */
function signedTextOf(value: unknown): string {
  if (typeof value === "number") return decimalOf(value);
  if (Array.isArray(value)) return value.map(signedTextOf).join("");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]): [string, string] => [name, signedTextOf(inner)])
    .sort(byName)
    .flat()
    .join("");
}

/** Decimal text without exponent and without a trailing `.0`. */
function decimalOf(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  if (Number.isInteger(value)) return BigInt(value).toString();
  return value.toFixed(20).replace(/0+$/, "");
}
