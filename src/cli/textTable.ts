import CliTable from "cli-table3";
import type { Column, RowWriter } from "./columns.js";

const PLAIN = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
};

/** Characters that a terminal would obey, or that turn the text around. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A table that grows by parts: its columns are as wide as what they held so far, so that no cell is
 * cut short and no row is kept.
 */
export class TextTable<T> implements RowWriter<T> {
  private readonly columns: readonly Column<T>[];
  private widths: readonly number[] = [];
  private begun = false;

  constructor(columns: readonly Column<T>[]) {
    this.columns = columns.filter(({ title }) => title !== undefined);
  }

  rows(rows: readonly T[]): string {
    if (rows.length === 0) return "";
    const lines = rows.map((row) => this.columns.map((column) => cellOf(column, row)));
    if (!this.begun) lines.unshift(this.columns.map(({ title = "" }) => title));
    this.begun = true;
    const [, widths] = this.drawn(lines, []);
    this.widths = widths.map((width, index) => Math.max(width, this.widths[index] ?? 0));
    const [text] = this.drawn(lines, this.widths);
    return `${text.replaceAll(/ +$/gm, "")}\n`;
  }

  end(): string {
    return "";
  }

  private drawn(lines: readonly string[][], widths: readonly number[]) {
    const table = new CliTable({
      chars: PLAIN,
      colAligns: this.columns.map(({ align }) => align ?? "left"),
      colWidths: [...widths],
      style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    });
    table.push(...lines);
    const text = table.toString();
    return [text, table.options.colWidths as readonly number[]] as const;
  }
}

function cellOf<T>(column: Column<T>, row: T): string {
  const text = column.shown?.(row) ?? String(column.of(row) ?? "");
  return text.replaceAll(UNSAFE, "\u{fffd}");
}
