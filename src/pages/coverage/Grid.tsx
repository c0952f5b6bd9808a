import { useMemo, useRef, type KeyboardEvent, type ReactElement } from "react";
import { placeOf, wordsAt } from "./cells.js";
import type { Opened } from "./Drawer.js";
import type { Entry } from "./entries.js";
import type { EstateView } from "./estate.js";
import { COLUMNS, GridHead } from "./GridHead.js";
import { GridRow } from "./GridRow.js";
import { NARROW, useMedia } from "./hooks.js";
import { moveBy, type CellPlace } from "./moves.js";
import type { Store } from "./store.js";
import { useActiveCell } from "./useActiveCell.js";
import { useRows, type PlacedRow } from "./useRows.js";

/** The data and actions of the grid. */
export interface GridProps {
  readonly entries: readonly Entry[];
  readonly view: EstateView;
  /** Receives the text of the cell under the pointer or the focus. */
  readonly readout: Store<string>;
  readonly onOpen: (opened: Opened) => void;
}

/** From this width, a row is one line. On narrower screens, its days are below its name. */
const WIDE = "(min-width: 1240px)";
/** Pixels, as in grid.css. */
const ROW_HEIGHTS = { wide: 88, middle: 148, narrow: 182 } as const;

/** A row for each entry and a cell for each day. Only rows near the window are rendered. */
export function Grid({ entries, view, readout, onOpen }: GridProps): ReactElement {
  const { days } = view;
  const body = useRef<HTMLDivElement>(null);
  const isWide = useMedia(WIDE);
  const isNarrow = useMedia(NARROW);
  const height = ROW_HEIGHTS[isWide ? "wide" : isNarrow ? "narrow" : "middle"];
  const { active, focus, follow } = useActiveCell(entries, body);
  const layout = useRows(body, { count: entries.length, height, active: active.row });
  const size = { rows: entries.length, columns: COLUMNS.length + days.length };
  const open = ({ row, column }: CellPlace): void => {
    const entry = entries[row];
    if (entry) onOpen({ entry, day: days[column - COLUMNS.length] ?? null });
  };
  const press = (event: KeyboardEvent): void => {
    const place = moveBy(event, active, size);
    const opens = event.key === "Enter" || event.key === " ";
    if (place === null && !opens) return;
    event.preventDefault();
    if (place === null) return open(active);
    layout.show(place.row);
    focus(place);
  };
  return (
    <div
      role="grid"
      className="grid"
      aria-label="Backups of each instance by day"
      aria-rowcount={size.rows + 1}
      aria-colcount={size.columns}
      onKeyDown={press}
      onClick={({ target }) => placeOf(target, open)}
      onFocus={({ target }) => {
        placeOf(target, follow);
        readout.set(wordsAt(target));
      }}
      onPointerOver={({ target }) => readout.set(wordsAt(target))}
      onPointerLeave={() => readout.set("")}
    >
      <GridHead days={days} />
      <div ref={body} className="rows" role="rowgroup" style={{ height: layout.total }}>
        <Rows entries={entries} view={view} placed={layout.rows} active={active} />
      </div>
    </div>
  );
}

/** The rendered rows. Each subscribes to the reading of its days. */
function Rows(props: {
  readonly entries: readonly Entry[];
  readonly view: EstateView;
  readonly placed: readonly PlacedRow[];
  readonly active: CellPlace;
}): ReactElement[] {
  const { entries, view, placed, active } = props;
  const { days, readings } = view;
  const readingOf = useMemo(
    () => new Map(readings.map((reading) => [reading.provider.key, reading])),
    [readings],
  );
  return placed.flatMap(({ index, top }) => {
    const entry = entries[index];
    const reading = entry && readingOf.get(entry.provider.key);
    if (!entry || !reading) return [];
    const column = index === active.row ? active.column : null;
    return [<GridRow key={entry.key} {...{ entry, reading, days, index, top, column }} />];
  });
}
