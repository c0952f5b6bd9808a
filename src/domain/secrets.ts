import { hkdfSync } from "node:crypto";
import type { Account } from "./account.js";

/** The parts of a configuration that hold secrets. */
interface SecretHolders {
  readonly accounts: readonly Pick<Account, "credentials">[];
  /** URL of the shared cache. It may hold a password. */
  readonly cacheUrl?: string | null;
  readonly cursorKeys?: readonly Uint8Array[];
  /** URLs of proxies. They may hold passwords. */
  readonly proxies?: readonly string[];
}

/** Every secret of a configuration, in all the forms that `makeScrub` must remove. */
export function secretsOf({
  accounts,
  cacheUrl,
  cursorKeys = [],
  proxies = [],
}: SecretHolders): string[] {
  const credentials = accounts.flatMap((account) => Object.values(account.credentials));
  const keys = cursorKeys.flatMap((key) =>
    (["base64", "base64url", "hex"] as const).map((form) => Buffer.from(key).toString(form)),
  );
  const texts = credentials.filter((value): value is string => typeof value === "string");
  return [...texts, ...[cacheUrl ?? null, ...proxies].flatMap(passwordOf), ...keys];
}

function passwordOf(url: string | null): string[] {
  const password = url !== null && URL.canParse(url) ? new URL(url).password : "";
  return password === "" ? [] : [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A 32-byte key for one purpose (HKDF-SHA-256), so that no two purposes share a key. */
export const deriveKey = (secret: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "", `redis-backup-gateway: ${purpose}`, 32));
