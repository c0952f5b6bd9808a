/** One list that can be asked on its own, as its vendor pages it. */
export interface ListFacts {
  readonly rows: number;
  /** The most rows of one page. */
  readonly page: number;
}

/**
 * The least calls by which a list can be read whole so that no row is missed while others come and go:
 * a full page proves nothing, so another follows it, and every page begins with a row already read.
 */
export const leastCalls = ({ rows, page }: ListFacts): number =>
  rows < page ? 1 : 1 + Math.max(1, Math.ceil((rows - page) / (page - 1)));

/** The least calls for all of these lists. */
export const leastOf = (lists: readonly ListFacts[]): number =>
  lists.reduce((sum, list) => sum + leastCalls(list), 0);

/** So many lists of the same length. */
export const times = (count: number, list: ListFacts): readonly ListFacts[] =>
  Array.from({ length: count }, () => list);
