const BLOCK = 16;
const BYTE_VALUES = 256;
/** x^128 in the field of GHASH, whose bits run from the left: x^7 + x^2 + x + 1. */
const REDUCTION = 0xe1 << 24;

/** A block as four words, from the left. */
type Words = [number, number, number, number];

/**
 * GHASH under one key: the authentication of AES-GCM.
 * Source: NIST SP 800-38D, section 6.4; by a table of the key's products with each byte.
 */
export class Ghash {
  /** The key's products with all bytes: word by word. */
  readonly #products = [0, 1, 2, 3].map(() => new Int32Array(BYTE_VALUES));
  /** What a byte that is shifted out at the right comes back as at the left. */
  readonly #carried = new Int32Array(BYTE_VALUES);
  readonly #state = new Int32Array(4);
  readonly #begun: Int32Array;
  readonly #additionalBits: number;

  /** `additional` is authenticated with every text; at most a block. */
  constructor(key: Buffer, additional: Buffer) {
    this.#fillTables(key);
    this.#add(additional, 0, additional.length);
    this.#begun = Int32Array.from(this.#state);
    this.#additionalBits = 8 * additional.length;
  }

  /** Writes the hash of `bytes` from `from` to `to` behind them. */
  write(bytes: Buffer, from: number, to: number): void {
    const state = this.#state;
    state.set(this.#begun);
    for (let at = from; at < to; at += BLOCK) this.#add(bytes, at, Math.min(to, at + BLOCK));
    state[1] = (state[1] as number) ^ this.#additionalBits;
    state[3] = (state[3] as number) ^ (8 * (to - from));
    this.#multiply();
    for (let word = 0; word < 4; word += 1)
      bytes.writeInt32BE(state[word] as number, to + 4 * word);
  }

  /** Adds one block, which is filled up with zeros, and multiplies. */
  #add(bytes: Buffer, from: number, to: number): void {
    const state = this.#state;
    for (let at = from; at < to; at += 1) {
      const place = at - from;
      const word = place >> 2;
      state[word] = (state[word] as number) ^ ((bytes[at] as number) << (24 - 8 * (place & 3)));
    }
    this.#multiply();
  }

  /** Multiplies the state by the key, byte by byte from the right. */
  #multiply(): void {
    const [p0, p1, p2, p3] = this.#products as [Int32Array, Int32Array, Int32Array, Int32Array];
    const [state, carried] = [this.#state, this.#carried];
    let [z0, z1, z2, z3] = [0, 0, 0, 0];
    for (let at = BLOCK - 1; at >= 0; at -= 1) {
      const byte = ((state[at >> 2] as number) >>> (24 - 8 * (at & 3))) & 0xff;
      const out = z3 & 0xff;
      z3 = ((z3 >>> 8) | (z2 << 24)) ^ (p3[byte] as number);
      z2 = ((z2 >>> 8) | (z1 << 24)) ^ (p2[byte] as number);
      z1 = ((z1 >>> 8) | (z0 << 24)) ^ (p1[byte] as number);
      z0 = (z0 >>> 8) ^ (carried[out] as number) ^ (p0[byte] as number);
    }
    state[0] = z0;
    state[1] = z1;
    state[2] = z2;
    state[3] = z3;
  }

  #fillTables(key: Buffer): void {
    let power = [0, 4, 8, 12].map((at) => key.readInt32BE(at)) as Words;
    // The leftmost bit of a byte is 1, the next x, and so on; other bytes are sums of those.
    for (let bit = 0x80; bit > 0; bit >>= 1) {
      for (let byte = 0; byte < BYTE_VALUES; byte += 1)
        if ((byte & bit) !== 0) this.#addProduct(byte, power);
      power = timesX(power);
    }
    for (let byte = 0; byte < BYTE_VALUES; byte += 1) {
      let out: Words = [0, 0, 0, byte];
      for (let bit = 0; bit < 8; bit += 1) out = timesX(out);
      this.#carried[byte] = out[0];
    }
  }

  #addProduct(byte: number, product: Words): void {
    product.forEach((word, i) => {
      const words = this.#products[i] as Int32Array;
      words[byte] = (words[byte] as number) ^ word;
    });
  }
}

/** A block times x: shifted right by one bit, with what falls out reduced. */
const timesX = ([a, b, c, d]: Words): Words => [
  (a >>> 1) ^ ((d & 1) === 0 ? 0 : REDUCTION),
  (b >>> 1) | (a << 31),
  (c >>> 1) | (b << 31),
  (d >>> 1) | (c << 31),
];
