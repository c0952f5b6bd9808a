import type { Key } from "../domain/key.js";
import type { SourceError } from "../errors.js";
import type { Direction } from "./direction.js";
import type { Slice } from "./slice.js";

/** A list that can be read alone, as the merge sees it. */
export interface MergeSource<T extends Key> {
  /** Names the source in cursors; unique among the sources of a list. */
  readonly name: string;
  /** The first key, in oldest-first order, that a row of this source can have; null for any. */
  readonly low: Key | null;
  /** The last such key. */
  readonly high: Key | null;
  /**
   * The slice that holds `instant`; when old data is served (`Slice.stale`), a walk from the newest
   * row may get the nearest slice below it instead. A slice at hand is returned as it is.
   * Errors: `SourceError`; of kind CUT where the operation's own limits forbid the call.
   */
  read(instant: number, direction: Direction): Slice<T> | Promise<Slice<T>>;
}

/**
 * What becomes of a source that cannot be read: `each` lets one that failed owe, and ends the page
 * where the operation's own limits kept one from being read; `owe` lets all owe; `cut` always ends it.
 */
export type LeavePolicy = "each" | "owe" | "cut";

/** A source left the merge: every row before `from` (in walk order) was delivered, none after. */
export interface Failure<T extends Key> {
  readonly source: MergeSource<T>;
  readonly error: SourceError;
  readonly from: Key;
  /** What `add` was told. */
  readonly ticket: number;
}

/** Old data stood in for a source. */
export interface Stale<T extends Key> {
  readonly source: MergeSource<T>;
  readonly slice: Slice<T>;
  readonly from: Key;
  readonly ticket: number;
  /** Rows between `from` and this instant may exist and are not shown; null where none is missing. */
  readonly to: number | null;
}

/** A part of a source that a merge is to read; its keys are exclusive and in walk order. */
export interface MergePart<T extends Key> {
  readonly source: MergeSource<T>;
  readonly from: Key;
  readonly end: Key | null;
  /** Comes back with what becomes of the part. */
  readonly ticket: number;
}
