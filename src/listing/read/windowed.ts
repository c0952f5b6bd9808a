import { endsList, notePage, pageSizeOf, seemsLast, type SpanRequest } from "./evidence.js";
import {
  AHEAD_MS,
  firstPage,
  quietBefore,
  spanAt,
  startsOf,
  windowBreach,
  windowOf,
  type Span,
  type SpanRead,
} from "./layout.js";
import type { Item, PageAnswer, PageQuestion, WindowShape } from "../shape.js";
import { readCounted, shortNotice, type CountedRows } from "./counting.js";

/** How full a page should be: a full page proves nothing, and its window is narrowed. */
const FILL = 0.9;

/** The margin beyond which a group is cut at the edge: rows follow each other too closely for too long. */
const WIDEST_MARGIN_MS = 7 * 86_400_000;

/** A window of this width, in units of its precision, is not refused for its width. */
const NARROW = 60;

type Window = NonNullable<PageQuestion["window"]>;

/**
 * Asks for the first page of a list or of a window of it. Null if the vendor refused the window as too
 * wide; half of its width is then remembered as the widest.
 */
export async function askFirst<R extends Item>(
  request: SpanRequest<R>,
  window: PageQuestion["window"],
): Promise<PageAnswer<R> | null> {
  const { ask, shape, memory, isTooWide } = request;
  try {
    const answer = await ask({ window, size: pageSizeOf(request), at: firstPage(shape) });
    notePage(request, answer, 0);
    return answer;
  } catch (error) {
    if (window === null || shape.window === null || !isTooWide(error)) throw error;
    const width = (window.until - window.since) / 2;
    if (width < shape.window.longestMs + NARROW * shape.window.precisionMs) throw error;
    memory.maxSpanMs = width;
    return null;
  }
}

/** The widest window that the vendor is known to accept; infinite if no limit is known. */
export const widestWindowMs = ({
  shape,
  memory,
}: Pick<SpanRequest<Item>, "shape" | "memory">): number =>
  Math.min(shape.window?.maxSpanMs ?? Infinity, memory.maxSpanMs ?? Infinity);

/**
 * Reads a window around an instant, narrowed until one page holds it: a page is atomic, so nothing can
 * move inside it. Returns null if the vendor does not honour the window.
 */
export async function readWindowed<R extends Item>(
  request: SpanRequest<R>,
  shape: WindowShape,
): Promise<SpanRead<R> | null> {
  let margin = request.groupMs * 3;
  // No wider span is useful. Without known rows any width seems right, and half of infinity is infinite.
  const extent = Math.max(1, request.bounds.newest - request.bounds.lowest);
  let width = Math.min(likelyWidth(request, shape, margin), extent);
  for (;;) {
    const least = leastWidth(shape, margin);
    const widest = Math.max(1, widestWindowMs(request) - overheadOf(shape, margin));
    width = Math.min(width, widest);
    const reach = Math.min(width + aheadOf(request), widest);
    const span = spanAt(request.instant, request.direction, reach, request.bounds);
    const window = windowOf(shape, span, request.bounds, margin);
    const answer = await askFirst(request, window);
    if (answer === null) continue;
    if (windowBreach(shape, window, answer.rows) !== null) return null;
    const isWhole = endsList(request, answer, 0, pageSizeOf(request));
    if (!isWhole && width > least && !seemsLast(request, answer)) {
      width = Math.max(least, narrower(request, width, answer));
      continue;
    }
    // If the span cannot be narrowed, or only the total suggests more rows, read all pages.
    const { rows, shortage } = await readCounted(request, window, answer);
    const items = [...rows.values()];
    const wholeFrom = wholeGroupsFrom(request, span, window, items);
    if (wholeFrom !== null || margin > WIDEST_MARGIN_MS) {
      remember(request, window, items);
      return {
        items,
        wholeFrom: wholeFrom ?? span.since,
        notices: shortage === null ? [] : [shortNotice(shortage)],
        ...span,
      };
    }
    margin *= 4;
  }
}

