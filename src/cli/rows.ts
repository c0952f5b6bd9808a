import { stringify } from "csv-stringify/sync";
import stringWidth from "string-width";
import type { CommandContext } from "./context.js";

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

/** Turns a page of rows into text. It keeps no rows. The first page has the headings, in CSV also without rows. */
type RowWriter<T> = (rows: readonly T[]) => string;

/** Makes the writer of a format. A table on a terminal folds its rows to the terminal's width. */
export function makeRowWriter<T>(
  format: Format,
  columns: readonly Column<T>[],
  terminal: Terminal = {},
): RowWriter<T> {
  if (format === "ndjson") return ndjson(columns);
  if (format === "csv") return csv(columns);
  const table = new TextTable(columns, widthIn(terminal));
  return (rows) => table.textOf(rows);
}

type Terminal = Pick<CommandContext["stdout"], "isTTY" | "columns">;

/** The columns of a terminal; endless for anything else that is written to. */
const widthIn = ({ isTTY = false, columns = 0 }: Terminal): number =>
  isTTY && columns > 0 ? columns : Number.POSITIVE_INFINITY;

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
  return (rows) => rows.map(lineOf).join("");
}

/**
 * CSV as in RFC 4180, with line feeds as line ends.
 *
 * Vendors let anybody choose the names of backups. So a text that a spreadsheet would run as a formula
 * gets an apostrophe, and characters that control a terminal are replaced.
 */
function csv<T>(columns: readonly Column<T>[]): RowWriter<T> {
  const names = columns.map(({ name }) => name);
  let header = true;
  // A spreadsheet may leave out a line break before a formula; the library knows of the other characters only.
  const textOf = (text: string): string => safeLines(text).replace(/^(?=\n)/, "'");
  const cellOf = (cell: Cell): Cell => (typeof cell === "string" ? textOf(cell) : cell);
  const cellsOf = (row: T): Cell[] => columns.map((column) => cellOf(column.of(row)));
  return (rows) => {
    const options = { header, columns: names, escape_formulas: true, cast: { boolean: String } };
    header = false;
    return stringify(rows.map(cellsOf), options);
  };
}

const GAP = "  ";
/** The indent of the further lines of a folded row, and of those of a text that is broken. */
const INDENT = { line: "  ", text: "    " } as const;
const ASCII = /^[ -~]*$/;

/** Longer cells do not widen their column: one name of a megabyte would pad every row to a megabyte. */
const MOST_CHARACTERS = 200;

/** The columns of a terminal that a text takes; null for a text that is too long to be aligned. */
const widthOf = (text: string): number | null =>
  text.length > MOST_CHARACTERS ? null : ASCII.test(text) ? text.length : stringWidth(text);

/**
 * A table that grows page by page. Each column is as wide as its longest cell so far, apart from cells that
 * are far too long, so that no cell is cut and no row has to be kept. A row that is wider than the terminal
 * continues on further lines, with the same columns on the same line of each row.
 */
class TextTable<T> {
  private readonly columns: readonly Column<T>[];
  private readonly widths: number[];
  private hasHeadings = false;

  constructor(
    columns: readonly Column<T>[],
    private readonly width: number,
  ) {
    this.columns = columns.filter(({ title }) => title !== undefined);
    this.widths = this.columns.map(() => 0);
  }

  textOf(rows: readonly T[]): string {
    if (rows.length === 0) return "";
    const lines = rows.map((row) => this.columns.map((column) => shownIn(column, row)));
    if (!this.hasHeadings) lines.unshift(this.columns.map(({ title = "" }) => title));
    this.hasHeadings = true;
    for (const cells of lines)
      for (const [index, cell] of cells.entries())
        this.widths[index] = Math.max(widthOf(cell) ?? 0, this.widths[index] ?? 0);
    const folds = this.folds();
    return lines.map((cells) => this.rowText(cells, folds)).join("");
  }

  /** The columns of each line of a row. */
  private folds(): number[][] {
    let line: number[] = [];
    const lines = [line];
    let used = 0;
    for (const [index, width] of this.widths.entries()) {
      if (line.length > 0 && used + width > this.width) {
        lines.push((line = []));
        used = INDENT.line.length;
      }
      line.push(index);
      used += width + GAP.length;
    }
    return lines;
  }

  private rowText(cells: readonly string[], folds: readonly (readonly number[])[]): string {
    const padded = cells.map((cell, index) => {
      const width = this.widths[index] ?? 0;
      const space = " ".repeat(width - (widthOf(cell) ?? width));
      return this.columns[index]?.align === "right" ? space + cell : cell + space;
    });
    const textOf = (line: readonly number[]): string =>
      line.map((index) => padded[index]).join(GAP);
    const [first = "", ...further] = folds.map((line) => textOf(line).trimEnd());
    const indented = further.filter((line) => line !== "").map((line) => INDENT.line + line);
    return [first, ...indented].map((line) => `${wrapped(line, this.width)}\n`).join("");
  }
}

/** A message of several lines, broken between words on a terminal that is narrower. It cannot control the terminal. */
export const foldedLines = (text: string, terminal: Terminal): string =>
  safeLines(text)
    .split("\n")
    .map((line) => wrapped(line, widthIn(terminal)))
    .join("\n");

/** A line, broken between words where it is wider than a terminal. A word is never cut. */
function wrapped(line: string, width: number): string {
  const fits = (text: string): boolean => (widthOf(text) ?? Number.POSITIVE_INFINITY) <= width;
  if (fits(line)) return line;
  const [first = "", ...words] = line.split(/(?<=\S) (?=\S)/);
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1) ?? ""} ${word}`;
    if (fits(longer)) lines[lines.length - 1] = longer;
    else lines.push(INDENT.text + word);
  }
  return lines.join("\n");
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
