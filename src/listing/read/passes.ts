import { SourceError } from "../../errors.js";
import type { PageAnswer, PageQuestion } from "../shape.js";
import { endless, endsList, firstPage, note, type Item, type ListReading } from "./ask.js";

/** Whole passes over a list before it counts as changing too fast to be read. */
const MOST_PASSES = 8;

/** Pages in a row that may bring nothing new before the list counts as endless. */
const PATIENCE = 12;

/** How a list is gone through: in pages of one size, from the first. */
interface Way<R extends Item> {
  readonly window: PageQuestion["window"];
  readonly size: number;
  /** The first page, where it was asked already. */
  readonly first: PageAnswer<R> | null;
}

/**
 * Reads a list whose pages cannot overlap, until two whole passes give the same set.
 *
 * A row is lost to a pass only when one before it goes meanwhile; that one was read in the pass and is
 * missing from the next, so two equal passes prove that nothing was lost. What they do not prove is that
 * no row came and went between two calls of one pass, in both passes at the same place.
 */
export async function readPasses<R extends Item>(
  reading: ListReading<R>,
  way: Way<R>,
): Promise<Map<string, R>> {
  let before = await onePass(reading, way);
  if (before.atomic) return before.rows;
  for (let pass = 1; pass < MOST_PASSES; pass += 1) {
    const now = await onePass(reading, { ...way, first: null });
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
  { window, size, first }: Way<R>,
): Promise<Pass<R>> {
  const rows = new Map<string, R>();
  const tokens = new Set<PageQuestion["at"]>();
  let at = firstPage(reading.shape);
  let offset = 0;
  let idle = 0;
  let page = first;
  for (;;) {
    page ??= await reading.ask({ window, size, at });
    note(reading, page, rows.size);
    const before = rows.size;
    for (const row of page.rows) rows.set(row.key, row);
    if (endsList(reading, page, offset, size)) return { rows, atomic: offset === 0 };
    idle = rows.size > before ? 0 : idle + 1;
    offset += page.rows.length;
    at = nextPage(reading.shape, at, page, size);
    if (idle > PATIENCE || tokens.has(at)) throw endless(reading);
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
