import { freeze } from "../kit/freeze.js";
import { meaningOf, type CodeTable, type Meaning } from "../kit/refusal.js";

/**
 * Error codes of Alibaba's gateway and of R-kvstore; a code is looked up whole, then by its part
 * before the dot. Parameter faults (`Missing…`, `….Malformed`) are left to their HTTP status 400.
 *
 * Source: https://help.aliyun.com/document_detail/473823.html and the pages of the actions, read
 *         2026-11-21.
 */
const CODES: CodeTable = freeze<CodeTable>({
  InvalidAccessKeyId: "UNAUTHENTICATED",
  InvalidAccessKeySecret: "UNAUTHENTICATED",
  InvalidSecurityToken: "UNAUTHENTICATED",
  SignatureDoesNotMatch: "UNAUTHENTICATED",
  IncompleteSignature: "UNAUTHENTICATED",
  InvalidTimeStamp: "UNAUTHENTICATED",
  "InvalidTimeStamp.Expired": { kind: "UNAUTHENTICATED", clockSkew: true },
  IllegalTimestamp: { kind: "UNAUTHENTICATED", clockSkew: true },
  // Every attempt is signed anew, with a nonce of its own.
  SignatureNonceUsed: { kind: "UNAUTHENTICATED", retryable: true },
  Forbidden: "FORBIDDEN",
  ActionUnauthorized: "FORBIDDEN",
  "Forbidden.InstanceNotFound": "NOT_FOUND",
  "InvalidInstanceId.NotFound": "NOT_FOUND",
  // The host is not this product's.
  InvalidApi: "BAD_RESPONSE",
  InvalidProduct: "BAD_RESPONSE",
  MissingParameter: "BAD_RESPONSE",
  ServiceUnavailable: "UNAVAILABLE",
  InternalError: "UNAVAILABLE",
});

/** Throttling has many codes (`Throttling.User`, `Throttling.Api`), most with HTTP status 400. */
export const meaningOfCode = (code: string): Meaning | undefined =>
  code.includes("Throttling") ? "THROTTLED" : meaningOf(CODES, code);
