import { createHash } from "node:crypto";
import { shardRowsOf, type Backup } from "../domain/backup.js";
import { isRow, isSameJson, type Row } from "../domain/row.js";
import { SourceError } from "../errors.js";
import type { Slice } from "../paging/slice.js";
import type { BackupListing, Listing, ListScope } from "./declaration.js";
import type { Item } from "./read/page.js";

/** A wire row that was read: decoded, left out on purpose, or not understood. */
export interface ListItem<T> extends Item {
  /** Without download links. */
  readonly row: Row;
  /** Null for a row that is unchanged, is not ours, or cannot be decoded. */
  readonly mapped: T | null;
  /** The backup that an unchanged row was decoded to before. */
  readonly known: Backup | null;
  /** Why the row cannot be decoded; it names fields, never values. */
  readonly fault: string | null;
}

/** Backups by the keys of their rows. */
export type KnownRows = ReadonlyMap<string, Backup>;

/**
 * The backups of a slice that were made from one row each, so that an unchanged row is not decoded again:
 * a list is read every minute, and a backup changes two or three times in its life.
 */
export function knownRowsOf(
  slice: Slice<Backup> | null,
  { keyOf }: Pick<BackupListing, "keyOf">,
): KnownRows {
  const known = new Map<string, Backup>();
  for (const backup of slice?.rows ?? [])
    // A shard set changes with the time as well as with its rows.
    if (shardRowsOf(backup) === null) known.set(keyOf(backup.raw), backup);
  return known;
}

/** The parts of a listing that decode a row. */
type Decoding<T> = Pick<Listing<T>, "keyOf" | "map"> & Partial<Pick<BackupListing, "withoutLinks">>;

/** Instants that place a decoded row; absent if rows have no place in time. */
interface Placed {
  readonly startedAt?: number | null;
  readonly finishedAt?: number | null;
}

/** Rows are nested a few levels deep. Walking rows far beyond this depth would overflow the stack. */
const MOST_DEPTH = 64;

/**
 * Decodes one wire row. A row that cannot be decoded still counts as a row, because offsets count all rows;
 * its key is made of its content.
 */
export function itemOf<T extends Placed>(
  listing: Decoding<T>,
  value: unknown,
  scope: ListScope,
  knownRows?: KnownRows,
): ListItem<T> {
  if (!isRow(value)) return faulty(value, {}, "A row is not an object.");
  try {
    const key = listing.keyOf(value);
    if (isDeeperThan(MOST_DEPTH, value)) return faulty(key, {}, `Row ${key} is nested too deeply.`);
    const row = listing.withoutLinks?.(value) ?? value;
    const known = knownRows?.get(key);
    if (known !== undefined && isSameJson(row, known.raw)) return itemOfKnown(key, known);
    const mapped = listing.map(value, scope);
    const { startedAt = null, finishedAt = null } = mapped ?? {};
    return { key, row, mapped, known: null, fault: null, startedAt, finishedAt };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const isDeep = isDeeperThan(MOST_DEPTH, value);
    return faulty(isDeep ? error.message : value, isDeep ? {} : value, error.message);
  }
}

function isDeeperThan(depth: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === 0) return true;
  for (const name in value)
    if (isDeeperThan(depth - 1, (value as Record<string, unknown>)[name])) return true;
  return false;
}

const itemOfKnown = <T>(key: string, known: Backup): ListItem<T> => ({
  key,
  row: known.raw,
  mapped: null,
  known,
  fault: null,
  startedAt: known.startedAt,
  finishedAt: known.finishedAt,
});

/** Texts up to this length are keys as they are; hashing many short rows costs more. */
const SHORT_TEXT = 100;

function faulty<T>(value: unknown, row: Row, fault: string): ListItem<T> {
  const text = JSON.stringify(value) ?? "";
  const content =
    text.length <= SHORT_TEXT ? text : createHash("sha256").update(text).digest("hex").slice(0, 32);
  const key = `?${content}`;
  return { key, row, mapped: null, known: null, fault, startedAt: null, finishedAt: null };
}
