import { ID_HEAD_LENGTH, type Key } from "../domain/id.js";
import { AFTER_IDS } from "./direction.js";

/** Instants take six bytes, signed; the two ends of that range stand for infinity. */
const LAST_INSTANT = 2 ** 47 - 1;

/** How the id of a key is written. */
const KIND = { none: 0, head: 1, closedHead: 2, text: 3 } as const;

/** Bytes of the head of a global id. */
const HEAD_SIZE = 9;

/** A global id or its head, closed or not. Ids of instance lists contain other characters. */
const GLOBAL_ID = /^[A-Za-z0-9_-]{12,}\u007f?$/;

/** The size of most cursors, in bytes: those without pending rows. */
const USUAL_SIZE = 64;

/** Appends values to a buffer. */
export class ByteWriter {
  private buffer = Buffer.allocUnsafe(USUAL_SIZE);
  private length = 0;

  bytes(value: Uint8Array): this {
    const at = this.grow(value.length);
    this.buffer.set(value, at);
    return this;
  }

  /** The first `size` characters of a text with one character a byte. */
  latin1(text: string, size: number): this {
    const at = this.grow(size);
    this.buffer.write(text, at, size, "latin1");
    return this;
  }

  /** A whole number below 2^(8 * size). */
  uint(value: number, size: number): this {
    const at = this.grow(size);
    this.buffer.writeUIntBE(value, at, size);
    return this;
  }

  instant(value: number): this {
    const at = this.grow(6);
    this.buffer.writeIntBE(Math.max(-LAST_INSTANT - 1, Math.min(LAST_INSTANT, value)), at, 6);
    return this;
  }

  /** A key. Of a global id only the head is written, because the head alone decides its place. */
  key({ startedAt, id }: Key): this {
    if (id === AFTER_IDS) return this.instant(startedAt + 1).uint(KIND.none, 1);
    this.instant(startedAt);
    if (id === "") return this.uint(KIND.none, 1);
    if (!GLOBAL_ID.test(id)) {
      const text = Buffer.from(id, "utf8");
      return this.uint(KIND.text, 1).uint(text.length, 2).bytes(text);
    }
    this.uint(id.endsWith(AFTER_IDS) ? KIND.closedHead : KIND.head, 1);
    const at = this.grow(HEAD_SIZE);
    this.buffer.write(id.slice(0, ID_HEAD_LENGTH), at, "base64url");
    return this;
  }

  /**
   * Distinct numbers below 2^32, in any order: their count, then the gaps between them, Rice-coded.
   * 2,000 evenly spread numbers take 22.6 bits each.
   */
  numberSet(values: readonly number[]): this {
    const sorted = Uint32Array.from(values).sort();
    this.uint(sorted.length, 3);
    const bits = new BitWriter(sorted.length);
    let next = 0;
    for (const value of sorted) {
      bits.gap(value - next);
      next = value + 1;
    }
    return this.bytes(bits.toBytes());
  }

  /** The bytes written so far. They stay as they are when more is appended. */
  toBuffer(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  toBase64Url(): string {
    return this.buffer.toString("base64url", 0, this.length);
  }

  /** Makes room for `size` more bytes and returns where they start. */
  private grow(size: number): number {
    const at = this.length;
    this.length += size;
    if (this.length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(2 * this.length);
      this.buffer.copy(larger, 0, 0, at);
      this.buffer = larger;
    }
    return at;
  }
}

/** Reads what `ByteWriter` wrote. Errors: `RangeError` if the bytes end early or make no sense. */
export class ByteReader {
  private at = 0;

  constructor(private readonly buffer: Buffer) {}

  get ended(): boolean {
    return this.at === this.buffer.length;
  }

  bytes(size: number): Buffer {
    if (this.at + size > this.buffer.length) throw new RangeError("The bytes end early.");
    this.at += size;
    return this.buffer.subarray(this.at - size, this.at);
  }

  uint(size: number): number {
    return this.bytes(size).readUIntBE(0, size);
  }

