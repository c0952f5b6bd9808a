import { hash } from "node:crypto";

/** The first letter of an id's bytes says what it names. */
export type IdType = "B" | "I" | "P";

/** Bytes of type and digest; nine, so that they are exactly the first twelve characters. */
const HEAD = 9;

/** Characters of an id that alone decide its place among ids: the type and the digest. */
export const ID_HEAD_LENGTH = 12;

/**
 * Makes a global id: base64url of type, digest of the rest, and the parts.
 *
 * The digest comes first so that a cursor need carry only twelve characters to keep an id's place in
 * the order, and so that a damaged id is refused without asking anybody.
 */
export function encodeId(type: IdType, parts: readonly string[]): string {
  const rest = parts.join("\0");
  const bytes = Buffer.allocUnsafe(HEAD + Buffer.byteLength(rest));
  bytes.write(type, 0, "latin1");
  // As text of a character a byte: a buffer for each digest would cost seven times as much.
  bytes.write(hash("sha256", type + rest, "binary"), 1, HEAD - 1, "latin1");
  bytes.write(rest, HEAD, "utf8");
  return bytes.toString("base64url");
}

/** The type and parts of an id, or null for text that `encodeId` did not make. */
export function decodeId(id: string): { type: IdType; parts: string[] } | null {
  if (!/^[A-Za-z0-9_-]{12,1024}$/.test(id)) return null;
  const bytes = Buffer.from(id, "base64url");
  const type = bytes.toString("latin1", 0, 1);
  if (type !== "B" && type !== "I" && type !== "P") return null;
  const parts = bytes.subarray(HEAD).toString("utf8").split("\0");
  return encodeId(type, parts) === id ? { type, parts } : null;
}

/** What a backup's id holds: all that is needed to find it again. */
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
  const [provider, region, instanceNativeId, nativeId, at] = decoded.parts as [
    string,
    string,
    string,
    string,
    string,
  ];
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
  const [provider, region, nativeId] = decoded.parts as [string, string, string];
  return { provider, region, nativeId };
}

export const providerId = (key: string): string => encodeId("P", [key]);

export function providerKeyOf(id: string): string | null {
  const decoded = decodeId(id);
  return decoded?.type === "P" && decoded.parts.length === 1 ? (decoded.parts[0] ?? null) : null;
}
