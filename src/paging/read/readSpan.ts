import type { Notice } from "../slice.js";
import type { PageAnswer, PageQuestion, WindowShape } from "../shape.js";
import { endsList, firstPage, note, pageSizeOf, type Item } from "./ask.js";
import { readOverlapping } from "./overlapping.js";
import { readPasses } from "./passes.js";
import { windowOf } from "./span.js";
import type { SpanRead, SpanRequest } from "./spanRequest.js";
import { readWindowed } from "./windowed.js";

const WHOLE = {
  since: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY,
  wholeFrom: Number.NEGATIVE_INFINITY,
};

/**
 * Reads the slice that holds an instant: the whole list where one page shows it, else a window that one
 * page holds, else all pages in a way that survives rows coming and going.
 *
 * Cost: one call where the list, or the guess of the width, fits a page.
 * Errors: `SourceError` of the vendor's calls; SCAN_LIMIT for more rows than a slice may hold.
 */
export async function readSpan<R extends Item>(request: SpanRequest<R>): Promise<SpanRead<R>> {
  const { shape, memory, source } = request;
  const widest = shape.window?.mandatory === true ? widestWindow(request, shape.window) : null;
  const windowed = shape.window !== null && memory.windowTrusted;
  if (windowed && source.large && !passesAreCheaper(request, shape.window))
    return (await readWindowed(request, shape.window)) ?? distrust(request, widest);
  const first = await askFirst(request, widest);
  const size = pageSizeOf(request);
  if (endsList(request, first, 0, size)) return { ...WHOLE, items: first.rows, notices: [] };
  if (!windowed || source.large) return readAll(request, widest, first, []);
  source.large = true;
  source.rows = Math.max(first.total ?? 0, first.rows.length);
  source.density = guessDensity(first);
  return (await readWindowed(request, shape.window)) ?? distrust(request, widest);
}

/** Windows are trusted no more: a row lay outside the one it was asked in. */
async function distrust<R extends Item>(
  request: SpanRequest<R>,
  widest: PageQuestion["window"],
): Promise<SpanRead<R>> {
  request.memory.windowTrusted = false;
  const message = "The vendor showed a row outside the time asked for; its lists are read whole.";
  const first = await askFirst(request, widest);
  return readAll(request, widest, first, [{ code: "BAD_RESPONSE", message }]);
}

/**
 * Whether what is left of a list is read with fewer calls by passes over all of it: where windows may
 * not be wide, and the last one was empty, most of those to come are.
 */
function passesAreCheaper<R extends Item>(
  { source, instant, direction, bounds, memory, shape }: SpanRequest<R>,
  window: WindowShape,
): boolean {
  if (window.mandatory || window.maxSpanMs === null || !source.lastEmpty) return false;
  const left = direction === "newestFirst" ? instant - bounds.lowest : bounds.newest - instant;
  const pages = Math.ceil(source.rows / pageSizeOf({ shape, memory })) + 1;
  return left / window.maxSpanMs > 2 * pages;
}

function widestWindow<R extends Item>(
  { bounds, groupMs }: SpanRequest<R>,
  window: WindowShape,
): PageQuestion["window"] {
  const { since, until } = WHOLE;
  return windowOf(window, { since, until }, bounds, groupMs);
}

async function askFirst<R extends Item>(
  request: SpanRequest<R>,
  window: PageQuestion["window"],
): Promise<PageAnswer<R>> {
  const at = firstPage(request.shape);
  const answer = await request.ask({ window, size: pageSizeOf(request), at });
  note(request, answer, 0);
  return answer;
}

/** Every page of the list, in the way that its page shape allows. */
async function readAll<R extends Item>(
  request: SpanRequest<R>,
  window: PageQuestion["window"],
  first: PageAnswer<R>,
  notices: readonly Notice[],
): Promise<SpanRead<R>> {
  const { page } = request.shape;
  const overlaps = page.style === "offset" && !page.aligned;
  const read = overlaps ? await readOverlapping(request, window, first) : null;
  const rows = read ?? (await readPasses(request, window, overlaps ? null : first));
  return { ...WHOLE, items: [...rows.values()], notices };
}

/** Rows a millisecond, guessed from a page that does not hold the whole list. */
function guessDensity<R extends Item>({ rows, total }: PageAnswer<R>): number {
  const starts = rows.map(({ startedAt }) => startedAt).filter((at) => at !== null);
  const extent = Math.max(...starts) - Math.min(...starts);
  // Sorted rows are one end of the list, as dense as the rest; others are a sample of all of it.
  const shown = isSorted(starts) ? rows.length : Math.max(total ?? 0, rows.length);
  return shown / Math.max(extent, 1);
}

const isSorted = (values: readonly number[]): boolean =>
  values.every((value, i) => i === 0 || value <= (values[i - 1] as number)) ||
  values.every((value, i) => i === 0 || value >= (values[i - 1] as number));
