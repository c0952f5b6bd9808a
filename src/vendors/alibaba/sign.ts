import {
  type Fields,
  hmac,
  percentEncode,
  sha256Hex,
  sortedFields,
  sortedNames,
  sortedQuery,
} from "../../http/sign/encode.js";

/** What ACS3-HMAC-SHA256 signs: exactly what is sent. */
export interface Acs3Request {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** The query as it is sent: percent-encoded, in order of names. */
  readonly query: string;
  /** The headers to sign, by lower-case name: host and every `x-acs-*`. */
  readonly signed: Fields;
  readonly body: string;
}

/** Hex SHA-256 of the canonical request. */
export const canonicalAcs3 = ({ method, path, query, signed, body }: Acs3Request): string =>
  sha256Hex(
    [
      method,
      path,
      query,
      ...sortedFields(signed).map(([name, value]) => `${name}:${value.trim()}`),
      "",
      sortedNames(signed),
      sha256Hex(body),
    ].join("\n"),
  );

/**
 * The `authorization` header of Alibaba's API, signature version 3.
 *
 * Source: https://help.aliyun.com/document_detail/2712195.html (V3 request structure and signature),
 *         read 2026-11-21.
 */
export function signAcs3(
  request: Acs3Request,
  credentials: { readonly accessKeyId: string; readonly accessKeySecret: string },
): string {
  const text = `ACS3-HMAC-SHA256\n${canonicalAcs3(request)}`;
  const signature = hmac("sha256", credentials.accessKeySecret, text).toString("hex");
  return `ACS3-HMAC-SHA256 Credential=${credentials.accessKeyId},SignedHeaders=${sortedNames(request.signed)},Signature=${signature}`;
}

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
