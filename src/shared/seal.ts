import { createHmac, timingSafeEqual } from "node:crypto";

/** Of what is written; values of other versions are not read. */
const VERSION = "1";
/** Bytes of a digest that are kept. */
const DIGEST = 16;

/**
 * Names and values as they stand on a server that others may write to.
 *
 * A name tells nothing of what it is made from. A value bears a proof that one of us wrote it under this
 * very name: whatever else is found there reads as nothing.
 */
export class Seal {
  readonly #nameKey: Buffer;
  readonly #valueKeys: readonly Buffer[];

  /**
   * `keys` are those of the cursors, the same on every replica; the first writes, all read.
   * `release` keeps apart programs that may read the same row differently.
   */
  constructor(
    keys: readonly Uint8Array[],
    private readonly release: string,
  ) {
    const [first] = keys;
    if (first === undefined) throw new RangeError("Sharing needs a key.");
    this.#nameKey = derived(first, "names");
    this.#valueKeys = keys.map((key) => derived(key, "values"));
  }

  /** A name that nobody can make, or guess the parts of, without the key. */
  name(parts: readonly string[]): string {
    return digestOf(this.#nameKey, JSON.stringify([VERSION, this.release, ...parts]));
  }

  seal(name: string, text: string): string {
    const [key] = this.#valueKeys as [Buffer];
    return `${VERSION}.${digestOf(key, `${name} ${text}`)}.${text}`;
  }

  /** The text of a value; null where none of us wrote it, or an older version did. */
  open(name: string, value: string): string | null {
    const [version, digest] = value.split(".", 2);
    if (version !== VERSION || digest === undefined) return null;
    const text = value.slice(version.length + digest.length + 2);
    const proves = (key: Buffer): boolean => isSame(digest, digestOf(key, `${name} ${text}`));
    return this.#valueKeys.some(proves) ? text : null;
  }
}

const derived = (key: Uint8Array, purpose: string): Buffer =>
  createHmac("sha256", key).update(`shared ${purpose}`).digest();

const digestOf = (key: Buffer, text: string): string =>
  createHmac("sha256", key).update(text).digest().subarray(0, DIGEST).toString("base64url");

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
