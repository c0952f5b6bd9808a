import { compareKeys, type Key } from "../domain/id.js";

/** The direction of a walk: from the newest row down, or from the oldest row up. */
export type Direction = "newestFirst" | "oldestFirst";

/** Sorts after every character of an id (ids are base64url or ASCII), so it closes a range of ids. */
export const AFTER_IDS = "\u007f";

/** Compares keys in walk order. */
export function compareWalk(direction: Direction, a: Key, b: Key): number {
  return direction === "newestFirst" ? compareKeys(b, a) : compareKeys(a, b);
}

/** The key before the first row of a walk. */
export const walkOrigin = (direction: Direction): Key =>
  direction === "newestFirst"
    ? { startedAt: Number.POSITIVE_INFINITY, id: AFTER_IDS }
    : { startedAt: Number.NEGATIVE_INFINITY, id: "" };

/**
 * The key directly after a row, in walk order.
 *
 * `id` may be the beginning of an id: every id that begins with it counts as the row.
 */
export const closingKey = (direction: Direction, { startedAt, id }: Key): Key =>
  direction === "newestFirst" ? { startedAt, id } : { startedAt, id: id + AFTER_IDS };

/** The key directly before the rows of an instant, in walk order. */
export const openingOf = (direction: Direction, instant: number): Key =>
  direction === "newestFirst"
    ? { startedAt: instant, id: AFTER_IDS }
    : { startedAt: instant, id: "" };

/**
 * The position from which a walk in the other direction starts with the last row before `position`.
 *
 * A cursor has only the beginning of a backup's id, which comes before the row. It has the whole id of an
 * instance, which ends with `\0`: without it, the key is directly before the row.
 */
export const turningKey = (direction: Direction, { startedAt, id }: Key): Key =>
  direction === "newestFirst" && id.endsWith("\0")
    ? { startedAt, id: id.slice(0, -1) }
    : { startedAt, id };

/** The instant of the first row that can follow `from`, in walk order. */
export function firstInstant(direction: Direction, { startedAt, id }: Key): number {
  // A key without an id stands before every row of its instant.
  return direction === "newestFirst" && id === "" ? startedAt - 1 : startedAt;
}
