import type { CodeTable } from "../kit/refusal.js";

/**
 * UCloud's RetCodes. No code is documented for an unknown instance or backup.
 *
 * Left out: 20203, 20207 and 20208, which only calls that write can meet.
 * Source: https://docs.ucloud.cn/api/summary/public and umem-api/error_code, read 2026-11-21.
 */
export const RET_CODES: CodeTable = Object.freeze({
  110: "TIMEOUT",
  130: "UNAVAILABLE",
  150: "UNAVAILABLE",
  153: "THROTTLED",
  160: "BAD_RESPONSE",
  161: "BAD_RESPONSE",
  170: "UNAUTHENTICATED",
  171: "UNAUTHENTICATED",
  172: "UNAUTHENTICATED",
  174: "UNAUTHENTICATED",
  220: "BAD_RESPONSE",
  230: "BAD_RESPONSE",
  240: "FORBIDDEN",
  292: "FORBIDDEN",
  293: "FORBIDDEN",
  294: "FORBIDDEN",
  295: "FORBIDDEN",
  299: "FORBIDDEN",
  20003: "UNAVAILABLE",
  20004: "FORBIDDEN",
  20013: "FORBIDDEN",
  20016: "UNAVAILABLE",
  20102: "UNAVAILABLE",
  20202: "UNAVAILABLE",
  20206: "UNAVAILABLE",
});

/** `Missing params [X]`: the account may not list backups without naming a group. */
export const MISSING_PARAMETER = "220";
