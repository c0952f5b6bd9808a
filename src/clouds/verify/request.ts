/** A request as a cloud received it: all that a signature may cover. Header names are lower case. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The access key of a simulated account; with a token it is a temporary one. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly token: string | null;
}

/** A vendor's own way to say no, before it is put into the vendor's envelope. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What a verifier that knows the time and its past needs besides the request. */
export interface Verification {
  readonly key: AccessKey;
  /** The cloud's clock, epoch milliseconds. */
  readonly now: number;
  readonly nonces: NonceMemory;
}

/** Remembers which nonces were used. */
export interface NonceMemory {
  /** Notes a nonce; false when it was noted before and is still remembered. */
  use(nonce: string, now: number): boolean;
}

/** The `Host` values that a client may have signed: as sent, and without the port. */
export function hostsOf({ headers }: ReceivedRequest): readonly string[] {
  const host = headers.host ?? "";
  const bare = host.replace(/:\d+$/, "");
  return bare === host ? [host] : [host, bare];
}

/** Parameters of the query and, where the body is a form, of the body; the query's come first. */
export function formParamsOf({ query, headers, body }: ReceivedRequest): [string, string][] {
  const isForm = (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  return isForm ? [...query, ...new URLSearchParams(body)] : [...query];
}

/** Order of parameter names in every scheme; the names are ASCII, so code units are bytes. */
export const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** Percent-encoding of RFC 3986: all but `A-Za-z0-9-_.~`. */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The query string as the newer schemes canonicalise it: sorted, percent-encoded. */
export const canonicalQuery = (params: Iterable<readonly [string, string]>): string =>
  [...params]
    .sort(byName)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");

/** Makes a refusal for the schemes that answer every request with one HTTP status. */
export const refusal = (status: number, code: string, message: string): Refusal => ({
  status,
  code,
  message,
});
