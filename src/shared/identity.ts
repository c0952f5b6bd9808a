import { createHash } from "node:crypto";
import type { Account } from "../domain/account.js";

/**
 * All of an account that decides what its lists show, as one text: gateways whose accounts differ in
 * any of it share nothing. It holds credentials, and is only ever used to make a digest.
 */
export function identityOf(account: Account): string {
  const { upstream, regions, ...rest } = account;
  return JSON.stringify(sorted(rest));
}

/**
 * Names whom a vendor counts calls for. It is made from no secret: anybody may see the access key's id,
 * but need not.
 */
export function callerOf(account: Account): string {
  const parts = [account.id, account.vendor, account.endpoint ?? "", accessKeyId(account)];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22);
}

function accessKeyId(account: Account): string {
  if (account.vendor === "ucloud") return account.credentials.publicKey;
  return account.vendor === "tencent"
    ? account.credentials.secretId
    : account.credentials.accessKeyId;
}

/** The same value with the keys of its objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
