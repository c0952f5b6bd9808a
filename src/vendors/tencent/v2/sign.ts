import { hmac } from "../../../http/sign/digest.js";
import { sortedPairs, type Fields } from "../../../http/sign/encode.js";

/** What a signature of API 2.0 covers. */
export interface TencentV2Request {
  readonly method: "GET" | "POST";
  readonly host: string;
  readonly path: string;
  /** All parameters but `Signature`; `SignatureMethod` is one of them. */
  readonly fields: Fields;
}

/**
 * The `Signature` parameter of Tencent's API 2.0, in base64; values are signed as they are, before
 * they are encoded for sending.
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
