import type { TencentAccount } from "../../../domain/account.js";
import { isRow, type Row } from "../../../domain/row.js";
import { sortedQuery } from "../../../http/sign/encode.js";
import { optionalText } from "../../kit/decode.js";
import type { Moment, VendorApi, VendorCall } from "../../../listing/declaration.js";
import { baseOf } from "../../kit/endpoint.js";
import { flatParams } from "../../kit/params.js";
import { meaningOf, refusal, unknownShape } from "../../kit/refusal.js";
import { CODES } from "./codes.js";
import { signTencentV2 } from "./sign.js";

/**
 * Tencent's API 2.0 for Redis, retired by the vendor in favour of 3.0 and kept for installations that
 * still speak it: signed POST forms to `/v2/index.php`, HTTP 200 also for its errors.
 *
 * Source: https://cloud.tencent.com/document/api/239/8402 and 239/1757, read 2026-11-21.
 */
export const tencentV2Api = (account: TencentAccount): VendorApi => ({
  request: (call, moment) => {
    const base = baseOf(account.endpoint, "https://redis.api.qcloud.com", "/v2/index.php");
    const fields = fieldsOf(account, call, moment);
    const signature = signTencentV2(
      { method: "POST", host: base.host, path: base.pathname, fields },
      account.credentials.secretKey,
    );
    return {
      method: "POST",
      url: base.href,
      headers: {
        accept: "application/json",
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        host: base.host,
      },
      body: sortedQuery({ ...fields, Signature: signature }),
    };
  },
  open,
  // No quota of any action is documented.
  rate: () => 20,
});

const fieldsOf = (
  { credentials, signatureMethod }: TencentAccount,
  call: VendorCall,
  { now, nonce }: Moment,
): Record<string, string> =>
  flatParams(
    {
      ...call.params,
      Action: call.action,
      // A positive integer; 31 bits are enough beside the second that they count for.
      Nonce: Number.parseInt(nonce.slice(0, 8), 16) & 0x7fffffff || 1,
      Region: call.region?.id,
      SecretId: credentials.secretId,
      SignatureMethod: signatureMethod,
      Timestamp: Math.floor(now / 1000),
      Token: credentials.token,
    },
    0,
  );

/** The module's number, which the vendor puts before the words of a message. */
const moduleCode = (body: Row): string | null =>
  /^\((\d{4,6})\)/.exec(optionalText(body, "message") ?? "")?.[1] ?? null;

/** `code` is a number or its text; the module's code, where there is one, says more. */
const open: VendorApi["open"] = (body, status, headers): Row => {
  const answer = { status, headers };
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
