import { createHmac, hash } from "node:crypto";

/** Lower-case hex SHA-1 of UTF-8 text. */
export const sha1Hex = (text: string): string => hash("sha1", text);

/** Lower-case hex SHA-256 of UTF-8 text. */
export const sha256Hex = (text: string): string => hash("sha256", text);

/** HMAC of UTF-8 text; the bytes may be the key of the next step. */
export const hmac = (algorithm: "sha1" | "sha256", key: string | Buffer, text: string): Buffer =>
  createHmac(algorithm, key).update(text).digest();
