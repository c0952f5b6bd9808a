import { SourceError } from "../../errors.js";
import {
  countsRows,
  endless,
  endsList,
  notePage,
  pageSizeOf,
  type ListReading,
} from "./evidence.js";
import {
  firstPage,
  keysOf,
  legalSize,
  mayBeRounded,
  nextPage,
  placeAround,
  placeOf,
  type PagePlace,
} from "./layout.js";
import type { Item, ListShape, PageAnswer, PageQuestion } from "../shape.js";

/** How many pages in a row may have no new row before a list counts as endless. */
const PATIENCE = 12;

/** How many pages in a row may have no new row before a page is accepted whose rows changed their order. */
const ORDERLY = 6;

/** How many whole passes are made before the list counts as changing too fast to be read. */
const MOST_PASSES = 8;

/**
 * Reads every page of a list, or of a window of it, so that rows which come and go meanwhile are neither
 * lost nor repeated: with pages that overlap or, where they cannot overlap, with whole passes.
 *
 * `first` is its first page, of the size that `pageSizeOf` gives.
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
  // A short page that is not the last one reveals a hidden cap, and no larger size can give a place.
  const size = isShort ? legalSize(shape.page, shown === 0 ? shape.defaultSize : shown) : asked;
  const isSame = !isShort || (shown > 0 && shown <= size);
  const overlapping = await readOverlapping(reading, window, first, size);
  const rows =
    overlapping ?? (await readPasses(reading, { window, size, first: isSame ? first : null }));
  // Rows that come meanwhile must not make all pages of the listing tiny.
  if (!isShort || shown === 0 || rows.size < 2 * shown) return rows;
  if (size >= shape.defaultSize) memory.cap = size;
  if (shown < shape.defaultSize) memory.cut = true;
  return rows;
}

/**
 * Reads a list by places with pages that overlap.
 *
 * Every page must begin with a row that was read before: then all rows before it that still exist were
 * read before, and the rows behind it follow in the page. If it begins with another row, rows before it
 * have gone or come, so the reading steps back until a page begins with a known row, at the latest at the
 * start of the list. Rows that appear together, such as a set of shards, are therefore seen together. A
 * page that is shorter than requested and has no new row is the last one, whatever the total says, unless the
 * reading has stepped back to it: then the vendor may hide the rows behind it.
 *
 * Returns null for a list that shows one key in two separate places, where a known key proves no place,
 * where pages cannot overlap any further, where the vendor may round their sizes, and where it hides rows.
 */
async function readOverlapping<R extends Item>(
  reading: ListReading<R>,
  window: PageQuestion["window"],
  first: PageAnswer<R>,
  most: number,
): Promise<Map<string, R> | null> {
  const { shape, ask } = reading;
  const known = new Map<string, R>();
  let page = first;
  let place: PagePlace = { at: null, offset: 0, size: most };
  let row = 0;
  let back = 1;
  let idle = 0;
  let repeats = 0;
  for (;;) {
    if (hasScatteredKeys(page.rows)) return null;
    const before = known.size;
    if (place.offset === 0 || isAnchored(page.rows, known, idle)) {
      for (const item of page.rows) known.set(item.key, item);
      const isNew = page === first || known.size > before;
      repeats = isNew ? 0 : repeats + 1;
      const isEmptyHanded = !isNew && page.rows.length < place.size;
      const isCountedOn = page.total !== null && page.total > place.offset + page.rows.length;
      if (isEmptyHanded && back > 1 && isCountedOn) return null;
      if (isEmptyHanded || endsList(reading, page, place.offset, place.size)) {
        // A size that was rounded down cuts the page before its last row.
        const isCut = place.size < most && mayBeRounded(shape, page.rows, place.size);
        const isSure = !isCut || !overlapsBySize(shape);
        return isSure || (await isWhole(reading, { window, size: most, known })) ? known : null;
      }
      row = Math.max(place.offset + page.rows.length - 1, 0);
      back = 1;
    } else {
      repeats = 0;
      row = Math.max(0, place.offset - back);
      back *= 2;
    }
    idle = known.size > before ? 0 : idle + 1;
    // A size that is rounded up moves the edges of pages, too.
    const isLonger = place.size < most && keysOf(page.rows) > place.size;
    if ((isLonger || idle > PATIENCE) && overlapsBySize(shape)) return null;
    if (isAllCounted(reading, page, { idle, repeats, known: known.size })) return known;
    const next = placeAround(shape.page, row, most);
    if (next === null || isStuck(place, next, page)) return null;
    place = next;
    page = await ask({ window, size: place.size, at: place.at });
    notePage(reading, page, known.size);
  }
}

/**
 * Whether only the same page could follow. It would prove nothing: pages with numbers do not overlap if a
 * hidden cap is below their smallest size, and no page of one row overlaps another.
 */
const isStuck = (place: PagePlace, next: PagePlace, { rows }: PageAnswer<Item>): boolean =>
  next.offset === place.offset && next.size === place.size && rows.length > 0;

/** How many pages in a row may repeat known rows once as many rows are known as the vendor counts. */
const REPEATS = 3;

/**
 * Whether pages that only repeat known rows end the list: soon if all rows are known that the vendor counts,
 * else after `PATIENCE` pages, and the count then says how many rows are missing.
 * @throws {SourceError} BAD_RESPONSE if the vendor counts nothing, because then nothing marks the end.
 */
function isAllCounted<R extends Item>(
  reading: ListReading<R>,
  { total }: PageAnswer<R>,
  { idle, repeats, known }: { idle: number; repeats: number; known: number },
): boolean {
  if (total !== null && repeats >= REPEATS && known >= total) return true;
  if (idle <= PATIENCE) return false;
  if (total === null || !countsRows(reading)) throw endless(reading);
  return true;
}

