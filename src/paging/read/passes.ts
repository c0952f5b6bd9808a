import { SourceError } from "../../errors.js";
import type { PageAnswer, PageQuestion } from "../shape.js";
import {
  endless,
  endsList,
  firstPage,
  note,
  pageSizeOf,
  type Item,
  type ListReading,
} from "./ask.js";

/** Whole passes over a list before it counts as changing too fast to be read. */
const MOST_PASSES = 8;

/**
 * Reads a list whose pages cannot overlap, until two whole passes give the same set.
 *
 * A row is lost to a pass only when one before it goes meanwhile; that one was read in the pass and is
 * missing from the next, so two equal passes prove that nothing was lost.
 */
export async function readPasses<R extends Item>(
  reading: ListReading<R>,
  window: PageQuestion["window"],
  first: PageAnswer<R> | null,
): Promise<Map<string, R>> {
  let before = await onePass(reading, window, first);
  for (let pass = 1; pass < MOST_PASSES; pass += 1) {
    const now = await onePass(reading, window, null);
    if (now.size === before.size && [...now.keys()].every((key) => before.has(key))) return now;
    before = now;
  }
  throw new SourceError("UNAVAILABLE", "The list changes faster than it can be read.");
}

async function onePass<R extends Item>(
  reading: ListReading<R>,
  window: PageQuestion["window"],
  first: PageAnswer<R> | null,
): Promise<Map<string, R>> {
  const size = pageSizeOf(reading);
  const read = new Map<string, R>();
  const tokens = new Set<string>();
  let at = firstPage(reading.shape);
  let offset = 0;
  let page = first;
  for (;;) {
    page ??= await reading.ask({ window, size, at });
    note(reading, page, read.size);
    const before = read.size;
    for (const row of page.rows) read.set(row.key, row);
    if (endsList(reading, page, offset, size)) return read;
    if (await learnsCap(reading, window, page, size)) return onePass(reading, window, null);
    if (page.next === null && read.size === before) return read;
    offset += page.rows.length;
    at = nextPage(reading.shape, at, page, size);
    if (typeof at === "string" && tokens.has(at)) throw endless();
    if (typeof at === "string") tokens.add(at);
    page = null;
  }
}

function nextPage<R extends Item>(
  { page: shape }: ListReading<R>["shape"],
  at: PageQuestion["at"],
  { rows, next }: PageAnswer<R>,
  size: number,
): PageQuestion["at"] {
  if (shape.style === "token") return next;
  if (shape.style === "pageNumber") return Number(at) + 1;
  return Number(at) + (shape.aligned ? size : rows.length);
}

/**
 * Whether a short page was capped by the vendor, where the next page's place depends on the size: the
 * page behind it is asked for in the size that came. If it has rows, that size is used from now on.
 */
async function learnsCap<R extends Item>(
  { ask, shape, memory }: ListReading<R>,
  window: PageQuestion["window"],
  { rows }: PageAnswer<R>,
  size: number,
): Promise<boolean> {
  const { page } = shape;
  const placeFree = page.style === "token" || (page.style === "offset" && !page.aligned);
  if (placeFree || rows.length === 0 || rows.length >= size) return false;
  const at = page.style === "pageNumber" ? 2 : rows.length;
  const behind = await ask({ window, size: rows.length, at });
  if (behind.rows.length === 0) return false;
  memory.cap = rows.length;
  return true;
}
