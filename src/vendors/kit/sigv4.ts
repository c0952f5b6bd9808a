import { hash } from "node:crypto";
import type { AwsCredentials } from "../../domain/account.js";
import {
  type Fields,
  hmac,
  sortedFields,
  sortedNames,
  sortedQuery,
} from "../../http/sign/encode.js";
import { encodedRequest, type Signer, type UnsignedRequest } from "../../listing/authenticator.js";
import { signingKey } from "./request.js";

/*
 * AWS Signature Version 4, in a header or in the query.
 *
 * Left out: encoding the path a second time, as all services but S3 do. Only S3 has a path other than `/` here.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html and
 *         https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html, read 2026-11-29.
 */

const ALGORITHM = "AWS4-HMAC-SHA256";

/** In place of the hash of a body that is not signed. */
export const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

/** What a signature covers: exactly what is sent. */
interface SignedParts {
  readonly method: string;
  readonly url: URL;
  readonly query: Fields;
  /** The headers that are signed, by lower-case name. */
  readonly headers: Fields;
  /** Hex SHA-256 of the body, or `UNSIGNED_PAYLOAD`. */
  readonly payload: string;
  /** As `pathOf` returns it. */
  readonly scope: string;
  readonly time: string;
}

/**
 * The signer of one account: signs every header of the request, `host`, `x-amz-date` and the session token.
 *
 * The request's `scope` says for which service and region. A header `x-amz-content-sha256`, which S3 requires,
 * replaces the hash of the body.
 */
export const signerV4 =
  (credentials: AwsCredentials): Signer =>
  (request, { now }) => {
    const { method, url, query = {} } = request;
    const time = timeOf(now);
    const scope = pathOf(request, time);
    const headers: Fields = {
      host: url.host,
      "x-amz-date": time,
      ...request.headers,
      ...tokenAs("x-amz-security-token", credentials),
    };
    const sent = encodedRequest({ ...request, headers });
    const payload = headers["x-amz-content-sha256"] ?? hash("sha256", sent.body ?? "");
    const parts = { method, url, query, headers, payload, scope, time };
    const signature = signatureOf(parts, credentials);
    const authorization = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${sortedNames(headers)}, Signature=${signature}`;
    return { ...sent, headers: { authorization, ...sent.headers } };
  };

/**
 * A link that opens the request's URL without credentials until it expires; its body is not signed.
 *
 * Units: `now` is epoch milliseconds, `expiresSeconds` at most a week.
 */
export function presignedV4(
  request: UnsignedRequest,
  credentials: AwsCredentials,
  { now, expiresSeconds }: { readonly now: number; readonly expiresSeconds: number },
): string {
  const { method, url } = request;
  const time = timeOf(now);
  const scope = pathOf(request, time);
  const query: Fields = {
    ...request.query,
    "X-Amz-Algorithm": ALGORITHM,
    "X-Amz-Credential": `${credentials.accessKeyId}/${scope}`,
    "X-Amz-Date": time,
    "X-Amz-Expires": String(expiresSeconds),
    "X-Amz-SignedHeaders": "host",
    ...tokenAs("X-Amz-Security-Token", credentials),
  };
  const covered = { headers: { host: url.host }, payload: UNSIGNED_PAYLOAD };
  const signature = signatureOf({ method, url, query, ...covered, scope, time }, credentials);
  return `${url.origin}${url.pathname}?${sortedQuery(query)}&X-Amz-Signature=${signature}`;
}

function signatureOf(parts: SignedParts, credentials: AwsCredentials): string {
  const { method, url, query, headers, payload, scope, time } = parts;
  // Spaces in values are folded as the documents say.
  const canonical = [
    method,
    url.pathname,
    sortedQuery(query),
    ...sortedFields(headers).map(([name, value]) => `${name}:${value.trim().replace(/ +/g, " ")}`),
    "",
    sortedNames(headers),
    payload,
  ].join("\n");
  const text = [ALGORITHM, time, scope, hash("sha256", canonical)].join("\n");
  const key = signingKey(credentials, `AWS4${credentials.secretAccessKey}`, scope);
  return hmac("sha256", key, text).toString("hex");
}

/** The day, region and service that the derived key is good for. */
function pathOf({ scope }: UnsignedRequest, time: string): string {
  if (scope === undefined) throw new TypeError("The request has no scope to sign for.");
  return `${time.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`;
}

/** `YYYYMMDDTHHmmssZ`. */
const timeOf = (now: number): string => new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, "");

const tokenAs = (name: string, { sessionToken }: AwsCredentials): Fields =>
  sessionToken === null ? {} : { [name]: sessionToken };
