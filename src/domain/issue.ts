import type { SourceIssueCode } from "./words.js";

/** A source whose rows are missing from an answer or cut off, and why. */
export interface SourceIssue {
  /** Provider key. */
  readonly provider: string;
  readonly region: string | null;
  readonly instanceNativeId: string | null;
  readonly code: SourceIssueCode;
  /** Safe to show: it never quotes a vendor's answer. */
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  /** When the data that is shown instead was read. Epoch milliseconds. */
  readonly asOf: number | null;
}
