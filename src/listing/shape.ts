import type { Notice } from "../paging/slice.js";

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
      /** The only legal limits, if not every limit up to the largest is. */
      readonly sizes?: readonly number[];
    }
  | {
      /** Pages numbered from 1. */
      readonly style: "pageNumber";
      readonly page: string;
      readonly size: string;
      readonly max: number;
      /** The only legal sizes, if not every size up to the largest is. */
      readonly sizes?: readonly number[];
    }
  | {
      /** An opaque token in each answer leads to the next page; a page may be short at any time. */
      readonly style: "token";
      readonly token: string;
      readonly size: string;
      readonly max: number;
      /** The smallest legal size; by default, 1. */
      readonly min?: number;
      /** A token names the last row of its page, so rows that come and go elsewhere move nothing. */
      readonly keyed?: boolean;
    };

/** A span of time that a vendor can be asked for. Times are epoch milliseconds. */
export interface WindowShape {
  /** Names of the parameters for the lower and the upper bound. */
  readonly since: string;
  readonly until: string;
  /** The unit to which the vendor rounds its parameters. */
  readonly precisionMs: number;
  /** The vendor refuses the list without a window. */
  readonly mandatory: boolean;
  /** Each bound may be left out: a window that reaches an end of time is asked without that bound. */
  readonly open?: boolean;
  /** Which instant of a row decides whether it lies in the window. */
  readonly selects: "start" | "end" | "unknown";
  /**
   * How long after its start a row may be selected: 0 if `selects` is `start`, else longer than any backup
   * takes. A row that took longer drops the claim.
   */
  readonly longestMs: number;
  /** The widest window that the vendor accepts; null if its documents state none. */
  readonly maxSpanMs: number | null;
}

/** Everything that decides how a list is read safely. */
export interface ListShape {
  readonly page: PageShape;
  readonly window: WindowShape | null;
  /** The vendor's page size if none is requested: hidden caps below it are rare. */
  readonly defaultSize: number;
  /** The order of the starts of the rows, only if a document of the vendor states it. */
  readonly order: "newestFirst" | "oldestFirst" | "unknown";
  /**
   * What the vendor's count counts: the rows of this list; the backups of this list, each of which may have
   * several rows, so that a count above the rows shows that some are missing and an equal one proves nothing;
   * something else, or something that no document states (all rows of the account, say), which is never held
   * against the list; or it gives no count.
   */
  readonly counts: "rows" | "backups" | "other" | "none";
}

/**
 * Which page of which window to ask for. Window bounds are inclusive instants, already rounded; those of an
 * open window may be infinite.
 */
export interface PageQuestion {
  readonly window: { readonly since: number; readonly until: number } | null;
  readonly size: number;
  /** Row offset, page number from 1, or token; null is the first page of a token list. */
  readonly at: number | string | null;
}

/** Something that a good answer says is missing from it. */
export interface ListNotice extends Notice {
  /** The region that is affected, in a list of all regions; absent if all of them are. */
  readonly region?: string;
}

/** The rows of one HTTP answer. */
export interface PageAnswer<R> {
  readonly rows: readonly R[];
  /** The vendor's own count, if it gives one. */
  readonly total: number | null;
  /** The token of the next page; null at the end and if pages have no tokens. */
  readonly next: string | null;
  /** The next page begins another part of the list (`Listing.parts`). */
  readonly endsPart?: boolean;
  readonly notices?: readonly ListNotice[];
}

/** A row as far as reading a list needs it. Instants are epoch milliseconds. */
export interface Item {
  /** Identity of the wire row. */
  readonly key: string;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** Asks the vendor for one page. */
export type Ask<R extends Item> = (question: PageQuestion) => Promise<PageAnswer<R>>;
