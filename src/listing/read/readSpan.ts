import { SourceError } from "../../errors.js";
import { endsList, pageSizeOf, seemsLast, type SpanRequest } from "./evidence.js";
import { legalSize, startsOf, windowOf, type SpanRead } from "./layout.js";
import type { Ask, Item, ListNotice, PageAnswer, PageQuestion, WindowShape } from "../shape.js";
import { holds } from "../../paging/slice.js";
import { readCounted, shortNotice } from "./counting.js";
import { askFirst, readEveryWindow, readWindowed, widestWindowMs } from "./windowed.js";

const WHOLE = {
  since: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
  wholeFrom: Number.NEGATIVE_INFINITY,
};

/**
 * Reads the slice that holds an instant: the whole list if one page shows it, else a window that one page
 * holds, else all pages in a way that survives rows which come and go meanwhile.
 *
 * Cost: one call if the list, or the window of the estimated width, fits a page.
 * Errors: `SourceError` of the vendor's calls; SCAN_LIMIT for more rows than a slice may hold.
 */
export async function readSpan<R extends Item>(request: SpanRequest<R>): Promise<SpanRead<R>> {
  const { memory } = request;
  let mostRows = Number.POSITIVE_INFINITY;
  for (;;) {
    let asked = 0;
    const notices = new Map<string, ListNotice>();
    const ask: Ask<R> = async (question) => {
      asked = question.size;
      const answer = await request.ask(question);
      memory.unreadable = false;
      if (mostRows < Number.POSITIVE_INFINITY)
        memory.readable = Math.min(memory.readable ?? mostRows, mostRows);
      for (const notice of answer.notices ?? []) notices.set(JSON.stringify(notice), notice);
      return memory.totalTrusted ? answer : { ...answer, total: null };
    };
    try {
      const read = await readInPages({ ...request, ask, mostRows });
      return notices.size === 0
        ? read
        : { ...read, notices: [...read.notices, ...notices.values()] };
    } catch (error) {
      if (!turnsToWindows(request, error)) mostRows = smallerSize(request, asked, error);
    }
  }
}

/**
 * The size to go on with if a page of `size` rows was too large to be read: a quarter of it. All lists of the
 * listing then use the first size that can be read. If even the smallest cannot be, they fail at once.
 *
 * Errors: `error`, if it has another reason or no page can be smaller.
 */
function smallerSize<R extends Item>(
  { memory, shape }: SpanRequest<R>,
  size: number,
  error: unknown,
): number {
  const isTooLarge = error instanceof SourceError && error.details.tooLarge === true;
  if (!isTooLarge || memory.unreadable) throw error;
  const smaller = legalSize(shape.page, Math.max(1, Math.floor(size / 4)));
  memory.unreadable = smaller >= size;
  if (memory.unreadable) throw error;
  return smaller;
}

/** Whether a list that is too long to be read whole can be read window by window, as it is from now on. */
function turnsToWindows<R extends Item>(
  { memory, shape, source, scanRows, giveUpAbove = Infinity }: SpanRequest<R>,
  error: unknown,
): boolean {
  const isTooLong = error instanceof SourceError && error.kind === "SCAN_LIMIT";
  if (!isTooLong || giveUpAbove < Infinity || source.rows > scanRows) return false;
  source.rows = scanRows + 1;
  return source.large && shape.window !== null && memory.windowTrusted;
}

/** Reads the slice in pages of one size. */
async function readInPages<R extends Item>(request: SpanRequest<R>): Promise<SpanRead<R>> {
  const { shape, memory, source } = request;
  const trusted = memory.windowTrusted ? shape.window : null;
  const widest = widestWindow(request);
  const narrow = widest !== null && widest.until - widest.since > widestWindowMs(request);
  if (trusted !== null && (narrow || (source.large && !wholeIsCheaper(request, trusted))))
    return (await readWindowed(request, trusted)) ?? distrust(request);
  const first = await askFirst(request, widest);
  if (first === null) return trusted === null ? readWhole(request, []) : readInPages(request);
  if (endsList(request, first, 0, pageSizeOf(request)))
    return (first.total ?? 0) > first.rows.length
      ? readWhole(request, [], first)
      : wholeOf(request, distinct(first.rows));
  if (trusted === null) return spanInOrder(request, first) ?? readWhole(request, [], first);
  if (source.large || saysWhole(request, first)) return readWhole(request, [], first);
  source.large = true;
  source.rows = Math.max(first.total ?? 0, first.rows.length);
  source.density = guessDensity(first);
  if (wholeIsCheaper(request, trusted)) return readWhole(request, [], first);
  return (await readWindowed(request, trusted)) ?? distrust(request);
}

/**
 * Whether a short page seems to be the whole list: the total counts no more rows, or only the total counts
 * more. Asking for the next page settles it with fewer calls than windows would take.
 */
function saysWhole<R extends Item>(request: SpanRequest<R>, answer: PageAnswer<R>): boolean {
  const { rows, total } = answer;
  const isAll = total !== null && total <= rows.length && rows.length < pageSizeOf(request);
  return isAll || seemsLast(request, answer);
}

/**
 * The span that the first page of a list in a stated order holds whole: everything on this side of its
 * last row. Null if the instant lies beyond it, or if the vendor states no order or breaks it.
 */
