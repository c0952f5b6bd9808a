import type { BackupRow } from "./estate/types.js";
import type { CommonKnobs } from "./knobs/values.js";

/** A span of epoch milliseconds, both ends inclusive; null is open. */
export interface RowWindow {
  readonly since: number | null;
  readonly until: number | null;
}

/** The rows of a list that lie in a window, by the instant that the vendor's knob names. */
export function windowed(
  rows: readonly BackupRow[],
  { since, until }: RowWindow,
  knobs: CommonKnobs,
): readonly BackupRow[] {
  if (since === null && until === null) return rows;
  const low = since ?? -Infinity;
  const high = until ?? Infinity;
  const byEnd = knobs.windowSelects === "end";
  return rows.filter((row) => {
    const at = byEnd ? (row.finishedAt ?? row.startedAt) : row.startedAt;
    return at >= low && at <= high;
  });
}

/** Rows `[offset, offset + limit)`, never more than the vendor's silent cap. */
export function pageOf<T>(
  rows: readonly T[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
  knobs: CommonKnobs,
): readonly T[] {
  const size = knobs.pageCap === null ? limit : Math.min(limit, knobs.pageCap);
  return rows.slice(offset, offset + size);
}

/** The total that the vendor's knob lets a list claim; undefined is left out of the body. */
export function claimedTotal(rows: number, knobs: CommonKnobs): number | undefined {
  if (knobs.totals === "exact") return rows;
  return knobs.totals === "absent" ? undefined : Math.max(0, rows + knobs.totals);
}
