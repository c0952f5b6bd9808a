import type { PageAnswer, PageQuestion } from "../shape.js";
import { endless, endsList, note, pageSizeOf, type Item, type ListReading } from "./ask.js";

/** Pages in a row that may bring nothing new before the list counts as endless. */
const PATIENCE = 12;

/**
 * Reads a list by row offsets so that rows coming and going meanwhile neither hide nor repeat one.
 *
 * Every page begins with a row already read: then all rows that stay and stand before it were read
 * before, and those behind it follow in the page. Where the row is not there any more, rows before it
 * have gone: the reading steps back until it meets one, at the latest at the list's beginning.
 *
 * Returns null for a list that shows one key twice, where a known key does not tell a known place.
 */
export async function readOverlapping<R extends Item>(
  reading: ListReading<R>,
  window: PageQuestion["window"],
  first: PageAnswer<R>,
): Promise<Map<string, R> | null> {
  const size = pageSizeOf(reading);
  const known = new Map<string, R>();
  let page = first;
  let offset = 0;
  let back = 1;
  let idle = 0;
  for (;;) {
    const anchored = offset === 0 || known.has(page.rows[0]?.key ?? "");
    if (anchored) {
      const before = known.size;
      for (const row of page.rows) known.set(row.key, row);
      if (new Set(page.rows.map(({ key }) => key)).size < page.rows.length) return null;
      if (endsList(reading, page, offset, size)) return known;
      idle = known.size > before ? 0 : idle + 1;
      offset += Math.max(page.rows.length - 1, 0);
      back = 1;
    } else {
      idle += 1;
      offset = Math.max(0, offset - back);
      back *= 2;
    }
    if (idle > PATIENCE) throw endless();
    page = await reading.ask({ window, size, at: offset });
    note(reading, page, known.size);
  }
}
