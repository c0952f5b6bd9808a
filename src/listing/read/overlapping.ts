import type { PageAnswer, PageQuestion } from "../shape.js";
import { endless, endsList, note, type Item, type ListReading } from "./ask.js";
import { placeAround, type Place } from "./place.js";

/** Pages in a row that may bring nothing new before the list counts as endless. */
const PATIENCE = 12;

/** The same before a page is taken whose rows stand in an order of their own. */
const ORDERLY = 6;

/**
 * Reads a list by places so that rows coming and going meanwhile neither hide nor repeat one.
 *
 * Every page begins with a row already read: then all rows that stay and stand before it were read before,
 * and those behind it follow in the page. Where it begins with another, rows before it have gone or come:
 * the reading steps back until it meets one, at the latest at the list's beginning. So rows that come
 * together, as those of a set of shards do, are seen together. A page that is shorter than
 * asked and brings nothing new is the last one, whatever the vendor's total says.
 *
 * Returns null for a list that shows one key twice in separate places, where a known key does not tell
 * a known place, and where pages cannot overlap any further.
 */
export async function readOverlapping<R extends Item>(
  reading: ListReading<R>,
  window: PageQuestion["window"],
  first: PageAnswer<R>,
  most: number,
): Promise<Map<string, R> | null> {
  const { shape, ask } = reading;
  const known = new Map<string, R>();
  let page = first;
  let place: Place = { at: null, offset: 0, size: most };
  let row = 0;
  let back = 1;
  let idle = 0;
  for (;;) {
    if (hasScatteredKeys(page.rows)) return null;
    const before = known.size;
    if (place.offset === 0 || isAnchored(page.rows, known, idle)) {
      for (const item of page.rows) known.set(item.key, item);
      const isNew = page === first || known.size > before;
      if (endsList(reading, page, place.offset, place.size)) return known;
      if (!isNew && page.rows.length < place.size) return known;
      row = Math.max(place.offset + page.rows.length - 1, 0);
      back = 1;
    } else {
      row = Math.max(0, place.offset - back);
      back *= 2;
    }
    idle = known.size > before ? 0 : idle + 1;
    if (idle > PATIENCE) throw endless(reading);
    const next = placeAround(shape.page, row, most);
    if (next === null) return null;
    place = next;
    page = await ask({ window, size: place.size, at: place.at });
    note(reading, page, known.size);
  }
}

/** Whether rows follow on those that are known. */
function isAnchored(
  rows: readonly Item[],
  known: ReadonlyMap<string, unknown>,
  idle: number,
): boolean {
  const anchor = rows.findIndex(({ key }) => known.has(key));
  return anchor === 0 || (anchor > 0 && idle >= ORDERLY);
}

/** Whether a key comes again after another one. */
function hasScatteredKeys(rows: readonly Item[]): boolean {
  const seen = new Set<string>();
  return rows.some(({ key }, index) => {
    const isAgain = seen.has(key) && rows[index - 1]?.key !== key;
    seen.add(key);
    return isAgain;
  });
}
