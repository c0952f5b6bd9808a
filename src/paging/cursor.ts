import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Key } from "../domain/id.js";
import { getOrMake } from "../domain/maps.js";
import { deriveKey } from "../domain/secrets.js";
import { ClientError } from "../errors.js";
import { ByteReader, ByteWriter } from "./bytes.js";
import type { WalkState } from "./debt.js";
import { AFTER_IDS, closingKey, type Direction, walkOrigin } from "./direction.js";
import { keyOfUnknown, type Owed, type Owing, readOwed, SourceNames } from "./owed.js";

/** The first byte of a cursor. Version 1 was encrypted with AES-GCM. */
const VERSION = 2;

/** Added to the direction for each of `cuts`. */
const CUT = 2;

/** What the first byte after the version can count. */
const MOST_CUTS = 127;

/** Bytes of the HMAC-SHA-256 at the end of a cursor. */
const MAC_SIZE = 16;

/** Names are hashed again for every cursor of a page, so the hashes are kept. */
const KEPT_NAMES = 30_000;

/** Hashes the name of a source with HMAC-SHA-256; hexadecimal. */
export type HashName = (name: string, key: KeyObject) => string;

const hmacOfName: HashName = (name, key) => createHmac("sha256", key).update(name).digest("hex");

/** Authenticates cursors, and names sources in them, with keys derived from one secret. */
export class CursorKey {
  private readonly mac: Mac;
  private readonly nameKey: KeyObject;
  private readonly hashes = new LRUCache<string, string>({ max: KEPT_NAMES });

  /** `index` is the secret's place in the configured list. */
  constructor(
    secret: Uint8Array,
    readonly index = 0,
    private readonly hash = hmacOfName,
  ) {
    this.mac = fastMac(deriveKey(secret, "cursor authentication"));
    this.nameKey = createSecretKey(deriveKey(secret, "source names in cursors"));
  }

  /** The text of a cursor: base64url of version, body and HMAC. */
  seal(writeBody: (writer: ByteWriter) => void): string {
    const writer = new ByteWriter().uint(VERSION, 1);
    writeBody(writer);
    return writer.latin1(this.mac(writer.toBuffer()), MAC_SIZE).toBase64Url();
  }

  /** The body of a cursor, or null if this key did not make it. */
  open(text: string): Buffer | null {
    const bytes = Buffer.from(text, "base64url");
    if (bytes.length < 1 + MAC_SIZE || bytes[0] !== VERSION) return null;
    const end = bytes.length - MAC_SIZE;
    const mac = Buffer.from(this.mac(bytes.subarray(0, end)).slice(0, MAC_SIZE), "latin1");
    if (!timingSafeEqual(bytes.subarray(end), mac)) return null;
    // The same bytes have several spellings in base64url. A cursor has one.
    return bytes.toString("base64url") === text ? bytes.subarray(1, end) : null;
  }

  /** The hash of a source's name. A cursor carries its first digits only. */
  nameHash(name: string): string {
    return getOrMake<string, string>(this.hashes, name, () => this.hash(name, this.nameKey));
  }
}

/**
 * Computes the HMAC-SHA-256 of some bytes with the key that it was made for: 32 bytes as text, one character a
 * byte. A Buffer costs as much as the hash itself.
 */
type Mac = (bytes: Uint8Array) => string;

const BLOCK_SIZE = 64;
const HASH_SIZE = 32;

/**
 * Computes it by two hashes, as RFC 2104 defines it. `createHmac` makes a native object for each call,
 * which the garbage collector has to visit; without them, a page of 100 new cursors costs a tenth less CPU.
 * The key has at most 64 bytes.
 */
export function fastMac(key: Uint8Array): Mac {
  const innerPad = padded(key, 0x36);
  const outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(HASH_SIZE)]);
  return (bytes) => {
    const inner = Buffer.allocUnsafe(BLOCK_SIZE + bytes.length);
    inner.set(innerPad);
    inner.set(bytes, BLOCK_SIZE);
    outer.write(hash("sha256", inner, "binary"), BLOCK_SIZE, "latin1");
    return hash("sha256", outer, "binary");
  };
}

function padded(key: Uint8Array, pad: number): Buffer {
  const block = Buffer.alloc(BLOCK_SIZE, pad);
  key.forEach((byte, index) => (block[index] = byte ^ pad));
  return block;
}

/** Where a walk stands, as a cursor carries it. */
export interface CursorContent {
  /** The list to which the cursor belongs. */
  readonly fingerprint: Buffer;
  readonly direction: Direction;
  /** When the walk began, in epoch milliseconds. The walk's lower bound follows from it. */
  readonly walkStart: number;
  readonly state: WalkState;
  /**
   * How many pages in a row the limits of the operation ended without a row, so that each has another cursor;
   * also 1 if they ended a page with rows, else 0.
   */
  readonly cuts?: number;
}

