export const FORMATS = ["table", "ndjson", "csv"] as const;
export type Format = (typeof FORMATS)[number];

/** What one cell holds; a number is written as it is. */
export type Cell = string | number | boolean | null;

/** One column of a command's output. */
export interface Column<T> {
  /** The name in NDJSON and CSV. */
  readonly name: string;
  of(row: T): Cell;
  /** The heading in tables; a column without one is left out of them. */
  readonly title?: string;
  /** The cell in tables, where it is another than the value itself. */
  shown?(row: T): string;
  readonly align?: "right";
}

/** Turns rows into text, some at a time; it keeps none of them. */
export interface RowWriter<T> {
  rows(rows: readonly T[]): string;
  /** What is still to come when all rows were written. */
  end(): string;
}

/** RFC 3339 text of an instant in epoch milliseconds. */
export const instantText = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

/** An instant as people read it: to the second, UTC. */
export const instantShown = (instant: number | null): string =>
  instant === null ? "" : `${new Date(instant).toISOString().slice(0, 19).replace("T", " ")}Z`;

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Bytes as people read them. */
export function sizeShown(bytes: number | null): string {
  if (bytes === null) return "";
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${UNITS[power] ?? ""}`;
}
