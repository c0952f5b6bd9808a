import type { SourceIssueCode } from "./words.js";

/** Where a list belongs: to a provider, to one of its regions, or to one instance. */
export interface SourcePlace {
  /** Provider key. */
  readonly provider: string;
  readonly region: string | null;
  readonly instanceNativeId: string | null;
  /** Set for a list of instances, and for facts of an instance; a list of backups otherwise. */
  readonly list?: "instances" | "facts";
}

/** Lists of one region that are missing from an answer, or incomplete in it, for the same reason. */
export interface SourceIssue extends SourcePlace {
  /** The number of lists. */
  readonly count: number;
  /** The first instances whose lists these are, by the byte order of their ids. */
  readonly instanceNativeIds: readonly string[];
  readonly code: SourceIssueCode;
  /** The vendor's own error code. */
  readonly vendorCode: string | null;
  /** Safe to show: it never quotes a vendor's answer. */
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  /** When the data that is shown instead was read. Epoch milliseconds. */
  readonly asOf: number | null;
}

/** Rows of a page whose size is not asked. */
export const DEFAULT_PAGE_SIZE = 20;

/** Which page of a list to read. What clients send is checked before it becomes one. */
export interface WantedPage {
  /** Whether the page is taken from the end of what the cursors bound. */
  readonly backwards: boolean;
  /** Rows at most; 0 asks for `pageInfo` alone. */
  readonly size: number;
  readonly after: string | null;
  readonly before: string | null;
}

export interface Edge<T> {
  readonly node: T;
  readonly cursor: string;
  /** Whether the row arrives out of order, because its source failed on an earlier page. */
  readonly late: boolean;
}

/** One page of a merged list. Its methods may make vendor calls, so call them only when needed. */
export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly startCursor: string | null;
  readonly endCursor: string | null;
  hasNextPage(): Promise<boolean>;
  /** The same if it is known already, else null. */
  peekNextPage(): boolean | null;
  hasPreviousPage(): Promise<boolean>;
  /** The same if it is known already, else null. */
  peekPreviousPage(): boolean | null;
  /** Exact, or null if a row is pending, or a list is stale or incomplete. */
  totalCount(): Promise<number | null>;
  readonly complete: boolean;
  readonly issues: readonly SourceIssue[];
}
