import { hmac } from "../../http/sign/digest.js";
import { percentEncode, sortedQuery, type Fields } from "../../http/sign/encode.js";

/**
 * The `Signature` parameter of Alibaba's RPC API, signature version 1, in base64.
 *
 * Source: https://help.aliyun.com/document_detail/473823.html (RPC signature), read 2026-11-21.
 */
export const signAlibabaV1 = (
  method: "GET" | "POST",
  fields: Fields,
  accessKeySecret: string,
): string =>
  hmac(
    "sha1",
    `${accessKeySecret}&`,
    `${method}&${percentEncode("/")}&${percentEncode(sortedQuery(fields))}`,
  ).toString("base64");
