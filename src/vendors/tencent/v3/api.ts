import type { TencentAccount } from "../../../domain/account.js";
import { isRow, type Row } from "../../../domain/row.js";
import { child, optionalText } from "../../kit/decode.js";
import type { Params, VendorApi } from "../../../listing/declaration.js";
import { baseOf } from "../../kit/endpoint.js";
import { meaningOf, refusal, unknownShape } from "../../kit/refusal.js";
import { CODES } from "./codes.js";
import { signTc3 } from "./sign.js";

/** Calls a second and account that the actions' pages state. */
const RATES: Readonly<Record<string, number>> = {
  DescribeInstanceBackups: 50,
  DescribeInstances: 35,
  DescribeBackupUrl: 20,
};

/**
 * Tencent's API 3.0 for Redis, version 2018-04-12: signed POSTs of JSON to `/`, HTTP 200 also for its
 * errors. An international or a finance host is configured as `endpoint`.
 *
 * Left out: X-TC-Language (messages are not shown); the signatures of 2.0, which 3.0 also takes.
 * Source:   https://cloud.tencent.com/document/api/239/20011, read 2026-11-21.
 */
export const tencentV3Api = (account: TencentAccount): VendorApi => ({
  request: (call, { now }) => {
    const base = baseOf(account.endpoint, "https://redis.tencentcloudapi.com");
    const timestamp = Math.floor(now / 1000);
    const body = bodyOf(call.params);
    const signed = {
      "content-type": "application/json; charset=utf-8",
      host: base.host,
      "x-tc-action": call.action,
    };
    const { token } = account.credentials;
    return {
      method: "POST",
      url: base.href,
      headers: {
        ...signed,
        accept: "application/json",
        authorization: signTc3({ service: "redis", timestamp, signed, body }, account.credentials),
        "x-tc-timestamp": String(timestamp),
        "x-tc-version": "2018-04-12",
        ...(call.region === null ? {} : { "x-tc-region": call.region.id }),
        ...(token === null ? {} : { "x-tc-token": token }),
      },
      body,
    };
  },
  open,
  rate: (action) => (Object.hasOwn(RATES, action) ? (RATES[action] ?? 20) : 20),
});

const bodyOf = (params: Params): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(params).filter(([, value]) => (value ?? "") !== "")),
  );

/** `{ Response }` holds the fields or an `Error`; without it, the answer came from some proxy. */
const open: VendorApi["open"] = (body, status, headers): Row => {
  const response = isRow(body) ? child(body, "Response") : null;
  if (response === null) throw unknownShape({ status, headers });
  const answer = { status, headers, requestId: optionalText(response, "RequestId") };
  if (response["Error"] === undefined || response["Error"] === null) {
    if (status >= 300) throw unknownShape(answer);
    return response;
  }
  const error = child(response, "Error");
  const code = error === null ? null : optionalText(error, "Code");
  if (code === null) throw unknownShape(answer);
  throw refusal({ ...answer, code }, meaningOf(CODES, code));
};
