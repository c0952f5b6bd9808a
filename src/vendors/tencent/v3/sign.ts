import { hmac, sha256Hex } from "../../../http/sign/digest.js";
import { sortedFields, sortedNames, type Fields } from "../../../http/sign/encode.js";

/** What TC3-HMAC-SHA256 signs: exactly what is sent. */
export interface Tc3Request {
  readonly service: string;
  /** Unix seconds. */
  readonly timestamp: number;
  /** The headers to sign, by lower-case name; content-type and host must be among them. */
  readonly signed: Fields;
  readonly body: string;
}

/** Hex SHA-256 of the canonical form of a POST to `/` without a query. */
export const canonicalTc3 = ({ signed, body }: Tc3Request): string =>
  sha256Hex(
    [
      "POST",
      "/",
      "",
      ...sortedFields(signed).map(([name, value]) => `${name}:${value.trim().toLowerCase()}`),
      "",
      sortedNames(signed),
      sha256Hex(body),
    ].join("\n"),
  );

/**
 * The `authorization` header of Tencent's API 3.0.
 *
 * Source: https://cloud.tencent.com/document/api/239/20011 (signature v3), read 2026-11-21.
 */
export function signTc3(
  request: Tc3Request,
  credentials: { readonly secretId: string; readonly secretKey: string },
): string {
  const { service, timestamp, signed } = request;
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${service}/tc3_request`;
  const text = ["TC3-HMAC-SHA256", String(timestamp), scope, canonicalTc3(request)].join("\n");
  const key = [date, service, "tc3_request"].reduce<string | Buffer>(
    (at, part) => hmac("sha256", at, part),
    "TC3" + credentials.secretKey,
  );
  const signature = hmac("sha256", key, text).toString("hex");
  return `TC3-HMAC-SHA256 Credential=${credentials.secretId}/${scope}, SignedHeaders=${sortedNames(signed)}, Signature=${signature}`;
}
