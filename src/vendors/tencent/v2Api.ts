import type { TencentAccount } from "../../domain/account.js";
import { isRow, type Row } from "../../domain/row.js";
import { type Fields, hmac, sortedPairs } from "../../http/sign/encode.js";
import { encodedRequest, signedBy, type Signer } from "../../listing/authenticator.js";
import type { CodeTable, VendorApi } from "../../listing/declaration.js";
import { parseJson } from "../../listing/decoder.js";
import { optionalText, tableOf } from "../kit/decode.js";
import {
  HTTPS_ONLY,
  meaningOf,
  MFA_WANTED,
  refusal,
  SECRET_WRONG,
  TOKEN_EXPIRED,
  UNKNOWN_KEY,
  unknownShape,
} from "../kit/refusal.js";
import { baseOf, flatParams, formRequest } from "../kit/request.js";

/**
 * Tencent's API 2.0 for Redis, which the vendor retired in favour of 3.0, for installations that still
 * use it: signed POST forms to `/v2/index.php`, HTTP 200 also for errors.
 *
 * Source: https://cloud.tencent.com/document/api/239/8402 and 239/1757, read 2026-11-21.
 */
export const tencentV2Api = (account: TencentAccount): VendorApi => ({
  request: ({ action, region, params }) =>
    formRequest(
      baseOf(account.endpoint, "https://redis.api.qcloud.com", "/v2/index.php"),
      flatParams({ ...params, Action: action, Region: region?.id }, 0),
    ),
  authenticator: signedBy(signerOf(account)),
  decode: parseJson,
  codes: CODES,
  open,
  // No quota of any action is documented.
  rate: 20,
  permission: (action) => `redis:${action}`,
});

const signerOf =
  ({ credentials, signatureMethod }: TencentAccount): Signer =>
  (request, { now, nonce }) => {
    const { method, url, headers } = request;
    const fields = {
      ...request.form,
      // A positive integer; 31 bits are enough beside the second that they count for.
      Nonce: String(Number.parseInt(nonce.slice(0, 8), 16) & 0x7fffffff || 1),
      SecretId: credentials.secretId,
      SignatureMethod: signatureMethod,
      Timestamp: String(Math.floor(now / 1000)),
      ...(credentials.token === null ? {} : { Token: credentials.token }),
    };
    const signed = { method, host: url.host, path: url.pathname, fields };
    const Signature = signTencentV2(signed, credentials.secretKey);
    return encodedRequest({
      ...request,
      headers: { ...headers, host: url.host },
      form: { ...fields, Signature },
    });
  };

/** The number of the module, which begins the message. */
const moduleCode = (body: Row): string | null =>
  /^\((\d{4,6})\)/.exec(optionalText(body, "message") ?? "")?.[1] ?? null;

/** `code` is a number or its text; the module's code, if there is one, says more. */
const open: VendorApi["open"] = (body, status): Row => {
  const answer = { status };
  const code = isRow(body) ? optionalText(body, "code") : null;
  if (!isRow(body) || code === null) throw unknownShape(answer);
  if (code !== "0") {
    const codes = [optionalText(body, "codeDesc"), moduleCode(body), code];
    const known = codes.find((each) => each !== null && meaningOf(CODES, each) !== undefined);
    throw refusal({ ...answer, code: known ?? code }, meaningOf(CODES, known ?? code));
  }
  if (status >= 300) throw unknownShape(answer);
  return body;
};

/** What a signature of API 2.0 covers. */
export interface TencentV2Request {
  readonly method: "GET" | "POST";
  readonly host: string;
  readonly path: string;
  /** All parameters but `Signature`; `SignatureMethod` is one of them. */
  readonly fields: Fields;
}

/**
 * The `Signature` parameter of Tencent's API 2.0, in base64; values are signed before they are
 * encoded.
 *
 * Left out: `_` in a parameter's name is signed as `.`; no parameter here has one.
 * Source:   https://cloud.tencent.com/document/api/213/15692 (signature v1), read 2026-11-21.
 */
export const signTencentV2 = (
  { method, host, path, fields }: TencentV2Request,
  secretKey: string,
): string =>
  hmac(
    fields["SignatureMethod"] === "HmacSHA256" ? "sha256" : "sha1",
    secretKey,
    `${method}${host}${path}?${sortedPairs(fields)}`,
  ).toString("base64");

/**
 * Error codes of Tencent's API 2.0: the common ones, then those of its Redis module, by number and by
 * the word of `codeDesc`.
 *
 * Source: https://cloud.tencent.com/document/api/239/1757 and the pages of the actions, read
 *         2026-11-21.
 */
const CODES: CodeTable = Object.freeze<CodeTable>({
  ...tableOf({
    BAD_RESPONSE: [4000, 6100, 11201],
    FORBIDDEN: [4101, 4102, 4103, 4110],
    THROTTLED: [4400],
    NOT_FOUND: [5000, 10701, 11213],
    UNAVAILABLE: [5100, 6000, 6200, 10702, 10707, 10711],
  }),
  ...tableOf({
    BAD_RESPONSE: ["InvalidParameter"],
    NOT_FOUND: ["InstanceNotExists", "BackupNotExists"],
    UNAVAILABLE: ["InstanceStatusAbnormal", "InstanceLockedError", "BackupStatusAbnormal"],
  }),
  4100: SECRET_WRONG,
  4104: UNKNOWN_KEY,
  4105: TOKEN_EXPIRED,
  4106: MFA_WANTED,
  4300: {
    kind: "FORBIDDEN",
    message: "The vendor blocks the account, or does not offer this API to it.",
  },
  4600: HTTPS_ONLY,
  4200: { kind: "UNAUTHENTICATED", clockSkew: true },
  // A nonce used twice, or a time off by more than five minutes.
  4500: { kind: "UNAUTHENTICATED", clockSkew: true },
});
