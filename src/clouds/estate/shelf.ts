import { hashOf } from "./random.js";
import type { BackupRow, RowOrder } from "./types.js";

/** The rows of one vendor list. */
export interface Shelf {
  all(): readonly BackupRow[];
  /** The rows listed at an instant. Cheap if nothing has changed since the last call. */
  view(order: RowOrder, now: number): readonly BackupRow[];
  put(row: BackupRow): void;
  take(row: BackupRow): void;
}

interface View {
  readonly rows: readonly BackupRow[];
  /** The rows are valid for every instant in [from, until). */
  readonly from: number;
  readonly until: number;
}

/** Makes a shelf. `fill` makes the rows on first use. */
export function makeShelf(fill: () => readonly BackupRow[]): Shelf {
  let rows: Set<BackupRow> | null = null;
  const sorted = new Map<RowOrder, readonly BackupRow[]>();
  const views = new Map<RowOrder, View>();
  const loaded = (): Set<BackupRow> => (rows ??= new Set(fill()));
  const forget = (): void => {
    sorted.clear();
    views.clear();
  };
  const inOrder = (order: RowOrder): readonly BackupRow[] => {
    const known = sorted.get(order) ?? sortedBy(order, [...loaded()]);
    sorted.set(order, known);
    return known;
  };
  return {
    all: () => [...loaded()],
    view(order, now) {
      const known = views.get(order);
      if (known !== undefined && now >= known.from && now < known.until) return known.rows;
      const fresh = viewAt(inOrder(order), now);
      views.set(order, fresh);
      return fresh.rows;
    },
    put(row) {
      loaded().add(row);
      forget();
    },
    take(row) {
      loaded().delete(row);
      forget();
    },
  };
}

/** Whether a vendor's list shows a row at an instant. */
export const isListed = (row: BackupRow, now: number): boolean =>
  row.listedFrom <= now && (row.listedUntil === null || now < row.listedUntil);

function viewAt(rows: readonly BackupRow[], now: number): View {
  let from = -Infinity;
  let until = Infinity;
  const note = (at: number): void => {
    if (at > now) until = Math.min(until, at);
    else from = Math.max(from, at);
  };
  for (const row of rows) {
    note(row.listedFrom);
    if (row.listedUntil !== null) note(row.listedUntil);
  }
  return { rows: rows.filter((row) => isListed(row, now)), from, until };
}

/** The order of two rows, of which the ids and the start count. */
export const compareRows =
  (order: RowOrder) =>
  (a: PlacedRow, b: PlacedRow): number => {
    if (order === "shuffled") return shuffledPlace(a) - shuffledPlace(b) || byId(a, b);
    return (order === "newestFirst" ? -1 : 1) * (a.startedAt - b.startedAt) || byId(a, b);
  };

type PlacedRow = Pick<BackupRow, "startedAt" | "nativeId" | "instanceNativeId">;

const shuffledPlace = (row: PlacedRow): number => hashOf(row.instanceNativeId + row.nativeId);

function sortedBy(order: RowOrder, rows: BackupRow[]): readonly BackupRow[] {
  if (order === "shuffled") {
    const places = new Map(rows.map((row) => [row, shuffledPlace(row)]));
    return rows.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0) || byId(a, b));
  }
  return rows.sort(compareRows(order));
}

function byId(a: PlacedRow, b: PlacedRow): number {
  if (a.nativeId !== b.nativeId) return a.nativeId < b.nativeId ? -1 : 1;
  if (a.instanceNativeId === b.instanceNativeId) return 0;
  return a.instanceNativeId < b.instanceNativeId ? -1 : 1;
}
