import { freeze } from "../../kit/freeze.js";
import type { CodeTable } from "../../kit/refusal.js";

/**
 * Error codes of Tencent's API 3.0; a code is looked up whole, then by its part before the dot.
 *
 * Source: https://cloud.tencent.com/document/api/239/20018 and 239/20016, read 2026-11-21.
 */
export const CODES: CodeTable = freeze<CodeTable>({
  AuthFailure: "UNAUTHENTICATED",
  "AuthFailure.SignatureExpire": { kind: "UNAUTHENTICATED", clockSkew: true },
  "AuthFailure.UnauthorizedOperation": "FORBIDDEN",
  UnauthorizedOperation: "FORBIDDEN",
  IpNotInWhitelist: "FORBIDDEN",
  IpInBlacklist: "FORBIDDEN",
  // Documented as a missing permission in CAM, whatever its first word says.
  "InvalidParameter.PermissionDenied": "FORBIDDEN",
  RequestLimitExceeded: "THROTTLED",
  // A quota of resources, not a rate: waiting does not help.
  LimitExceeded: { kind: "UNAVAILABLE", retryable: false },
  ResourceNotFound: "NOT_FOUND",
  "InvalidParameterValue.BackupNotExists": "NOT_FOUND",
  "ResourceUnavailable.InstanceDeleted": "NOT_FOUND",
  ResourceUnavailable: "UNAVAILABLE",
  MissingParameter: "BAD_RESPONSE",
  InvalidParameter: "BAD_RESPONSE",
  InvalidParameterValue: "BAD_RESPONSE",
  UnknownParameter: "BAD_RESPONSE",
  UnsupportedRegion: "BAD_RESPONSE",
  UnsupportedOperation: "BAD_RESPONSE",
  InvalidAction: "BAD_RESPONSE",
  NoSuchVersion: "BAD_RESPONSE",
  ActionOffline: "BAD_RESPONSE",
  InternalError: "UNAVAILABLE",
  FailedOperation: "UNAVAILABLE",
  ServiceUnavailable: "UNAVAILABLE",
});
