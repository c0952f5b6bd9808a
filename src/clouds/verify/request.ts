/** The parts of a received request that a signature can cover. Header names are lower case. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The access key of a simulated account. With a token, it is a temporary key. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly token: string | null;
}

/** A refusal, before it gets the vendor's format. */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What a verifier needs besides the request. */
export interface Verification {
  readonly key: AccessKey;
  /** The time of the cloud's clock, in epoch milliseconds. */
  readonly now: number;
  readonly nonces: NonceMemory;
}

/** Remembers which nonces were used. */
export interface NonceMemory {
  /** Remembers a nonce. False if it is already remembered. */
  use(nonce: string, now: number): boolean;
}

/** The `Host` values that a client may have signed: as sent, and without the port. */
export function hostsOf({ headers }: ReceivedRequest): readonly string[] {
  const host = headers.host ?? "";
  const bare = host.replace(/:\d+$/, "");
  return bare === host ? [host] : [host, bare];
}

/** The parameters of the query, followed by those of a form in the body. */
export function formParamsOf({ query, headers, body }: ReceivedRequest): [string, string][] {
  const isForm = (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  return isForm ? [...query, ...new URLSearchParams(body)] : [...query];
}

/** The order of parameter names in all schemes. The names are ASCII, so code units are bytes. */
export const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/** Percent-encoding as in RFC 3986, of everything but `A-Za-z0-9-_.~`. */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The canonical query string of the newer schemes: sorted and percent-encoded. */
export const canonicalQuery = (params: Iterable<readonly [string, string]>): string =>
  [...params]
    .sort(byName)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");

/** Makes a refusal for schemes in which all answers have the same HTTP status. */
export const refusal = (status: number, code: string, message: string): Refusal => ({
  status,
  code,
  message,
});
