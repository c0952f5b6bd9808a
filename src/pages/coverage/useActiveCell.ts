import { useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { Entry } from "./entries.js";
import type { CellPlace } from "./moves.js";

/** The cell that the tab key reaches, and functions that move it. */
export interface ActiveCell {
  readonly active: CellPlace;
  /** Makes a cell active and focuses it once it exists. */
  readonly focus: (place: CellPlace) => void;
  /** Makes a cell active that was focused in another way. */
  readonly follow: (place: CellPlace) => void;
}

/** Keeps the active cell with its entry when sorting or filters move the entry. */
export function useActiveCell(
  entries: readonly Entry[],
  body: RefObject<HTMLElement | null>,
): ActiveCell {
  const [{ key, column }, setActive] = useState({ key: "", column: 0 });
  const row = Math.max(
    0,
    entries.findIndex((entry) => entry.key === key),
  );
  const waits = useRef(false);
  useLayoutEffect(() => {
    if (!waits.current) return;
    waits.current = false;
    const cell = body.current?.querySelector<HTMLElement>(
      `[data-row="${row}"] [data-column="${column}"]`,
    );
    cell?.focus({ preventScroll: true });
  });
  const follow = (place: CellPlace): void =>
    setActive({ key: entries[place.row]?.key ?? "", column: place.column });
  const focus = (place: CellPlace): void => {
    waits.current = true;
    follow(place);
  };
  return { active: { row, column }, focus, follow };
}
