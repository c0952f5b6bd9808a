import type { Direction } from "../../paging/direction.js";
import type { Notice } from "../../paging/slice.js";
import type { Item, ListReading } from "./ask.js";
import type { Bounds, Span } from "./span.js";

/** What is remembered of one source, so that its next slice is asked for in the right width. */
export interface SourceMemory {
  /** The source does not fit one page. */
  large: boolean;
  /** Rows that the source is believed to have. */
  rows: number;
  /** Rows a millisecond, as the last answer showed them. */
  density: number | null;
  /** The last window had no row. */
  lastEmpty: boolean;
}

export const newSourceMemory = (): SourceMemory => ({
  large: false,
  rows: 0,
  density: null,
  lastEmpty: false,
});

/** What one slice is read for. */
export interface SpanRequest<R extends Item> extends ListReading<R> {
  readonly source: SourceMemory;
  readonly instant: number;
  readonly direction: Direction;
  readonly bounds: Bounds;
  /** Rows that start within this time of each other may be parts of one backup; 0 where none are. */
  readonly groupMs: number;
  /** Whether the vendor refused a window because it is too wide. */
  readonly isTooWide: (error: unknown) => boolean;
}

/** A span that was read whole. `items` may hold rows beside it, which complete groups at its edges. */
export interface SpanRead<R extends Item> extends Span {
  readonly items: readonly R[];
  /** From here on every group in `items` is whole. */
  readonly wholeFrom: number;
  readonly notices: readonly Notice[];
}
