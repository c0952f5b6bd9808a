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
  if (before.atomic) return before.rows;
  for (let pass = 1; pass < MOST_PASSES; pass += 1) {
    const now = await onePass(reading, window, null);
    if (now.atomic || sameKeys(now.rows, before.rows)) return now.rows;
    before = now;
  }
  throw new SourceError("UNAVAILABLE", "The list changes faster than it can be read.");
}

const sameKeys = (a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean =>
  a.size === b.size && [...a.keys()].every((key) => b.has(key));

/** One pass over a list; `atomic` where one page held all of it, so that nothing could move. */
interface Pass<R extends Item> {
  readonly rows: Map<string, R>;
  readonly atomic: boolean;
}

async function onePass<R extends Item>(
  reading: ListReading<R>,
  window: PageQuestion["window"],
  first: PageAnswer<R> | null,
): Promise<Pass<R>> {
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
    if (endsList(reading, page, offset, size)) return { rows: read, atomic: offset === 0 };
    const behind = await behindShort(reading, window, page, size);
    if (behind === "more") return onePass(reading, window, null);
    // Nothing behind a page of which the vendor's total says that it is all: it was not capped.
    if (behind === "end" && page.total === offset + page.rows.length)
      return { rows: read, atomic: offset === 0 };
    if (page.next === null && read.size === before) return { rows: read, atomic: false };
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
 * What stands behind a short page, where the next page's place depends on the size: the page behind it
 * is asked for in the size that came. If it has rows, that size is a cap and is used from now on.
 */
async function behindShort<R extends Item>(
  { ask, shape, memory }: ListReading<R>,
  window: PageQuestion["window"],
  { rows }: PageAnswer<R>,
  size: number,
): Promise<"more" | "end" | "unknown"> {
  const { page } = shape;
  const placeFree = page.style === "token" || (page.style === "offset" && !page.aligned);
  if (placeFree || rows.length === 0 || rows.length >= size) return "unknown";
  const at = page.style === "pageNumber" ? 2 : rows.length;
  const behind = await ask({ window, size: rows.length, at });
  if (behind.rows.length === 0) return "end";
  memory.cap = rows.length;
  return "more";
}
