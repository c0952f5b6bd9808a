import type { Row } from "../../domain/row.js";
import { refusal } from "../verify/request.js";
import type { Refusal } from "../verify/request.js";
import { CloudRefusal } from "../vendorCloud.js";

/** An error of a module. It is in the message and in `codeDesc`, and has a common code. */
const MODULE_ERRORS: Readonly<Record<string, { readonly common: number; readonly word: string }>> =
  {
    "10701": { common: 5000, word: "InstanceNotExists" },
    "10711": { common: 5100, word: "BackupStatusAbnormal" },
    "11201": { common: 4000, word: "InvalidParameter" },
    "11213": { common: 5000, word: "BackupNotExists" },
  };

// The table of common codes has no values for `codeDesc`. These match its texts.
const COMMON_WORDS: Readonly<Record<string, string>> = {
  "4000": "InvalidParameter",
  "4100": "AuthFailure",
  "4104": "SecretIdNotFound",
  "4105": "TokenFailure",
  "4400": "QuotaExceeded",
  "4500": "ReplayAttack",
  "6000": "InternalError",
};

/** Ends a call with an error code of API 2.0, either a common one or one of a module. */
export const refused = (code: string, message: string): CloudRefusal =>
  new CloudRefusal(refusal(200, code, message));

/** The body of an error. As on the error page, `(11201)` precedes the text of a module. */
export function errorBodyOf({ code, message }: Refusal): Row {
  const own = Object.hasOwn(MODULE_ERRORS, code) ? MODULE_ERRORS[code] : undefined;
  if (own !== undefined)
    return { code: own.common, message: `(${code})${message}`, codeDesc: own.word };
  return { code: Number(code), message, codeDesc: COMMON_WORDS[code] ?? "OperationFailed" };
}
