import type { PageQuestion, PageShape } from "../shape.js";

/** Where a page begins, and how many rows it is asked for. */
export interface Place {
  readonly at: PageQuestion["at"];
  /** Its first row's place in the list. */
  readonly offset: number;
  readonly size: number;
}

/**
 * The page that begins at or before the row at `row` and reaches furthest beyond it; null where no legal
 * page holds that row and the next one too, or where pages have no places.
 *
 * Where an offset must be a multiple of the limit, as page numbers make it, another limit puts the edges
 * of pages elsewhere: rows 0 to 99 are followed by the second 99 rows, which begin with row 99.
 */
export function placeAround(page: PageShape, row: number, most: number): Place | null {
  if (page.style === "token" || most < 2) return null;
  if (page.style === "offset" && !page.aligned) return { at: row, offset: row, size: most };
  const sizes = page.sizes ?? Array.from({ length: most }, (_, index) => most - index);
  let best: Place | null = null;
  for (const size of sizes) {
    if (size > most) continue;
    const pages = Math.floor(row / size);
    const offset = pages * size;
    const reach = offset + size;
    if (reach <= (best === null ? row + 1 : best.offset + best.size)) continue;
    best = { at: page.style === "pageNumber" ? pages + 1 : offset, offset, size };
  }
  return best;
}

/** The largest legal size of at most `most` rows; the smallest that there is where all are larger. */
export function legalSize(page: PageShape, most: number): number {
  if (page.style === "token" || page.sizes === undefined) return Math.min(page.max, most);
  const fitting = page.sizes.filter((size) => size <= most);
  return fitting.length === 0 ? Math.min(...page.sizes) : Math.max(...fitting);
}
