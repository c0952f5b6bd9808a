import type { SourceIssue } from "./issue.js";

/** Relay's arguments as the client sent them. Absent ones are null. */
export interface PageArgs {
  readonly first: number | null;
  readonly after: string | null;
  readonly last: number | null;
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
  hasNextPage(): boolean | Promise<boolean>;
  hasPreviousPage(): boolean | Promise<boolean>;
  /** Exact, or null if anything is pending, stale or cut. */
  totalCount(): Promise<number | null>;
  readonly complete: boolean;
  readonly issues: readonly SourceIssue[];
}
