import { createHash } from "node:crypto";
import type { Backup } from "../domain/backup.js";
import { isRow, type Row } from "../domain/row.js";
import { SourceError } from "../errors.js";
import type { Item } from "./read/page.js";
import type { BackupListing, Listing, ListScope } from "./declaration.js";
import type { KnownRows } from "./knownRows.js";
import { isSameJson } from "../domain/row.js";

/** A wire row that was read: mapped, left out on purpose, or not understood. */
export interface ListItem<T> extends Item {
  /** Without download links. */
  readonly row: Row;
  /** Null for a row that is known, is not ours, or does not decode. */
  readonly mapped: T | null;
  /** What the row was made into when it was read before, as it is now. */
  readonly known: Backup | null;
  /** Why the row could not be decoded; it names fields, never values. */
  readonly fault: string | null;
}

/** The parts of a listing by which a row is decoded. */
type Decoding<T> = Pick<Listing<T>, "keyOf" | "map"> & Partial<Pick<BackupListing, "withoutLinks">>;

/** Instants by which a mapped row is placed; absent where rows have no place in time. */
interface Placed {
  readonly startedAt?: number | null;
  readonly finishedAt?: number | null;
}

/**
 * Decodes one wire row. A row without its id still counts as a row, under a key made of its content:
 * offsets count rows, whether we understand them or not.
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
    const row = listing.withoutLinks?.(value) ?? value;
    const known = knownRows?.get(key);
    if (known !== undefined && isSameJson(row, known.raw)) return itemOfKnown(key, known);
    const mapped = listing.map(value, scope);
    const { startedAt = null, finishedAt = null } = mapped ?? {};
    return { key, row, mapped, known: null, fault: null, startedAt, finishedAt };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return faulty(value, value, error.message);
  }
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

function faulty<T>(value: unknown, row: Row, fault: string): ListItem<T> {
  const digest = createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest("hex");
  const key = `?${digest.slice(0, 32)}`;
  return { key, row, mapped: null, known: null, fault, startedAt: null, finishedAt: null };
}
