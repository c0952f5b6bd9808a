import type { SourceIssueCode } from "./words.js";

/** Where a list belongs: to a provider, to one of its regions, or to one instance. */
export interface SourcePlace {
  /** Provider key. */
  readonly provider: string;
  readonly region: string | null;
  readonly instanceNativeId: string | null;
  /** Set for a list of instances; a list of backups otherwise. */
  readonly list?: "instances";
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
