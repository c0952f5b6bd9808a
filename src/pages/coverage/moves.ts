/** A cell of the grid, by row and column from 0. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** A key, named as in browsers. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** Rows that a page key moves. */
const PAGE = 10;

/**
 * The cell that a key moves to, or null for any other key.
 *
 * Source: the grid pattern of the ARIA Authoring Practices Guide.
 */
export function moveBy(
  { key, ctrlKey, metaKey }: KeyPress,
  { row, column }: CellPlace,
  size: { readonly rows: number; readonly columns: number },
): CellPlace | null {
  const far = ctrlKey || metaKey;
  const [lastRow, lastColumn] = [size.rows - 1, size.columns - 1];
  const places: Readonly<Record<string, CellPlace>> = {
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    PageUp: { row: row - PAGE, column },
    PageDown: { row: row + PAGE, column },
    Home: { row: far ? 0 : row, column: 0 },
    End: { row: far ? lastRow : row, column: lastColumn },
  };
  const place = Object.hasOwn(places, key) ? places[key] : undefined;
  if (place === undefined) return null;
  return { row: within(place.row, lastRow), column: within(place.column, lastColumn) };
}

const within = (value: number, last: number): number => Math.max(0, Math.min(value, last));
