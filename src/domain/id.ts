import { hash } from "node:crypto";

/** The type of an object: backup, instance or provider. It is the first byte of an id. */
type IdType = "B" | "I" | "P";

/** Bytes of type and digest. Nine bytes are exactly the first twelve characters in base64. */
const HEAD = 9;

/** The characters of an id that decide its place in the order: the type and the digest. */
export const ID_HEAD_LENGTH = 12;

/**
 * Makes a global id: the base64url text of the type, a digest of the parts, and the parts.
 *
 * The digest comes first, so that a cursor needs only twelve characters to keep an id's place in the
 * order. It also makes a damaged id invalid without a vendor call.
 */
export function encodeId(type: IdType, parts: readonly string[]): string {
  const rest = parts.join("\0");
  const bytes = Buffer.allocUnsafe(HEAD + Buffer.byteLength(rest));
  bytes.write(type, 0, "latin1");
  // The digest as text with one character per byte: a Buffer costs seven times as much.
  bytes.write(hash("sha256", type + rest, "binary"), 1, HEAD - 1, "latin1");
  bytes.write(rest, HEAD, "utf8");
  return bytes.toString("base64url");
}

/** The type and parts of an id, or null for text that is not an id. */
export function decodeId(id: string): { type: IdType; parts: string[] } | null {
  if (!/^[A-Za-z0-9_-]{12,8192}$/.test(id)) return null;
  const bytes = Buffer.from(id, "base64url");
  const type = bytes.toString("latin1", 0, 1);
  if (type !== "B" && type !== "I" && type !== "P") return null;
  const parts = bytes.subarray(HEAD).toString("utf8").split("\0");
  return encodeId(type, parts) === id ? { type, parts } : null;
}

/** The parts of a backup's id, which are enough to find the backup again. */
export interface BackupAddress {
  readonly provider: string;
  readonly region: string;
  readonly instanceNativeId: string;
  readonly nativeId: string;
  readonly startedAt: number;
}

export const backupId = (a: BackupAddress): string =>
  encodeId("B", [a.provider, a.region, a.instanceNativeId, a.nativeId, a.startedAt.toString(36)]);

export function backupAddressOf(id: string): BackupAddress | null {
  const decoded = decodeId(id);
  if (decoded?.type !== "B" || decoded.parts.length !== 5) return null;
  const [provider = "", region = "", instanceNativeId = "", nativeId = "", at = ""] = decoded.parts;
  const startedAt = Number.parseInt(at, 36);
  if (!Number.isSafeInteger(startedAt)) return null;
  return { provider, region, instanceNativeId, nativeId, startedAt };
}

export const instanceId = (provider: string, region: string, nativeId: string): string =>
  encodeId("I", [provider, region, nativeId]);

export function instanceAddressOf(
  id: string,
): { provider: string; region: string; nativeId: string } | null {
  const decoded = decodeId(id);
  if (decoded?.type !== "I" || decoded.parts.length !== 3) return null;
  const [provider = "", region = "", nativeId = ""] = decoded.parts;
  return { provider, region, nativeId };
}

export const providerId = (key: string): string => encodeId("P", [key]);

export function providerKeyOf(id: string): string | null {
  const decoded = decodeId(id);
  return decoded?.type === "P" && decoded.parts.length === 1 ? (decoded.parts[0] ?? null) : null;
}

/** The place of a row in the merged order. Instants are epoch milliseconds. */
export interface Key {
  readonly startedAt: number;
  /** Global id. Rows with the same start are ordered by its bytes (ids are ASCII). */
  readonly id: string;
}

/** Total order of keys, oldest first. */
export function compareKeys(a: Key, b: Key): number {
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