function spanInOrder<R extends Item>(
  { shape: { order }, memory, source, groupMs, instant, onBroken }: SpanRequest<R>,
  { rows, total }: PageAnswer<R>,
): SpanRead<R> | null {
  // Rows that form one backup may lie on both sides of the edge.
  if (order === "unknown" || !memory.orderTrusted || groupMs > 0) return null;
  const starts = startsOf(rows);
  if (!isOrdered(starts, order === "newestFirst" ? -1 : 1)) {
    memory.orderTrusted = false;
    onBroken?.("The vendor's rows are not in the order that it states; its lists are read whole.");
    return null;
  }
  const edge = starts.at(-1);
  if (edge === undefined) return null;
  const span =
    order === "newestFirst"
      ? { since: edge + 1, until: Number.POSITIVE_INFINITY }
      : { since: Number.NEGATIVE_INFINITY, until: edge };
  if (!holds(span, instant)) return null;
  source.large = true;
  source.rows = Math.max(source.rows, total ?? 0, rows.length);
  return { items: distinct(rows), wholeFrom: span.since, notices: [], ...span };
}

/** Stops using windows, because a row lay outside the requested one. */
function distrust<R extends Item>(request: SpanRequest<R>): Promise<SpanRead<R>> {
  request.memory.windowTrusted = false;
  const message = "The vendor showed a row outside the time asked for; its lists are read whole.";
  request.onBroken?.(message);
  return readWhole(request, [{ code: "BAD_RESPONSE", message }]);
}

/** Reads every page of the whole list, window by window if the vendor does not accept one for all of it. */
async function readWhole<R extends Item>(
  request: SpanRequest<R>,
  notices: readonly ListNotice[],
  asked: PageAnswer<R> | null = null,
): Promise<SpanRead<R>> {
  const widest = widestWindow(request);
  const first = asked ?? (await askFirst(request, widest));
  const { rows, shortage } =
    first === null
      ? await readEveryWindow(request)
      : await readCounted(request, widest, first, true);
  const short = shortage === null ? [] : [shortNotice(shortage)];
  return wholeOf(request, [...rows.values()], [...notices, ...short]);
}

/** The whole list, of which these are all rows. */
function wholeOf<R extends Item>(
  { source }: SpanRequest<R>,
  items: readonly R[],
  notices: readonly ListNotice[] = [],
): SpanRead<R> {
  source.rows = items.length;
  return { items, notices, ...WHOLE };
}

/** Rows without repeats; the last of several with the same key stays. */
function distinct<R extends Item>(rows: readonly R[]): readonly R[] {
  const byKey = new Map<string, R>();
  for (const row of rows) byKey.set(row.key, row);
  return byKey.size === rows.length ? rows : [...byKey.values()];
}

/** A list of up to this many pages is read whole as soon as more than its first window is needed. */
const FEW_PAGES = 8;

/**
 * Whether reading the whole list takes fewer calls than windows over the rest of it: if it is short, or if
 * windows must be narrow and the last one was empty, because then most of the next ones are empty too.
 */
function wholeIsCheaper<R extends Item>(request: SpanRequest<R>, window: WindowShape): boolean {
  const { source, instant, direction, bounds, memory, shape, giveUpAbove = Infinity } = request;
  // A walk starts near its rows, unless the list is one of many that could be read one by one instead.
  const isNear = !Number.isFinite(instant) && giveUpAbove === Infinity;
  if (window.mandatory || isNear || source.rows > request.scanRows) return false;
  const left = direction === "newestFirst" ? instant - bounds.lowest : bounds.newest - instant;
  const pages = Math.ceil(source.rows / pageSizeOf({ shape, memory })) + 1;
  if (!source.lastEmpty) return pages <= FEW_PAGES;
  return left / widestWindowMs({ shape, memory }) > 2 * pages;
}

/**
 * The window of all time if the vendor requires a window, else null. It reaches back beyond the lowest
 * bound while the list may fit one page, unless the vendor refuses windows of that width.
 */
function widestWindow<R extends Item>(request: SpanRequest<R>): PageQuestion["window"] {
  const { bounds, groupMs, shape, source } = request;
  const { window } = shape;
  if (window?.mandatory !== true) return null;
  const lowest = bounds.earliest ?? bounds.lowest;
  const widest = windowOf(window, WHOLE, { ...bounds, lowest }, groupMs);
  const isAccepted = widest.until - widest.since <= widestWindowMs(request);
  return isAccepted && !source.large ? widest : windowOf(window, WHOLE, bounds, groupMs);
}

/** Rows a millisecond, estimated from a page that does not hold the whole list. */
function guessDensity<R extends Item>({ rows, total }: PageAnswer<R>): number {
  const starts = startsOf(rows);
  const extent = Math.max(...starts) - Math.min(...starts);
  // Sorted rows are one end of the list and as dense as the rest; others are a sample of all of it.
  const isSorted = isOrdered(starts, -1) || isOrdered(starts, 1);
  const shown = isSorted ? rows.length : Math.max(total ?? 0, rows.length);
  return shown / Math.max(extent, 1);
}

/** Whether values never fall (`sign` 1), or never rise (-1). */
const isOrdered = (values: readonly number[], sign: 1 | -1): boolean =>
  values.every((value, i) => i === 0 || sign * (value - (values[i - 1] as number)) >= 0);
