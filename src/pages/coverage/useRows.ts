import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useState, type RefObject } from "react";

/** Rows that are rendered above and below the window. */
const READY = 12;
/** Heights of the bars at the edges of the window. Scrolling to a row leaves this much space. */
const EDGES = { top: 48, bottom: 80 } as const;

/** A rendered row and its distance from the top of the grid. */
export interface PlacedRow {
  readonly index: number;
  /** Pixels. */
  readonly top: number;
}

/** The rows near the window, and the active row, because a focused row must stay rendered. */
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
  // Heights are not measured. They depend on the width of the window.
  useEffect(() => virtualizer.measure(), [virtualizer, height]);
  return {
    rows: virtualizer.getVirtualItems().map(({ index, start }) => ({ index, top: start - margin })),
    total: virtualizer.getTotalSize(),
    show: (row) => virtualizer.scrollToIndex(row, { align: "auto" }),
  };
}

const ascending = (a: number, b: number): number => a - b;

/** The distance of an element from the top of the document, which changes with the content above. */
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
