import type { SourceIssueCode } from "./words.js";

/** Where a list belongs: to a provider, to one of its regions, or to one instance. */
export interface SourcePlace {
  /** Provider key. */
  readonly provider: string;
  readonly region: string | null;
  readonly instanceNativeId: string | null;
}

/** A list that is missing from an answer, or incomplete in it, and why. */
export interface SourceIssue extends SourcePlace {
  readonly code: SourceIssueCode;
  /** Safe to show: it never quotes a vendor's answer. */
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  /** When the data that is shown instead was read. Epoch milliseconds. */
  readonly asOf: number | null;
}