/** What a cursor carries. The names of its sources are still to be looked up. */
export interface OpenedCursor {
  readonly walkStart: number;
  readonly cuts: number;
  readonly position: Key;
  /** Empty if the cursor was made by a walk in the other direction. */
  readonly owed: readonly Owed[];
}

/**
 * Makes and reads cursors.
 *
 * Shape: direction, fingerprint, walk start, position; then for each span of owed rows its two keys
 * and the names of its sources. Authenticated and not encrypted: a cursor holds nothing that its reader
 * may not know. The same place of the same walk is the same text.
 */
export class Cursors {
  private readonly keys: readonly CursorKey[];
  private readonly names = new WeakMap<Owing, SourceNames>();

  /**
   * The first secret makes cursors, and all of them read cursors. `limit` is the length of the longest
   * cursor, in characters.
   */
  constructor(
    secrets: readonly Uint8Array[],
    private readonly limit: number,
    hashName = hmacOfName,
  ) {
    if (secrets.length === 0) throw new RangeError("Cursors need at least one secret.");
    this.keys = secrets.map((secret, index) => new CursorKey(secret, index, hashName));
  }

  /** The cursor for a place in a walk over the sources of `owing`; null if it would be too long. */
  encode(content: CursorContent, owing: Owing): string | null {
    const { direction, fingerprint, walkStart, state, cuts = 0 } = content;
    const key = this.keys[keyOfUnknown(state.debts) ?? 0] as CursorKey;
    const text = key.seal((writer) => {
      writer
        .uint((direction === "newestFirst" ? 0 : 1) + CUT * (cuts > MOST_CUTS ? 1 : cuts), 1)
        .bytes(fingerprint)
        .instant(walkStart)
        .key(state.position);
      if (state.debts.length > 0) this.namesOf(owing, key).write(writer, state.debts);
    });
    return text.length > this.limit ? null : text;
  }

  /**
   * Reads a cursor for a walk in `direction`.
   * @throws {ClientError} CURSOR_INVALID if none of the secrets made the text; CURSOR_MISMATCH if it was
   * made for another field, parent object, filter or order.
   */
  decode(text: string, fingerprint: Buffer, direction: Direction): OpenedCursor {
    if (text.length > this.limit) throw invalidCursor();
    for (const key of this.keys) {
      const body = key.open(text);
      if (body !== null) return contentOf(body, key, { fingerprint, direction });
    }
    throw invalidCursor();
  }

  /** The names of a walk's sources, computed once for all cursors of a page. */
  private namesOf(owing: Owing, key: CursorKey): SourceNames {
    const known = this.names.get(owing);
    if (known?.key === key) return known;
    const made = new SourceNames(owing, key);
    this.names.set(owing, made);
    return made;
  }
}

function contentOf(
  body: Buffer,
  key: CursorKey,
  { fingerprint, direction }: Pick<CursorContent, "fingerprint" | "direction">,
): OpenedCursor {
  try {
    const reader = new ByteReader(body);
    const head = reader.uint(1);
    const made = head % CUT === 0 ? "newestFirst" : "oldestFirst";
    if (!reader.bytes(fingerprint.length).equals(fingerprint)) throw mismatch();
    const walkStart = reader.instant();
    const position = turned(direction, made, reader.key());
    const owed = made === direction ? readOwed(reader, key) : [];
    return { walkStart, cuts: Math.floor(head / CUT), position, owed };
  } catch (error) {
    if (error instanceof RangeError) throw invalidCursor();
    throw error;
  }
}

/** A position of a walk in one direction, for a walk in the other. */
function turned(direction: Direction, made: Direction, position: Key): Key {
  if (direction === made || position.id === "") {
    const isEnd = !Number.isFinite(position.startedAt);
    return isEnd && direction === made ? walkOrigin(direction) : position;
  }
  const { startedAt } = position;
  const id = position.id.endsWith(AFTER_IDS) ? position.id.slice(0, -1) : position.id;
  return closingKey(direction, { startedAt, id });
}

/** The same lists are requested again and again, with the same list for each instance. */
const fingerprints = new LRUCache<string, Buffer>({ max: 10_000 });
/** A longer binding is not kept: a filter may be as long as a request. */
const KEPT_CHARACTERS = 500;

/** Identifies a list by field, parent, effective filter and order. Eight bytes; must not be changed. */
export function fingerprintOf(binding: unknown): Buffer {
  const text = JSON.stringify(binding);
  const known = fingerprints.get(text);
  if (known !== undefined) return known;
  const made = Buffer.from(hash("sha256", text).slice(0, 16), "hex");
  if (text.length <= KEPT_CHARACTERS) fingerprints.set(text, made);
  return made;
}

/** The error for a cursor that this gateway did not make. */
export const invalidCursor = (): ClientError =>
  new ClientError("CURSOR_INVALID", "The cursor was not made by this gateway, or it is damaged.");

const mismatch = (): ClientError =>
  new ClientError(
    "CURSOR_MISMATCH",
    "The cursor was made for another field, parent object, filter or order.",
  );
