import type { PageAnswer, PageQuestion, WindowShape } from "../shape.js";
import { askFirst, widestWindowMs } from "./askFirst.js";
import { endsList, pageSizeOf, seemsLast, type Item } from "./ask.js";
import { readPages } from "./pages.js";
import { AHEAD_MS, quietBefore, spanAt, windowBreach, windowOf, type Span } from "./span.js";
import type { SpanRead, SpanRequest } from "./spanRequest.js";

/** How full a page is aimed to be: a full page proves nothing and is asked for again. */
const FILL = 0.9;

/** Where rows follow each other so closely for so long, groups are cut at the edge after all. */
const WIDEST_MARGIN_MS = 7 * 86_400_000;

type Window = NonNullable<PageQuestion["window"]>;

/**
 * Reads a window around an instant that one page holds, narrowing it until one does: a page is atomic,
 * so nothing can move inside it. Returns null where the vendor does not honour the window.
 */
export async function readWindowed<R extends Item>(
  request: SpanRequest<R>,
  shape: WindowShape,
): Promise<SpanRead<R> | null> {
  let margin = request.groupMs * 3;
  let width = Math.min(likelyWidth(request, shape, margin), extentOf(request));
  for (;;) {
    const least = leastWidth(shape, margin);
    const widest = Math.max(1, widestSpan(request, shape, margin));
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
    // All pages of a span that cannot be narrowed, or of which only a total says that there are more.
    const items = isWhole ? answer.rows : await readRows(request, window, answer);
    const wholeFrom = wholeGroupsFrom(request, span, window, items);
    if (wholeFrom !== null || margin > WIDEST_MARGIN_MS) {
      remember(request, window, items);
      return { ...span, items, wholeFrom: wholeFrom ?? span.since, notices: [] };
    }
    margin *= 4;
  }
}

/** The widest span whose window, margins and all, the vendor takes. */
const widestSpan = <R extends Item>(
  request: SpanRequest<R>,
  shape: WindowShape,
  margin: number,
): number => widestWindowMs(request) - overheadOf(shape, margin);

/** How much wider than its span a window is asked. */
const overheadOf = (
  { longestMs, precisionMs }: Pick<WindowShape, "longestMs" | "precisionMs">,
  margin: number,
): number => 2 * margin + longestMs + 4 * precisionMs;

/** Below this a window is mostly margin, and narrowing it brings no fewer rows. */
const leastWidth = (shape: WindowShape, margin: number): number =>
  Math.max(shape.precisionMs * 2, overheadOf(shape, margin));

/** No span is wider: where no rows are known any width seems right, and half of infinity is no less. */
const extentOf = <R extends Item>({ bounds }: SpanRequest<R>): number =>
  Math.max(1, bounds.newest - bounds.lowest);

/** The width of which a page holds the rows, by what is known of how dense they are. */
function likelyWidth<R extends Item>(
  request: SpanRequest<R>,
  shape: WindowShape,
  margin: number,
): number {
  const { source } = request;
  if (source.density === null) return 86_400_000;
  const fits = (pageSizeOf(request) * FILL) / Math.max(source.density, Number.MIN_VALUE);
  // The newest window's upper margin lies in the future, where there are no rows.
  const overhead = aheadOf(request) > 0 ? margin : overheadOf(shape, margin);
  return Math.max(fits - overhead, leastWidth(shape, margin));
}

/** How much of a span lies in the future, where there are hardly any rows: of the newest one a day. */
const aheadOf = <R extends Item>({ instant, direction, bounds }: SpanRequest<R>): number =>
  direction === "newestFirst" && instant >= bounds.newest ? AHEAD_MS : 0;

const readRows = async <R extends Item>(
  request: SpanRequest<R>,
  window: Window,
  first: PageAnswer<R>,
): Promise<readonly R[]> => [...(await readPages(request, window, first)).values()];

/**
 * Every row of a list that takes narrow windows only and does not honour them: all windows, the oldest
 * first, since a row that comes to its end meanwhile is selected later and never earlier.
 */
export async function readEveryWindow<R extends Item>(
  request: SpanRequest<R>,
): Promise<Map<string, R>> {
  const { shape, bounds, groupMs } = request;
  const window = shape.window as WindowShape;
  const rows = new Map<string, R>();
  let since = Number.NEGATIVE_INFINITY;
  while (since < bounds.newest) {
    const width = widestSpan(request, window, groupMs);
    const span = spanAt(since, "oldestFirst", width, bounds);
    const asked = windowOf(window, span, bounds, groupMs);
    const first = await askFirst(request, asked);
    if (first === null) continue;
    for (const [key, row] of await readPages(request, asked, first)) rows.set(key, row);
    since = span.until;
  }
  return rows;
}

function wholeGroupsFrom<R extends Item>(
  { groupMs, shape }: SpanRequest<R>,
  { since }: Span,
  window: Window,
  rows: readonly R[],
): number | null {
  if (groupMs === 0 || since === Number.NEGATIVE_INFINITY) return since;
  // A row on the window's very edge may not be shown.
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

/** The next window is as wide as this one's rows let hope for, and at most four times as wide. */
function remember<R extends Item>(
  { source, direction, instant }: SpanRequest<R>,
  { since, until }: Window,
  rows: readonly R[],
): void {
  const starts = rows.map(({ startedAt }) => startedAt).filter((at) => at !== null);
  const top = direction === "newestFirst" && !Number.isFinite(instant);
  const end = top && starts.length > 0 ? Math.max(...starts) : until;
  const density = rows.length / Math.max(end - since, 1);
  source.density = Math.max(density, (source.density ?? 0) / 4);
  source.lastEmpty = rows.length === 0;
}
