/** How a vendor divides a list into pages. Sizes are rows. */
export type PageShape =
  | {
      /** Rows `[offset, offset + limit)`, zero-based. */
      readonly style: "offset";
      readonly offset: string;
      readonly limit: string;
      /** The largest legal limit. */
      readonly max: number;
      /** The offset must be a multiple of the limit. */
      readonly aligned: boolean;
      /** The only legal limits, where not all up to the largest are. */
      readonly sizes?: readonly number[];
    }
  | {
      /** Pages numbered from 1. */
      readonly style: "pageNumber";
      readonly page: string;
      readonly size: string;
      readonly max: number;
      /** The only legal sizes, where not all up to the largest are. */
      readonly sizes?: readonly number[];
    }
  | {
      /** An opaque token in each answer leads to the next page. */
      readonly style: "token";
      readonly token: string;
      readonly size: string;
      readonly max: number;
    };

/** A span of time that a vendor can be asked for. Times are epoch milliseconds. */
export interface WindowShape {
  /** Names of the parameters for the lower and the upper bound. */
  readonly since: string;
  readonly until: string;
  /** The unit that the vendor's parameter is rounded to. */
  readonly precisionMs: number;
  /** The list is refused without a window. */
  readonly mandatory: boolean;
  /** Which instant of a row decides whether it lies in the window. */
  readonly selects: "start" | "end" | "unknown";
  /**
   * How long after its start a row may be selected: 0 where `selects` is `start`, else longer than
   * any backup takes; a row that took longer drops the claim.
   */
  readonly longestMs: number;
  readonly maxSpanMs: number | null;
}

/** All that decides how a list is read safely. */
export interface ListShape {
  readonly page: PageShape;
  readonly window: WindowShape | null;
  /** The vendor's page size where none is asked: fewer rows than this are no silently capped page. */
  readonly defaultSize: number;
}

/** Which page of which window is asked. Window bounds are inclusive instants, already rounded. */
export interface PageQuestion {
  readonly window: { readonly since: number; readonly until: number } | null;
  readonly size: number;
  /** Row offset, page number from 1, or token; null is the first page of a token list. */
  readonly at: number | string | null;
}

/** One HTTP answer's worth of rows. */
export interface PageAnswer<R> {
  readonly rows: readonly R[];
  /** The vendor's own count, where it reports one. */
  readonly total: number | null;
  /** The token of the next page; null at the end and where pages have no tokens. */
  readonly next: string | null;
}
