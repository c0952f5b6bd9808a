import { createHash, createHmac } from "node:crypto";

/** Lower-case hex SHA-1 of UTF-8 text. */
export const sha1Hex = (text: string): string => createHash("sha1").update(text).digest("hex");

/** Lower-case hex SHA-256 of UTF-8 text. */
export const sha256Hex = (text: string): string => createHash("sha256").update(text).digest("hex");

/** HMAC of UTF-8 text; the bytes may be the key of the next step. */
export const hmac = (algorithm: "sha1" | "sha256", key: string | Buffer, text: string): Buffer =>
  createHmac(algorithm, key).update(text).digest();
