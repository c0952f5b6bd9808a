import { ID_HEAD_LENGTH } from "../domain/id.js";
import type { Key } from "../domain/key.js";
import { AFTER_IDS } from "./direction.js";

/** Instants are written in six bytes, signed; the two ends of that range stand for infinity. */
const LAST_INSTANT = 2 ** 47 - 1;

/** How the id of a key is written. */
const KIND = { none: 0, head: 1, closedHead: 2, text: 3 } as const;

/** A global id, or its head, closed or not. Ids of instance lists hold other characters further on. */
const GLOBAL_ID = /^[A-Za-z0-9_-]{12,}\u007f?$/;

/** Bytes that hold a cursor which owes nothing, as most do. */
const USUAL = 64;

/** Appends values to a buffer. */
export class ByteWriter {
  private buffer = Buffer.allocUnsafe(USUAL);
  private length = 0;

  bytes(value: Buffer): this {
    const at = this.room(value.length);
    value.copy(this.buffer, at);
    return this;
  }

  /** A whole number below 2^(8 * size). */
  uint(value: number, size: number): this {
    const at = this.room(size);
    this.buffer.writeUIntBE(value, at, size);
    return this;
  }

  instant(value: number): this {
    const at = this.room(6);
    this.buffer.writeIntBE(Math.max(-LAST_INSTANT - 1, Math.min(LAST_INSTANT, value)), at, 6);
    return this;
  }

  /** A key; of a global id only the head, which alone decides its place. */
  key({ startedAt, id }: Key): this {
    if (id === AFTER_IDS) return this.instant(startedAt + 1).uint(KIND.none, 1);
    this.instant(startedAt);
    if (id === "") return this.uint(KIND.none, 1);
    if (!GLOBAL_ID.test(id)) {
      const text = Buffer.from(id, "utf8");
      return this.uint(KIND.text, 1).uint(text.length, 2).bytes(text);
    }
    const head = Buffer.from(id.slice(0, ID_HEAD_LENGTH), "base64url");
    return this.uint(id.endsWith(AFTER_IDS) ? KIND.closedHead : KIND.head, 1).bytes(head);
  }

  /** What was written; nothing may be appended any more. */
  toBuffer(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** Where so many bytes are to be written. */
  private room(size: number): number {
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

/** Reads what `ByteWriter` wrote. Errors: `RangeError` where the bytes end early or mean nothing. */
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
    if (kind > KIND.text) throw new RangeError("No such kind of key.");
    const head = this.bytes(9).toString("base64url");
    return { startedAt, id: kind === KIND.closedHead ? head + AFTER_IDS : head };
  }
}
