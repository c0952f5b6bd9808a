import { createHash } from "node:crypto";
import type { Account } from "../domain/account.js";

/**
 * Everything in an account that decides what its lists show, as one text: gateways whose accounts differ in
 * any of it share nothing. The text contains credentials, so it is only used to make a digest.
 */
export function identityOf(account: Account): string {
  const { upstream, regions, ...rest } = account;
  return JSON.stringify(sorted(rest));
}

/** Names the caller for whom a vendor counts calls. Made from the access key's id, and no secret. */
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

/** The same value with the keys of its objects sorted. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
