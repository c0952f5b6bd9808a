import { createHash } from "node:crypto";
import { isRow, type Row } from "../domain/row.js";
import { SourceError } from "../errors.js";
import type { Item } from "../paging/read/ask.js";
import type { Listing, ListScope } from "./declaration.js";

/** A wire row that was read: mapped, left out on purpose, or not understood. */
export interface ListItem<T> extends Item {
  readonly row: Row;
  /** Null for a row that is not ours, or that does not decode. */
  readonly mapped: T | null;
  /** Why the row could not be decoded; it names fields, never values. */
  readonly fault: string | null;
}

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
  listing: Pick<Listing<T>, "keyOf" | "map">,
  value: unknown,
  scope: ListScope,
): ListItem<T> {
  if (!isRow(value)) return faulty(value, {}, "A row is not an object.");
  try {
    const key = listing.keyOf(value);
    const mapped = listing.map(value, scope);
    const { startedAt = null, finishedAt = null } = mapped ?? {};
    return { key, row: value, mapped, fault: null, startedAt, finishedAt };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return faulty(value, value, error.message);
  }
}

function faulty<T>(value: unknown, row: Row, fault: string): ListItem<T> {
  const digest = createHash("sha256")
    .update(JSON.stringify(value) ?? "")
    .digest("hex");
  const key = `?${digest.slice(0, 32)}`;
  return { key, row, mapped: null, fault, startedAt: null, finishedAt: null };
}
