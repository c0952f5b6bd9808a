/** One list that can be read separately, with the page size of its vendor. */
export interface ListFacts {
  readonly rows: number;
  /** The largest number of rows of one page. */
  readonly page: number;
  /** Whether pages follow each other by token, so that none can begin with a row that was already read. */
  readonly byToken?: boolean;
}

/**
 * The fewest calls with which a list can be read completely, missing no row while others appear and disappear:
 * a full page proves nothing, so another follows, and every page begins with a row that was already read. Pages by
 * token say themselves that the list ends; a list of several of them is read twice.
 */
export function leastCalls({ rows, page, byToken = false }: ListFacts): number {
  if (byToken) return rows <= page ? 1 : 2 * Math.ceil(rows / page);
  return rows < page ? 1 : 1 + Math.max(1, Math.ceil((rows - page) / (page - 1)));
}

/** The fewest calls for all of these lists. */
export const leastOf = (lists: readonly ListFacts[]): number =>
  lists.reduce((sum, list) => sum + leastCalls(list), 0);

/** A number of lists of the same length. */
export const times = (count: number, list: ListFacts): readonly ListFacts[] =>
  Array.from({ length: count }, () => list);