/** How much wider a window is than its span. */
const overheadOf = (
  { longestMs, precisionMs }: Pick<WindowShape, "longestMs" | "precisionMs">,
  margin: number,
): number => 2 * margin + longestMs + 4 * precisionMs;

/** Below this width a window is mostly margin, and narrowing it does not lessen its rows. */
const leastWidth = (shape: WindowShape, margin: number): number =>
  Math.max(shape.precisionMs * 2, overheadOf(shape, margin));

/** The width whose rows fit a page, estimated from the known density. */
function likelyWidth<R extends Item>(
  request: SpanRequest<R>,
  shape: WindowShape,
  margin: number,
): number {
  const { source } = request;
  if (source.density === null) return 86_400_000;
  const fits = (pageSizeOf(request) * FILL) / Math.max(source.density, Number.MIN_VALUE);
  // The upper margin of the newest window lies in the future, where there are no rows.
  const overhead = aheadOf(request) > 0 ? margin : overheadOf(shape, margin);
  return Math.max(fits - overhead, leastWidth(shape, margin));
}

/** How much of a span lies in the future, where there are hardly any rows: a day of the newest span. */
const aheadOf = <R extends Item>({ instant, direction, bounds }: SpanRequest<R>): number =>
  direction === "newestFirst" && instant >= bounds.newest ? AHEAD_MS : 0;

/**
 * Reads every row of a list that accepts narrow windows only and does not honour them: all windows, oldest
 * first, because a row that finishes meanwhile is selected later and never earlier.
 */
export async function readEveryWindow<R extends Item>(
  request: SpanRequest<R>,
): Promise<CountedRows<R>> {
  const { shape, bounds, groupMs } = request;
  const window = shape.window as WindowShape;
  const rows = new Map<string, R>();
  let shortage: CountedRows<R>["shortage"] = null;
  let since = Number.NEGATIVE_INFINITY;
  while (since < bounds.newest) {
    const width = widestWindowMs(request) - overheadOf(window, groupMs);
    const span = spanAt(since, "oldestFirst", width, bounds);
    const asked = windowOf(window, span, bounds, groupMs);
    const first = await askFirst(request, asked);
    if (first === null) continue;
    const read = await readCounted(request, asked, first);
    for (const [key, row] of read.rows) rows.set(key, row);
    shortage ??= read.shortage;
    since = span.until;
  }
  return { rows, shortage };
}

function wholeGroupsFrom<R extends Item>(
  { groupMs, shape }: SpanRequest<R>,
  { since }: Span,
  window: Window,
  rows: readonly R[],
): number | null {
  if (groupMs === 0 || since === Number.NEGATIVE_INFINITY) return since;
  // The vendor may leave out a row on the very edge of the window.
  const precisionMs = shape.window?.precisionMs ?? 0;
  return quietBefore(rows, since, window.since + precisionMs, groupMs);
}

function narrower<R extends Item>(
  request: SpanRequest<R>,
  width: number,
  { total }: PageAnswer<R>,
): number {
  const share = total === null || total === 0 ? 0.5 : (pageSizeOf(request) * FILL) / total;
  return width * Math.min(0.5, Math.max(share, 1 / 16));
}

/** Remembers the density, from which the width of the next window follows: at most four times this one. */
function remember<R extends Item>(
  { source, direction, instant }: SpanRequest<R>,
  { since, until }: Window,
  rows: readonly R[],
): void {
  const starts = startsOf(rows);
  const top = direction === "newestFirst" && !Number.isFinite(instant);
  const end = top && starts.length > 0 ? Math.max(...starts) : until;
  const density = rows.length / Math.max(end - since, 1);
  source.density = Math.max(density, (source.density ?? 0) / 4);
  source.lastEmpty = rows.length === 0;
}
