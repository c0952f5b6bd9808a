import { createHash } from "node:crypto";
import type { Account } from "../domain/account.js";

/**
 * Everything in an account that decides what its lists show, as one text: gateways whose accounts differ in
 * any of it share nothing. The text contains credentials, so it is only used to make a digest. Of credentials
 * that are read while the gateway runs, only their owner counts, because each replica may have keys of its own.
 */
export function identityOf(account: Account): string {
  const { upstream, regions, ...rest } = account;
  const isRead = account.credentialSource !== undefined;
  const credentials = isRead ? ownerOf(accessKeyId(account)) : account.credentials;
  return JSON.stringify(sorted({ ...rest, credentials }));
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Who owns an access key: the number of the AWS account, which the ids of its keys contain, so that keys which
 * replace others have the same owner; else the id itself, also if it is one of AWS's older ids.
 *
 * Source: https://labs.withsecure.com/publications/a-bitwise-analysis-of-aws-access-key-identifiers.html, read
 *         2026-11-29. AWS does not document the form. If it changes, replicas share less, or nothing.
 */
export function ownerOf(keyId: string): string {
  const [, text] = /^A[KS]IA([Q-Z2-7][A-Z2-7]{9})[A-Z2-7]{6}$/.exec(keyId) ?? [];
  if (text === undefined) return keyId;
  const bits = [...text].reduce((all, one) => all * 32n + BigInt(BASE32.indexOf(one)), 0n);
  return ((bits >> 9n) & 0xffffffffffn).toString().padStart(12, "0");
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
