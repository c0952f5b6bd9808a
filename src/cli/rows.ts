import { stringify } from "csv-stringify/sync";
import stringWidth from "string-width";

export const FORMATS = ["table", "ndjson", "csv"] as const;
export type Format = (typeof FORMATS)[number];

/** The value of a cell. Numbers are written without formatting. */
export type Cell = string | number | boolean | null;

/** One column of a command's output. */
export interface Column<T> {
  /** The name in NDJSON and CSV. */
  readonly name: string;
  of(row: T): Cell;
  /** The heading in tables. A column without a heading does not appear in tables. */
  readonly title?: string;
  /** The text in tables, if it differs from the value. */
  shown?(row: T): string;
  readonly align?: "right";
}

/** Turns rows into text, page by page. It keeps no rows. */
export interface RowWriter<T> {
  rows(rows: readonly T[]): string;
  /** The text after the last row. */
  end(): string;
}

/** Makes the writer of a format. */
export function makeRowWriter<T>(format: Format, columns: readonly Column<T>[]): RowWriter<T> {
  if (format === "ndjson") return ndjson(columns);
  return format === "csv" ? csv(columns) : new TextTable(columns);
}

/** Characters that control a terminal or change the direction of text. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
/** The same without the line breaks and tabs that messages and quoted CSV values may hold. */
const UNSAFE_IN_LINES = /(?!\r?\n|\t)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

const REPLACEMENT = "\u{fffd}";

/** A text of several lines that cannot control a terminal, whatever names of vendors it quotes. */
export const safeLines = (text: string): string => text.replaceAll(UNSAFE_IN_LINES, REPLACEMENT);

/** NDJSON in which unsafe characters are escaped, so that no value is lost. */
function ndjson<T>(columns: readonly Column<T>[]): RowWriter<T> {
  const escaped = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const lineOf = (row: T): string => {
    const values = Object.fromEntries(columns.map((column) => [column.name, column.of(row)]));
    return `${JSON.stringify(values).replaceAll(UNSAFE, escaped)}\n`;
  };
  return { rows: (rows) => rows.map(lineOf).join(""), end: () => "" };
}

/**
 * CSV as in RFC 4180, with line feeds as line ends.
 *
 * Vendors let anybody choose the names of backups. So a text that a spreadsheet would run as a formula
 * gets an apostrophe, and characters that control a terminal are replaced.
 */
function csv<T>(columns: readonly Column<T>[]): RowWriter<T> {
  let header = stringify([columns.map(({ name }) => name)]);
  const takeHeader = (): string => {
    const first = header;
    header = "";
    return first;
  };
  const options = { escape_formulas: true, cast: { boolean: String } };
  const cellOf = (cell: Cell): Cell => (typeof cell === "string" ? safeLines(cell) : cell);
  const cellsOf = (row: T): Cell[] => columns.map((column) => cellOf(column.of(row)));
  return {
    rows: (rows) => takeHeader() + stringify(rows.map(cellsOf), options),
    end: takeHeader,
  };
}

const GAP = "  ";
const ASCII = /^[ -~]*$/;

/** Longer cells do not widen their column: one name of a megabyte would pad every row to a megabyte. */
const MOST_CHARACTERS = 200;

/** The columns of a terminal that a text takes; null for a text that is too long to be aligned. */
const widthOf = (text: string): number | null =>
  text.length > MOST_CHARACTERS ? null : ASCII.test(text) ? text.length : stringWidth(text);

/**
 * A table that grows page by page. Each column is as wide as its longest cell so far, apart from cells that
 * are far too long, so that no cell is cut and no row has to be kept.
 */
class TextTable<T> implements RowWriter<T> {
  private readonly columns: readonly Column<T>[];
  private readonly widths: number[];
  private hasHeadings = false;

  constructor(columns: readonly Column<T>[]) {
    this.columns = columns.filter(({ title }) => title !== undefined);
    this.widths = this.columns.map(() => 0);
  }

  rows(rows: readonly T[]): string {
    if (rows.length === 0) return "";
    const lines = rows.map((row) => this.columns.map((column) => shownIn(column, row)));
    if (!this.hasHeadings) lines.unshift(this.columns.map(({ title = "" }) => title));
    this.hasHeadings = true;
    for (const cells of lines)
      for (const [index, cell] of cells.entries())
        this.widths[index] = Math.max(widthOf(cell) ?? 0, this.widths[index] ?? 0);
    return lines.map((cells) => this.line(cells)).join("");
  }

  end(): string {
    return "";
  }

  private line(cells: readonly string[]): string {
    const padded = cells.map((cell, index) => {
      const width = this.widths[index] ?? 0;
      const space = " ".repeat(width - (widthOf(cell) ?? width));
      return this.columns[index]?.align === "right" ? space + cell : cell + space;
    });
    return `${padded.join(GAP).trimEnd()}\n`;
  }
}

function shownIn<T>(column: Column<T>, row: T): string {
  const text = column.shown?.(row) ?? String(column.of(row) ?? "");
  return text.replaceAll(UNSAFE, REPLACEMENT);
}

/** RFC 3339 text of an instant in epoch milliseconds. */
export const instantText = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

/** An instant for people: in UTC, to the second. */
export const instantShown = (instant: number | null): string =>
  instant === null ? "" : `${new Date(instant).toISOString().slice(0, 19).replace("T", " ")}Z`;

/** A column with an instant in epoch milliseconds. */
export const instantColumn = <T>(
  name: string,
  title: string,
  of: (row: T) => number | null,
): Column<T> => ({
  name,
  title,
  of: (row) => instantText(of(row)),
  shown: (row) => instantShown(of(row)),
});

/** A column with a number of bytes. */
export const sizeColumn = <T>(of: (row: T) => number | null): Column<T> => ({
  name: "sizeBytes",
  title: "SIZE",
  align: "right",
  of,
  shown: (row) => sizeShown(of(row)),
});

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** A number of bytes for people. */
export function sizeShown(bytes: number | null): string {
  if (bytes === null) return "";
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${UNITS[power] ?? ""}`;
}
