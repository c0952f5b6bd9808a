import { stringify } from "csv-stringify/sync";
import type { Cell, Column, Format, RowWriter } from "./columns.js";
import { TextTable } from "./textTable.js";

/** Makes the writer of a format. */
export function makeRowWriter<T>(format: Format, columns: readonly Column<T>[]): RowWriter<T> {
  if (format === "ndjson") return ndjson(columns);
  return format === "csv" ? csv(columns) : new TextTable(columns);
}

function ndjson<T>(columns: readonly Column<T>[]): RowWriter<T> {
  const lineOf = (row: T): string =>
    `${JSON.stringify(Object.fromEntries(columns.map((column) => [column.name, column.of(row)])))}\n`;
  return { rows: (rows) => rows.map(lineOf).join(""), end: () => "" };
}

/**
 * CSV as RFC 4180 has it, with lines that end in a line feed. A text that a spreadsheet would take for
 * a formula is put behind an apostrophe, because vendors let anybody choose the names of backups.
 */
function csv<T>(columns: readonly Column<T>[]): RowWriter<T> {
  const names = columns.map(({ name }) => name);
  let header = stringify([names]);
  const take = (): string => {
    const first = header;
    header = "";
    return first;
  };
  const cellsOf = (row: T): Cell[] => columns.map((column) => column.of(row));
  return {
    rows: (rows) => take() + stringify(rows.map(cellsOf), { escape_formulas: true, cast: CAST }),
    end: take,
  };
}

const CAST = { boolean: (value: boolean) => String(value) };