  instant(): number {
    const value = this.bytes(6).readIntBE(0, 6);
    if (value === LAST_INSTANT) return Number.POSITIVE_INFINITY;
    return value === -LAST_INSTANT - 1 ? Number.NEGATIVE_INFINITY : value;
  }

  key(): Key {
    const startedAt = this.instant();
    const kind = this.uint(1);
    if (kind === KIND.none) return { startedAt, id: "" };
    if (kind === KIND.text) return { startedAt, id: this.bytes(this.uint(2)).toString("utf8") };
    if (kind > KIND.text) throw new RangeError("Unknown kind of key.");
    const head = this.bytes(HEAD_SIZE).toString("base64url");
    return { startedAt, id: kind === KIND.closedHead ? head + AFTER_IDS : head };
  }

  /** A set of numbers, in ascending order. */
  numberSet(): number[] {
    const count = this.uint(3);
    const rest = this.buffer.subarray(this.at);
    // Checked before anything is allocated: the count may claim more than the bytes can hold.
    if (count * (remainderBits(count) + 1) > 8 * rest.length)
      throw new RangeError("The bytes end early.");
    const bits = new BitReader(rest, count);
    const values: number[] = [];
    for (let next = 0; values.length < count;) {
      const value = next + bits.gap();
      if (value > MOST_UINT32) throw new RangeError("A number is too large.");
      values.push(value);
      next = value + 1;
    }
    this.at += bits.bytesRead;
    return values;
  }
}

const MOST_UINT32 = 2 ** 32 - 1;

/** Bits of a Rice code's remainder: the logarithm of the mean gap between `count` numbers. */
const remainderBits = (count: number): number => Math.clz32(Math.max(0, count - 1));

/** Writes Rice-coded gaps: the quotient as ones and a zero, then the remainder. */
class BitWriter {
  private readonly remainder: number;
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(count: number) {
    this.remainder = remainderBits(count);
    // The quotients of all gaps add up to less than twice their number.
    this.bytes = new Uint8Array(Math.ceil((count * (this.remainder + 3)) / 8));
  }

  gap(gap: number): void {
    for (let quotient = Math.floor(gap / 2 ** this.remainder); quotient > 0; quotient -= 1)
      this.bits(1, 1);
    this.bits(0, 1);
    this.bits(gap % 2 ** this.remainder, this.remainder);
  }

  toBytes(): Uint8Array {
    return this.bytes.subarray(0, Math.ceil(this.at / 8));
  }

  /** Writes the lowest `size` bits of `value`, as many as fit into a byte at a time. */
  private bits(value: number, size: number): void {
    for (let left = size; left > 0;) {
      const room = 8 - (this.at & 7);
      const taken = Math.min(room, left);
      left -= taken;
      const part = Math.floor(value / 2 ** left) & (2 ** taken - 1);
      const index = this.at >> 3;
      this.bytes[index] = (this.bytes[index] as number) | (part << (room - taken));
      this.at += taken;
    }
  }
}

class BitReader {
  private readonly remainder: number;
  private at = 0;

  constructor(
    private readonly bytes: Uint8Array,
    count: number,
  ) {
    this.remainder = remainderBits(count);
  }

  get bytesRead(): number {
    return Math.ceil(this.at / 8);
  }

  gap(): number {
    let quotient = 0;
    while (this.bits(1) === 1) quotient += 1;
    return quotient * 2 ** this.remainder + this.bits(this.remainder);
  }

  private bits(size: number): number {
    let value = 0;
    for (let left = size; left > 0;) {
      const byte = this.bytes[this.at >> 3];
      if (byte === undefined) throw new RangeError("The bytes end early.");
      const room = 8 - (this.at & 7);
      const taken = Math.min(room, left);
      value = value * 2 ** taken + ((byte >> (room - taken)) & (2 ** taken - 1));
      this.at += taken;
      left -= taken;
    }
    return value;
  }
}
