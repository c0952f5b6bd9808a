import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from "node:crypto";
import { promisify } from "node:util";
import { constants, deflateRaw, inflateRaw, type InputType, type ZlibOptions } from "node:zlib";
import { deriveKey } from "../domain/secrets.js";

/** The first byte of a value. Version 1 was readable text with an HMAC. */
const VERSION = 2;
const NONCE_SIZE = 12;
const TAG_SIZE = 16;
/** Bytes of the HMAC that a key name consists of. */
const NAME_SIZE = 16;

/**
 * Names and values on a server that others may read and write.
 *
 * A name reveals nothing about what it is made from. A value is encrypted with AES-256-GCM and bound to its
 * name, so it can be removed or replaced by an older value of the same name, and nothing else. Names and
 * values have keys of their own, derived from `server.cursorKey`.
 */
export class Seal {
  private readonly nameKey: KeyObject;
  private readonly valueKeys: readonly KeyObject[];

  /**
   * `secrets` are the same on every replica. The first writes, and all read. `release` separates programs
   * that may read the same row differently.
   */
  constructor(
    secrets: readonly Uint8Array[],
    private readonly release: string,
  ) {
    const [first] = secrets;
    if (first === undefined) throw new RangeError("Sharing needs a key.");
    this.nameKey = createSecretKey(deriveKey(first, "names of shared values"));
    this.valueKeys = secrets.map((secret) => createSecretKey(deriveKey(secret, "shared values")));
  }

  /** A name that can be neither made nor guessed without the key. */
  name(parts: readonly string[]): string {
    const text = JSON.stringify([VERSION, this.release, ...parts]);
    const digest = createHmac("sha256", this.nameKey).update(text).digest();
    return digest.subarray(0, NAME_SIZE).toString("base64url");
  }

  /** Shape: version, nonce, ciphertext, tag. */
  seal(name: string, plain: Buffer): Buffer {
    const [key] = this.valueKeys as [KeyObject];
    const head = Buffer.concat([Buffer.of(VERSION), randomBytes(NONCE_SIZE)]);
    const cipher = createCipheriv("aes-256-gcm", key, head.subarray(1)).setAAD(boundTo(name));
    const body = [cipher.update(plain), cipher.final()];
    return Buffer.concat([head, ...body, cipher.getAuthTag()]);
  }

  /** The bytes of a value, or null if no replica wrote it under this name. */
  open(name: string, value: Buffer): Buffer | null {
    if (value.length < 1 + NONCE_SIZE + TAG_SIZE || value[0] !== VERSION) return null;
    for (const key of this.valueKeys) {
      const plain = opened(key, name, value);
      if (plain !== null) return plain;
    }
    return null;
  }
}

function opened(key: KeyObject, name: string, value: Buffer): Buffer | null {
  const body = value.subarray(1 + NONCE_SIZE, value.length - TAG_SIZE);
  const decipher = createDecipheriv("aes-256-gcm", key, value.subarray(1, 1 + NONCE_SIZE))
    .setAAD(boundTo(name))
    .setAuthTag(value.subarray(value.length - TAG_SIZE));
  try {
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch {
    return null;
  }
}

const boundTo = (name: string): Buffer => Buffer.from(`${VERSION} ${name}`);

const deflated = promisify<InputType, ZlibOptions, Buffer>(deflateRaw);
const inflated = promisify<InputType, ZlibOptions, Buffer>(inflateRaw);

/** Shorter texts are not compressed. */
const SHORT = 16_384;
/** A value that unpacks to more than this is not read. */
const LONGEST_TEXT = 64 * 2 ** 20;

const PLAIN = 0;
const DEFLATED = 1;

/** A text as bytes. Long texts are lists of similar rows, which shrink to a tenth. */
export async function pack(text: string): Promise<Buffer> {
  if (text.length <= SHORT) return Buffer.concat([Buffer.of(PLAIN), Buffer.from(text)]);
  const body = await deflated(text, { level: constants.Z_BEST_SPEED });
  return Buffer.concat([Buffer.of(DEFLATED), body]);
}

/** The text that was packed, or null for bytes that `pack` did not make. */
export async function unpack(packed: Buffer): Promise<string | null> {
  const body = packed.subarray(1);
  if (packed[0] === PLAIN) return body.toString("utf8");
  if (packed[0] !== DEFLATED) return null;
  try {
    return (await inflated(body, { maxOutputLength: LONGEST_TEXT })).toString("utf8");
  } catch {
    return null;
  }
}
