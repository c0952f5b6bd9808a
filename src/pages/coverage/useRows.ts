import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useState, type RefObject } from "react";

/** Rows that are kept ready above and below the window. */
const READY = 12;
/** What sticks to the window's upper and lower edge; rows that are scrolled to stay clear of it. */
const EDGES = { top: 48, bottom: 80 } as const;

/** A row that is there, and how far below the grid's top. */
export interface PlacedRow {
  readonly index: number;
  /** Pixels. */
  readonly top: number;
}

/** The rows near the window and the active one: a row that has the focus must not vanish under it. */
export function useRows(
  body: RefObject<HTMLElement | null>,
  {
    count,
    height,
    active,
  }: { readonly count: number; readonly height: number; readonly active: number },
): { readonly rows: PlacedRow[]; readonly total: number; readonly show: (row: number) => void } {
  const margin = useTop(body);
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => height,
    overscan: READY,
    scrollMargin: margin,
    scrollPaddingStart: EDGES.top,
    scrollPaddingEnd: EDGES.bottom,
    rangeExtractor: (range) => {
      const near = defaultRangeExtractor(range);
      return active >= count || near.includes(active) ? near : [...near, active].sort(ascending);
    },
  });
  // Heights are known, not measured, and change with the width of the window.
  useEffect(() => virtualizer.measure(), [virtualizer, height]);
  return {
    rows: virtualizer.getVirtualItems().map(({ index, start }) => ({ index, top: start - margin })),
    total: virtualizer.getTotalSize(),
    show: (row) => virtualizer.scrollToIndex(row, { align: "auto" }),
  };
}

const ascending = (a: number, b: number): number => a - b;

/** How far an element lies below the document's top, which changes with what is above it. */
function useTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useEffect(() => {
    const measure = (): void =>
      setTop(Math.round((element.current?.getBoundingClientRect().top ?? 0) + scrollY));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}
