import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from "node:crypto";

const VERSION = 1;
const VERSION_BYTE = Buffer.of(VERSION);
const NONCE = 12;
const TAG = 16;
/** Nonces that are drawn at once. */
const POOLED = 256;

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
  return {
    seal: (plain) => seal(sealing, plain),
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

function seal(key: KeyObject, plain: Buffer): string {
  const nonce = takeNonce();
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(VERSION_BYTE);
  const body = cipher.update(plain);
  cipher.final();
  const sealed = Buffer.allocUnsafe(1 + NONCE + body.length + TAG);
  sealed[0] = VERSION;
  nonce.copy(sealed, 1);
  body.copy(sealed, 1 + NONCE);
  cipher.getAuthTag().copy(sealed, 1 + NONCE + body.length);
  return sealed.toString("base64url");
}

/** Random bytes that are asked of the system for many nonces at once: each asking costs as much as a seal. */
let pool = Buffer.alloc(0);

function takeNonce(): Buffer {
  if (pool.length < NONCE) pool = randomBytes(NONCE * POOLED);
  const nonce = pool.subarray(0, NONCE);
  pool = pool.subarray(NONCE);
  return nonce;
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
