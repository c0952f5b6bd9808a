import CliTable from "cli-table3";
import type { Column, RowWriter } from "./columns.js";

const GAP = "  ";

/** Characters that a terminal would obey, or that turn the text around. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

const ASCII = /^[ -~]*$/;

/**
 * A table that grows by parts: its columns are as wide as what they held so far, so that no cell is
 * cut short and no row is kept.
 */
export class TextTable<T> implements RowWriter<T> {
  private readonly columns: readonly Column<T>[];
  private readonly widths: number[];
  private begun = false;

  constructor(columns: readonly Column<T>[]) {
    this.columns = columns.filter(({ title }) => title !== undefined);
    this.widths = this.columns.map(() => 0);
  }

  rows(rows: readonly T[]): string {
    if (rows.length === 0) return "";
    const lines = rows.map((row) => this.columns.map((column) => cellOf(column, row)));
    if (!this.begun) lines.unshift(this.columns.map(({ title = "" }) => title));
    this.begun = true;
    const widths = lines.map((cells) => cells.map(widthOf));
    for (const line of widths)
      for (const [index, width] of line.entries())
        this.widths[index] = Math.max(width, this.widths[index] ?? 0);
    return lines.map((cells, index) => this.line(cells, widths[index] ?? [])).join("");
  }

  end(): string {
    return "";
  }

  private line(cells: readonly string[], widths: readonly number[]): string {
    const padded = cells.map((cell, index) => {
      const space = " ".repeat((this.widths[index] ?? 0) - (widths[index] ?? 0));
      return this.columns[index]?.align === "right" ? space + cell : cell + space;
    });
    return `${padded.join(GAP).trimEnd()}\n`;
  }
}

function cellOf<T>(column: Column<T>, row: T): string {
  const text = column.shown?.(row) ?? String(column.of(row) ?? "");
  return text.replaceAll(UNSAFE, "\u{fffd}");
}

/** The columns of a terminal that a text takes; the library knows which characters take two. */
function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  const table = new CliTable({ style: { "padding-left": 0, "padding-right": 0 } });
  table.push([text]);
  table.toString();
  return table.options.colWidths[0] ?? text.length;
}
