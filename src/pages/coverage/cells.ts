import type { CellPlace } from "./moves.js";

/** Hands on the place of the cell that an event came from; other elements have none. */
export function placeOf(target: EventTarget, use: (place: CellPlace) => void): void {
  const cell = cellOf(target);
  const row = cell?.closest<HTMLElement>("[data-row]");
  if (cell && row) use({ row: Number(row.dataset["row"]), column: Number(cell.dataset["column"]) });
}

/** What a cell says of itself and of its row; empty outside of cells. */
export function wordsAt(target: EventTarget): string {
  const cell = cellOf(target);
  const row = cell?.closest<HTMLElement>("[data-row]");
  return [row?.dataset["words"], cell?.getAttribute("aria-label")].filter(Boolean).join(" · ");
}

const cellOf = (target: EventTarget): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>("[data-column]") : null;
