import type { SourceIssueCode } from "./words.js";

/** A source that is missing from an answer, or cut in it, and why. */
export interface SourceIssue {
  /** Provider key. */
  readonly provider: string;
  readonly region: string | null;
  readonly instanceNativeId: string | null;
  readonly code: SourceIssueCode;
  /** Safe to show: it never quotes what the vendor sent. */
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  /** When the data shown instead was read; epoch milliseconds. */
  readonly asOf: number | null;
}
