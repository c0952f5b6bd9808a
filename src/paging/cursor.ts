import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Key } from "../domain/key.js";
import { ClientError } from "../errors.js";
import { ByteReader, ByteWriter } from "./bytes.js";
import type { Debt, WalkState } from "./debt.js";
import { shortName, SHORT_NAME, type Owed } from "./owed.js";
import { AFTER_IDS, closingKey, walkOrigin, type Direction } from "./direction.js";
import type { Sealer } from "./seal.js";

/** A cursor may be this long, in characters. */
export const CURSOR_LIMIT = 4096;

/** More sources do not fit under names of their own: three bytes are four characters. */
const MOST_NAMED = Math.floor((CURSOR_LIMIT * 3) / 4 / SHORT_NAME);

/** Where a walk stands, as a cursor carries it. */
export interface CursorContent {
  /** What the cursor is bound to. */
  readonly fingerprint: Buffer;
  readonly direction: Direction;
  /** When the walk began; epoch milliseconds. */
  readonly walkStart: number;
  readonly state: WalkState;
}

/** Sources by groups: a group stands for all its members where they owe the same. */
export interface SourceGroups {
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** Lists are asked again and again, and with them the same of each instance. */
const fingerprints = new LRUCache<string, Buffer>({ max: 10_000 });
/** Characters of a binding that is kept: a filter may name as much as a request holds. */
const KEPT_CHARACTERS = 500;

/** What a cursor is bound to: field, parent, effective filter and order. Eight bytes; not to be changed. */
export function fingerprintOf(binding: unknown): Buffer {
  const text = JSON.stringify(binding);
  const known = fingerprints.get(text);
  if (known !== undefined) return known;
  const made = Buffer.from(hash("sha256", text).slice(0, 16), "hex");
  if (text.length <= KEPT_CHARACTERS) fingerprints.set(text, made);
  return made;
}

/**
 * Makes a cursor: within `CURSOR_LIMIT` wherever that can be.
 *
 * Groups are named only where it would be too long else: whoever opens the cursor may know of members that
 * its maker does not, and would owe them too.
 */
export function encodeCursor(sealer: Sealer, content: CursorContent, names: SourceGroups): string {
  if (content.state.debts.length <= MOST_NAMED) {
    const cursor = sealer.seal(plainOf(content, null));
    if (cursor.length <= CURSOR_LIMIT) return cursor;
  }
  return sealer.seal(plainOf(content, names));
}

/** The bytes of a cursor; where `names` are given, whole groups of sources are under the group's name. */
function plainOf(content: CursorContent, names: SourceGroups | null): Buffer {
  const { direction, fingerprint, walkStart, state } = content;
  const writer = new ByteWriter()
    .uint(direction === "newestFirst" ? 0 : 1, 1)
    .bytes(fingerprint)
    .instant(walkStart)
    .key(state.position);
  for (const { from, to, sources } of grouped(state.debts)) {
    const owing = names === null ? sources : fold(sources, names.groups);
    writer.key(from).uint(to === null ? 0 : 1, 1);
    if (to !== null) writer.key(to);
    writer.uint(owing.length, 2);
    for (const source of owing) writer.bytes(Buffer.from(shortName(source), "hex"));
  }
  return writer.toBuffer();
}

interface DebtGroup {
  readonly from: Key;
  readonly to: Key | null;
  readonly sources: string[];
}

/** Nearly every cursor owes nothing. */
const NO_GROUPS: readonly DebtGroup[] = [];

/** Debts of the same span together. */
function grouped(debts: readonly Debt[]): readonly DebtGroup[] {
  if (debts.length === 0) return NO_GROUPS;
  const spans = new Map<string, DebtGroup>();
  for (const { source, from, to } of debts) {
    const span = JSON.stringify([from.startedAt, from.id, to?.startedAt, to?.id]);
    const group = spans.get(span) ?? { from, to, sources: [] };
    group.sources.push(source);
    spans.set(span, group);
  }
  return [...spans.values()];
}

function fold(sources: readonly string[], groups: SourceGroups["groups"]): string[] {
  const left = new Set(sources);
  for (const [group, members] of groups) {
    if (members.length < 2 || !members.every((member) => left.has(member))) continue;
    for (const member of members) left.delete(member);
    left.add(group);
  }
  return [...left];
}

/** What a cursor carries, before its short names are looked up. */
export interface OpenedCursor {
  readonly walkStart: number;
  readonly position: Key;
  /** Empty where the cursor is used the other way. */
  readonly owed: readonly Owed[];
}

/**
 * Opens a cursor for a walk in `direction`.
 * @throws {ClientError} CURSOR_INVALID for text that is no cursor of ours; CURSOR_MISMATCH for one that
 * was made for another field, parent, filter or order.
 */
export function decodeCursor(
  sealer: Sealer,
  text: string,
  fingerprint: Buffer,
  direction: Direction,
): OpenedCursor {
  const plain = text.length > CURSOR_LIMIT ? null : sealer.open(text);
  if (plain === null) throw invalidCursor();
  try {
    const reader = new ByteReader(plain);
    const made = reader.uint(1) === 0 ? "newestFirst" : "oldestFirst";
    if (!reader.bytes(8).equals(fingerprint)) throw mismatch();
    const walkStart = reader.instant();
    const position = reader.key();
    const owed = made === direction ? readOwed(reader) : [];
    return { walkStart, position: turned(direction, made, position), owed };
  } catch (error) {
    if (error instanceof RangeError) throw invalidCursor();
    throw error;
  }
}

function readOwed(reader: ByteReader): OpenedCursor["owed"] {
  const owed: Owed[] = [];
  while (!reader.ended) {
    const from = reader.key();
    const to = reader.uint(1) === 0 ? null : reader.key();
    for (let left = reader.uint(2); left > 0; left -= 1)
      owed.push({ name: reader.bytes(SHORT_NAME).toString("hex"), from, to });
  }
  return owed;
}

/** A position made by a walk in one direction, as a walk in the other needs it. */
function turned(direction: Direction, made: Direction, position: Key): Key {
  if (direction === made || position.id === "") {
    const isEnd = !Number.isFinite(position.startedAt);
    return isEnd && direction === made ? walkOrigin(direction) : position;
  }
  const { startedAt } = position;
  const id = position.id.endsWith(AFTER_IDS) ? position.id.slice(0, -1) : position.id;
  return closingKey(direction, { startedAt, id });
}

/** The refusal of a cursor that none of us could have made. */
export const invalidCursor = (): ClientError =>
  new ClientError("CURSOR_INVALID", "The cursor was not made by this gateway, or it is damaged.");

const mismatch = (): ClientError =>
  new ClientError(
    "CURSOR_MISMATCH",
    "The cursor was made for another field, parent object, filter or order.",
  );
