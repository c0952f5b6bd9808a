import type { Row } from "../../domain/row.js";
import { refusal } from "../verify/request.js";
import type { Refusal } from "../verify/request.js";
import { CloudRefusal } from "../vendorCloud.js";

/** A module's own error: it stands in the message and in `codeDesc`, and has a common code. */
const MODULE_ERRORS: Readonly<Record<string, { readonly common: number; readonly word: string }>> =
  {
    "10701": { common: 5000, word: "InstanceNotExists" },
    "10711": { common: 5100, word: "BackupStatusAbnormal" },
    "11201": { common: 4000, word: "InvalidParameter" },
    "11213": { common: 5000, word: "BackupNotExists" },
  };

// The table of common codes gives no words for `codeDesc`; these say the same as its texts.
const COMMON_WORDS: Readonly<Record<string, string>> = {
  "4000": "InvalidParameter",
  "4100": "AuthFailure",
  "4104": "SecretIdNotFound",
  "4105": "TokenFailure",
  "4400": "QuotaExceeded",
  "4500": "ReplayAttack",
  "6000": "InternalError",
};

/** Ends a call with a code of the API 2.0, common or a module's. */
export const refused = (code: string, message: string): CloudRefusal =>
  new CloudRefusal(refusal(200, code, message));

/** The body of an error: `(11201)` stands before a module's text, as the error page shows it. */
export function errorBodyOf({ code, message }: Refusal): Row {
  const own = Object.hasOwn(MODULE_ERRORS, code) ? MODULE_ERRORS[code] : undefined;
  if (own !== undefined)
    return { code: own.common, message: `(${code})${message}`, codeDesc: own.word };
  return { code: Number(code), message, codeDesc: COMMON_WORDS[code] ?? "OperationFailed" };
}