/** Whether pages overlap only if they have another size. */
const overlapsBySize = ({ page }: ListShape): boolean =>
  page.style === "pageNumber" || (page.style === "offset" && page.aligned);

/** Whether the last page, in the size of the first one, which the vendor takes as it is, shows no more rows. */
async function isWhole<R extends Item>(
  { ask, shape }: ListReading<R>,
  way: Omit<Way<R>, "first"> & { readonly known: ReadonlyMap<string, R> },
): Promise<boolean> {
  const { window, size, known } = way;
  const { at } = placeOf(shape.page, known.size - 1, size);
  const { rows } = await ask({ window, size, at });
  return rows.length > 0 && rows.length < size && rows.every(({ key }) => known.has(key));
}

/** Whether a page continues from a known row. */
function isAnchored(
  rows: readonly Item[],
  known: ReadonlyMap<string, unknown>,
  idle: number,
): boolean {
  const anchor = rows.findIndex(({ key }) => known.has(key));
  return anchor === 0 || (anchor > 0 && idle >= ORDERLY);
}

/** Whether a key appears again after a different one. */
function hasScatteredKeys(rows: readonly Item[]): boolean {
  const seen = new Set<string>();
  return rows.some(({ key }, index) => {
    const isAgain = seen.has(key) && rows[index - 1]?.key !== key;
    seen.add(key);
    return isAgain;
  });
}

/** How to go through a list: in pages of one size, from the first. */
export interface Way<R extends Item> {
  readonly window: PageQuestion["window"];
  readonly size: number;
  /** The first page, if it was asked for already. */
  readonly first: PageAnswer<R> | null;
}

/** A page, its position, and the number of rows that the pages before it had. */
interface Step<R extends Item> {
  readonly page: PageAnswer<R>;
  readonly at: PageQuestion["at"];
  readonly offset: number;
}

/** Asks for page after page. Ends where the vendor gives no token or repeats one; the caller ends it earlier. */
export async function* straightPages<R extends Item>(
  { ask, shape }: ListReading<R>,
  { window, size, first }: Way<R>,
): AsyncGenerator<Step<R>, void, undefined> {
  const seen = new Set<PageQuestion["at"]>([null]);
  let at = firstPage(shape);
  let offset = 0;
  let page = first ?? (await ask({ window, size, at }));
  for (;;) {
    yield { page, at, offset };
    offset += page.rows.length;
    at = nextPage(shape, at, page, size);
    if (seen.has(at)) return;
    if (typeof at === "string") seen.add(at);
    page = await ask({ window, size, at });
  }
}

/**
 * Reads a list whose pages cannot overlap, until two whole passes give the same set.
 *
 * A pass loses a row only if an earlier row goes meanwhile. The pass had read that row and the next one
 * lacks it, so two equal passes prove that nothing was lost. They do not prove that no row came and went
 * between two calls of one pass, at the same place in both passes.
 */
async function readPasses<R extends Item>(
  reading: ListReading<R>,
  way: Way<R>,
): Promise<Map<string, R>> {
  let before = await onePass(reading, way);
  if (before.atomic || isKeyed(reading.shape)) return before.rows;
  for (let pass = 1; pass < MOST_PASSES; pass += 1) {
    const now = await onePass(reading, { ...way, first: null });
    if (now.atomic || sameKeys(now.rows, before.rows)) return now.rows;
    before = now;
  }
  throw new SourceError("UNAVAILABLE", "The list changes faster than it can be read.");
}

/** How many passes a list of several pages takes. */
export const passesOf = (shape: ListReading<Item>["shape"]): 1 | 2 =>
  shape.page.style !== "token" || isKeyed(shape) ? 1 : 2;

/** Whether each page begins right after the last row of the page before, wherever that row is by then. */
const isKeyed = ({ page }: ListReading<Item>["shape"]): boolean =>
  page.style === "token" && page.keyed === true;

const sameKeys = (a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean =>
  a.size === b.size && [...a.keys()].every((key) => b.has(key));

/** One pass over a list. `atomic`: one page held all of it, so nothing could move. */
interface Pass<R extends Item> {
  readonly rows: Map<string, R>;
  readonly atomic: boolean;
}

async function onePass<R extends Item>(reading: ListReading<R>, way: Way<R>): Promise<Pass<R>> {
  const rows = new Map<string, R>();
  let head: PageAnswer<R> | null = null;
  let idle = 0;
  for await (const { page, offset } of straightPages(reading, way)) {
    const { size, first } = way;
    // If it is rounded, the pages behind it have other places. What it was rounded to is not rounded again.
    if (head === null && first === null && mayBeRounded(reading.shape, page.rows, size))
      return onePass(reading, { ...way, size: page.rows.length });
    head ??= page;
    notePage(reading, page, rows.size);
    const before = rows.size;
    for (const row of page.rows) rows.set(row.key, row);
    idle = rows.size > before || page.endsPart === true ? 0 : idle + 1;
    const repeated = { idle, repeats: idle, known: rows.size };
    if (!endsList(reading, page, offset, way.size) && !isAllCounted(reading, page, repeated))
      continue;
    // If the first page had all rows that the vendor counts, no row can have moved past the reading.
    const isOnHead =
      countsRows(reading) &&
      [head.rows.length, head.total, page.total].every((count) => count === rows.size);
    // Lists that are read at the same time may have settled meanwhile that it was the only page.
    const asked = way.first === null ? way.size : pageSizeOf(reading);
    const isHead = keysOf(head.rows) === rows.size && endsList(reading, head, 0, asked);
    return { rows, atomic: isOnHead || isHead };
  }
  throw endless(reading);
}
