import { createCipheriv, randomBytes, type Cipher, type KeyObject } from "node:crypto";
import { Ghash } from "./ghash.js";

const NONCE = 12;
const BLOCK = 16;
/** Blocks that are made ready for one text: one for its tag, the others for the text. */
const BLOCKS = 4;
/** Texts for which blocks are made ready at once. */
const POOLED = 64;

/** The longest text that is sealed from blocks made ready. */
export const SHORT_BYTES = (BLOCKS - 1) * BLOCK;

/** Where the parts of a sealed text are written. */
export interface SealedParts {
  readonly into: Buffer;
  /** Where the nonce begins; text and tag follow it. */
  readonly at: number;
}

/**
 * AES-256-GCM for short texts, as NIST SP 800-38D describes it.
 *
 * The library makes an object for each text and a buffer for each step, which cost four times as much as
 * the work itself. Here it encrypts the counter blocks of many texts at once; what is left is to combine
 * them, and GHASH. Whatever is sealed so is opened by the library.
 */
export class ShortSeals {
  readonly #cipher: Cipher;
  readonly #ghash: Ghash;
  #counters = Buffer.alloc(0);
  #blocks = Buffer.alloc(0);
  #used = POOLED;

  constructor(key: KeyObject, additional: Buffer) {
    this.#cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
    this.#ghash = new Ghash(this.#cipher.update(Buffer.alloc(BLOCK)), additional);
  }

  /** Writes nonce, sealed text and tag. `plain` has at most `SHORT_BYTES` bytes. */
  seal(plain: Buffer, { into, at }: SealedParts): void {
    if (this.#used === POOLED) this.#refill();
    const first = this.#used * BLOCKS * BLOCK;
    this.#used += 1;
    copyNonce(this.#counters, first, into, at);
    const textAt = at + NONCE;
    for (let i = 0; i < plain.length; i += 1)
      into[textAt + i] = (plain[i] as number) ^ (this.#blocks[first + BLOCK + i] as number);
    const tagAt = textAt + plain.length;
    this.#ghash.write(into, textAt, tagAt);
    for (let i = 0; i < BLOCK; i += 1)
      into[tagAt + i] = (into[tagAt + i] as number) ^ (this.#blocks[first + i] as number);
  }

  /** Each nonce is drawn at random and used once; its blocks count from 1, the first for the tag. */
  #refill(): void {
    const nonces = randomBytes(NONCE * POOLED);
    const counters = Buffer.alloc(POOLED * BLOCKS * BLOCK);
    for (let block = 0; block < POOLED * BLOCKS; block += 1) {
      copyNonce(nonces, Math.floor(block / BLOCKS) * NONCE, counters, block * BLOCK);
      counters[block * BLOCK + BLOCK - 1] = 1 + (block % BLOCKS);
    }
    this.#counters = counters;
    this.#blocks = this.#cipher.update(counters);
    this.#used = 0;
  }
}

/** Byte by byte: the library makes an object for each copy, however short. */
function copyNonce(from: Buffer, begin: number, into: Buffer, at: number): void {
  for (let i = 0; i < NONCE; i += 1) into[at + i] = from[begin + i] as number;
}
