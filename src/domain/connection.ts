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
