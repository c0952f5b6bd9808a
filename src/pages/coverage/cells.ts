import type { CellPlace } from "./moves.js";

/** Passes on the position of the cell of an event, if the event is from a cell. */
export function placeOf(target: EventTarget, use: (place: CellPlace) => void): void {
  const cell = cellOf(target);
  const row = cell?.closest<HTMLElement>("[data-row]");
  if (cell && row) use({ row: Number(row.dataset["row"]), column: Number(cell.dataset["column"]) });
}

/** The text of a cell and its row. Empty outside cells. */
export function wordsAt(target: EventTarget): string {
  const cell = cellOf(target);
  const row = cell?.closest<HTMLElement>("[data-row]");
  const words = [row?.dataset["words"], cell?.getAttribute("aria-label")].filter(Boolean);
  // Isolated from each other: a name in Hebrew or Arabic must not move the words after it.
  return words.map((text) => `\u2068${text}\u2069`).join(" · ");
}

const cellOf = (target: EventTarget): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>("[data-column]") : null;
