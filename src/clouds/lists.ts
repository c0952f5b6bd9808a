import type { BackupRow } from "./estate/types.js";
import type { CommonKnobs } from "./knobs/values.js";

/** A range of epoch milliseconds, inclusive. Null means no bound. */
export interface RowWindow {
  readonly since: number | null;
  readonly until: number | null;
}

/**
 * The rows of a list within a window, by the instant that the vendor's knob names.
 *
 * Cost: two binary searches if the list is ordered by that instant, otherwise a scan.
 */
export function windowed(
  rows: readonly BackupRow[],
  { since, until }: RowWindow,
  knobs: CommonKnobs,
): readonly BackupRow[] {
  if (since === null && until === null) return rows;
  const low = since ?? -Infinity;
  const high = until ?? Infinity;
  if (knobs.windowSelects === "start" && knobs.order !== "shuffled") {
    const isNewestFirst = knobs.order === "newestFirst";
    const begin = firstAt(rows, (at) => (isNewestFirst ? at <= high : at >= low));
    const end = firstAt(rows, (at) => (isNewestFirst ? at < low : at > high));
    return rows.slice(begin, end);
  }
  const byEnd = knobs.windowSelects === "end";
  return rows.filter((row) => {
    const at = byEnd ? (row.finishedAt ?? row.startedAt) : row.startedAt;
    return at >= low && at <= high;
  });
}

/** The index of the first row from which all starts pass. */
function firstAt(rows: readonly BackupRow[], passes: (startedAt: number) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes((rows[middle] as BackupRow).startedAt)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const STATUSES_KNOWN = new WeakMap<readonly BackupRow[], ReadonlySet<string>>();

/**
 * The rows in one of these states.
 *
 * Cost: nothing if the list has no other states and has not changed.
 */
export function inStatuses(
  rows: readonly BackupRow[],
  asked: ReadonlySet<string>,
): readonly BackupRow[] {
  const known = STATUSES_KNOWN.get(rows) ?? new Set(rows.map(({ status }) => status));
  STATUSES_KNOWN.set(rows, known);
  return [...known].every((status) => asked.has(status))
    ? rows
    : rows.filter(({ status }) => asked.has(status));
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

/** The total that the vendor's knob makes a list report. Undefined leaves it out of the body. */
export function claimedTotal(rows: number, knobs: CommonKnobs): number | undefined {
  if (knobs.totals === "exact") return rows;
  return knobs.totals === "absent" ? undefined : Math.max(0, rows + knobs.totals);
}
