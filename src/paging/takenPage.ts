import type { Key } from "../domain/key.js";
import type { WalkState } from "./debt.js";
import type { Failure, MergeSource, Stale } from "./mergeSource.js";
import type { Notice } from "./slice.js";

/** One delivered row. */
export interface PageRow<T extends Key> {
  readonly row: T;
  readonly late: boolean;
}

/** One page of a walk. */
export interface Page<T extends Key> {
  /** In walk order: late ones first. */
  readonly rows: readonly PageRow<T>[];
  /** Whether a healthy source has rows after this page; false where nobody asked. */
  readonly more: boolean;
  /** The state of a walk that goes on after the row at `index`. */
  stateAfter(index: number): WalkState;
  /** The state of a walk that goes on after this page. */
  readonly end: WalkState;
  readonly failures: readonly Failure<T>[];
  readonly stales: readonly Stale<T>[];
  readonly cuts: readonly Failure<T>[];
  readonly notices: readonly { readonly source: MergeSource<T>; readonly notice: Notice }[];
  /** The page goes on behind its last row: its end is that row's own state. */
  readonly endsAtRow: boolean;
  /** The page was ended because too many rows did not match. */
  readonly scanned: boolean;
}
