import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from "node:crypto";
import { SHORT_BYTES, ShortSeals } from "./shortSeals.js";

const VERSION = 1;
const VERSION_BYTE = Buffer.of(VERSION);
const NONCE = 12;
const TAG = 16;

/** Seals bytes into opaque text, and opens what it or another holder of a key sealed. */
export interface Sealer {
  seal(plain: Buffer): string;
  /** Null for text that no known key sealed, or that was changed. */
  open(text: string): Buffer | null;
}

/**
 * AES-256-GCM under the first of `keys`; all of them open.
 *
 * Shape: base64url of version, nonce, ciphertext, tag; the version is authenticated too.
 */
export function makeSealer(keys: readonly Buffer[]): Sealer {
  // Made ready once: each use of plain bytes as a key would make them ready again.
  const ready = keys.map((key) => createSecretKey(key));
  const [sealing] = ready;
  if (sealing === undefined) throw new RangeError("A sealer needs at least one key of 32 bytes.");
  const shortSeals = new ShortSeals(sealing, VERSION_BYTE);
  return {
    seal: (plain) => seal(plain, sealing, shortSeals),
    open: (text) => {
      const bytes = bytesOf(text);
      if (bytes === null) return null;
      for (const key of ready) {
        const plain = open(key, bytes);
        if (plain !== null) return plain;
      }
      return null;
    },
  };
}

function seal(plain: Buffer, key: KeyObject, shortSeals: ShortSeals): string {
  const sealed = Buffer.allocUnsafe(1 + NONCE + plain.length + TAG);
  sealed[0] = VERSION;
  if (plain.length <= SHORT_BYTES) shortSeals.seal(plain, { into: sealed, at: 1 });
  else sealLong(plain, key, sealed);
  return sealed.toString("base64url");
}

/** Only cursors that owe are so long. */
function sealLong(plain: Buffer, key: KeyObject, sealed: Buffer): void {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(VERSION_BYTE);
  nonce.copy(sealed, 1);
  cipher.update(plain).copy(sealed, 1 + NONCE);
  cipher.final();
  cipher.getAuthTag().copy(sealed, 1 + NONCE + plain.length);
}

/** The bytes of canonical base64url text: one text a cursor, so that none can be respelt. */
function bytesOf(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.length < 1 + NONCE + TAG || bytes[0] !== VERSION) return null;
  return bytes.toString("base64url") === text ? bytes : null;
}

function open(key: KeyObject, bytes: Buffer): Buffer | null {
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(1, 1 + NONCE));
  decipher.setAAD(bytes.subarray(0, 1));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG));
  try {
    const body = decipher.update(bytes.subarray(1 + NONCE, bytes.length - TAG));
    return Buffer.concat([body, decipher.final()]);
  } catch {
    return null;
  }
}
