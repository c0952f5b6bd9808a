import type { SourceIssue } from "./issue.js";

/** Relay's arguments as the client sent them; null where absent. */
export interface PageArgs {
  readonly first: number | null;
  readonly after: string | null;
  readonly last: number | null;
  readonly before: string | null;
}

export interface Edge<T> {
  readonly node: T;
  readonly cursor: string;
  /** The row came from a source that failed earlier in this walk, after its place had passed. */
  readonly late: boolean;
}

/** One page of a merged list. The methods may ask vendors, and do so only when called. */
export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly startCursor: string | null;
  readonly endCursor: string | null;
  hasNextPage(): boolean | Promise<boolean>;
  hasPreviousPage(): boolean | Promise<boolean>;
  /** Exact, or null where anything is owed, stale or cut. */
  totalCount(): Promise<number | null>;
  readonly complete: boolean;
  readonly issues: readonly SourceIssue[];
}
