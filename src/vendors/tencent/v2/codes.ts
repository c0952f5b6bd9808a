import { freeze } from "../../kit/freeze.js";
import type { CodeTable } from "../../kit/refusal.js";

/**
 * Error codes of Tencent's API 2.0: the common ones, then those of its Redis module, by number and by
 * the word of `codeDesc`.
 *
 * Source: https://cloud.tencent.com/document/api/239/1757 and the pages of the actions, read
 *         2026-11-21.
 */
export const CODES: CodeTable = freeze<CodeTable>({
  4000: "BAD_RESPONSE",
  4100: "UNAUTHENTICATED",
  4101: "FORBIDDEN",
  4102: "FORBIDDEN",
  4103: "FORBIDDEN",
  4104: "UNAUTHENTICATED",
  4105: "UNAUTHENTICATED",
  4106: "UNAUTHENTICATED",
  4110: "FORBIDDEN",
  4300: "FORBIDDEN",
  4400: "THROTTLED",
  // A nonce used twice, or a time off by more than five minutes.
  4500: { kind: "UNAUTHENTICATED", clockSkew: true },
  4600: "BAD_RESPONSE",
  5000: "NOT_FOUND",
  5100: "UNAVAILABLE",
  6000: "UNAVAILABLE",
  6100: "BAD_RESPONSE",
  6200: "UNAVAILABLE",
  11201: "BAD_RESPONSE",
  10701: "NOT_FOUND",
  10702: "UNAVAILABLE",
  10707: "UNAVAILABLE",
  10711: "UNAVAILABLE",
  11213: "NOT_FOUND",
  InvalidParameter: "BAD_RESPONSE",
  InstanceNotExists: "NOT_FOUND",
  InstanceStatusAbnormal: "UNAVAILABLE",
  InstanceLockedError: "UNAVAILABLE",
  BackupStatusAbnormal: "UNAVAILABLE",
  BackupNotExists: "NOT_FOUND",
});
