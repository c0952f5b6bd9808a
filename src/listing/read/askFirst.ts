import type { PageAnswer, PageQuestion } from "../shape.js";
import { firstPage, note, pageSizeOf, type Item } from "./ask.js";
import type { SpanRequest } from "./spanRequest.js";

/** A window that is refused at this width, in units of its precision, is not refused for its width. */
const NARROW = 60;

/**
 * Asks the first page of a list or of a window of it; null where the window was refused as too wide, of
 * which half is remembered as the widest.
 */
export async function askFirst<R extends Item>(
  request: SpanRequest<R>,
  window: PageQuestion["window"],
): Promise<PageAnswer<R> | null> {
  const { ask, shape, memory, isTooWide } = request;
  try {
    const answer = await ask({ window, size: pageSizeOf(request), at: firstPage(shape) });
    note(request, answer, 0);
    return answer;
  } catch (error) {
    if (window === null || shape.window === null || !isTooWide(error)) throw error;
    const width = (window.until - window.since) / 2;
    if (width < shape.window.longestMs + NARROW * shape.window.precisionMs) throw error;
    memory.maxSpanMs = width;
    return null;
  }
}

/** The widest window that the vendor is known to take; infinite where no limit is known. */
export const widestWindowMs = ({
  shape,
  memory,
}: Pick<SpanRequest<Item>, "shape" | "memory">): number =>
  Math.min(shape.window?.maxSpanMs ?? Infinity, memory.maxSpanMs ?? Infinity);
