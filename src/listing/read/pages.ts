import type { PageAnswer, PageQuestion } from "../shape.js";
import { pageSizeOf, type Item, type ListReading } from "./ask.js";
import { readOverlapping } from "./overlapping.js";
import { readPasses } from "./passes.js";
import { legalSize } from "./place.js";

/**
 * Reads every page of a list, or of a window of it, in a way that survives rows coming and going: by
 * pages that overlap, and where they cannot, by whole passes.
 *
 * `first` is its first page, in the size of `pageSizeOf`.
 */
export async function readPages<R extends Item>(
  reading: ListReading<R>,
  window: PageQuestion["window"],
  first: PageAnswer<R>,
): Promise<Map<string, R>> {
  const { shape, memory } = reading;
  const asked = pageSizeOf(reading);
  const shown = first.rows.length;
  const isShort = shape.page.style !== "token" && shown < asked;
  // A short page that is not the last shows a silent cap, and no place may be told by a larger size.
  const size = isShort ? legalSize(shape.page, Math.max(shown, shape.defaultSize)) : asked;
  const isSame = !isShort || shown === size;
  const overlapping = await readOverlapping(reading, window, first, size);
  const rows =
    overlapping ?? (await readPasses(reading, { window, size, first: isSame ? first : null }));
  if (isShort && shown > 0 && rows.size >= 2 * shown) memory.cap = size;
  if (first.total !== null && first.total > rows.size && !hasCopies(first)) distrustTotal(reading);
  return rows;
}

/** Whether a page shows a row twice, which counts as two. */
const hasCopies = <R extends Item>({ rows }: PageAnswer<R>): boolean =>
  new Set(rows.map(({ key }) => key)).size < rows.length;

/** Totals are trusted no more: a list had fewer rows than the vendor counted. */
function distrustTotal<R extends Item>({ memory, onBroken }: ListReading<R>): void {
  if (memory.totalTrusted)
    onBroken?.("The vendor counts rows that it does not show; its totals are ignored.");
  memory.totalTrusted = false;
}
