import { SourceError } from "../errors.js";
import type { HttpRequest, HttpResponse } from "../http/message.js";
import { sortedQuery, type Fields } from "../http/sign/encode.js";

/** A request before it is authenticated. Header names are lower case. */
export interface UnsignedRequest {
  readonly method: "GET" | "POST";
  /** Scheme, host and path. */
  readonly url: URL;
  readonly query?: Fields;
  readonly headers: Fields;
  /** Fields of the body, encoded as a form; some vendors want their signature among them. */
  readonly form?: Fields;
  /** The body, if it is not a form. */
  readonly body?: string;
  readonly scope?: SigningScope;
}

/** The service and the region that a signature is for, if the scheme signs more than what is sent. */
interface SigningScope {
  readonly service: string;
  readonly region: string;
}

/** What differs between two attempts of the same call. */
export interface Moment {
  /** Epoch milliseconds, corrected by what is known of the vendor's clock. */
  readonly now: number;
  /** A unique text of 32 hex digits. */
  readonly nonce: string;
}

/** Authenticates a request. Pure: the same request and moment give the same bytes. */
export type Signer = (request: UnsignedRequest, moment: Moment) => HttpRequest;

/** Sends a request of an authenticator's own, within the limits of the account. */
export type Fetch = <T>(ask: {
  readonly action: string;
  request(moment: Moment): HttpRequest;
  /** @throws {SourceError} */
  open(response: HttpResponse): T;
}) => Promise<T>;

/**
 * Authenticates the calls of one account: a signer over its credentials, or a token that is fetched and
 * kept. Instants are epoch milliseconds.
 */
export interface Authenticator {
  /** The signer to use now; null if `read` must fetch one first. */
  peek(now: number): Signer | null;
  /** Fetches a signer; concurrent callers share one fetch. Errors: `SourceError`. */
  read(now: number, fetch: Fetch): Promise<Signer>;
  /** The vendor refused this signer. True if the call may succeed with the signer that comes next. */
  refused(signer: Signer, now: number): boolean;
}

/** The authenticator of credentials that never change: a refused signature is final. */
export const signedBy = (signer: Signer): Authenticator => ({
  peek: () => signer,
  read: async () => signer,
  refused: () => false,
});

/** Encodes a request whose authentication is complete. */
export function encodedRequest({
  method,
  url,
  query = {},
  headers,
  form,
  body,
}: UnsignedRequest): HttpRequest {
  const text = sortedQuery(query);
  const sent = form === undefined ? body : sortedQuery(form);
  return {
    method,
    url: text === "" ? url.href : `${url.href}?${text}`,
    headers: { ...headers },
    ...(sent === undefined ? {} : { body: sent }),
  };
}

/** A token, and how long the vendor says that it lives. */
export interface Token {
  readonly value: string;
  readonly lifetimeMs: number;
}

/** How a vendor issues tokens and takes them. */
export interface TokenSource {
  /** The action under which token requests are counted and limited. */
  readonly action: string;
  /** Asks for a token; the host may be another than that of the API. */
  request(moment: Moment): HttpRequest;
  /** @throws {SourceError} if the answer has no token. */
  open(response: HttpResponse): Token;
  attach(request: UnsignedRequest, token: string): HttpRequest;
}

/** A token is renewed this long before it expires, or after half of a shorter life. */
const RENEW_MS = 60_000;

/** Time between two renewals that a refusal causes, and between two requests that were refused. */
const PAUSE_MS = 60_000;

/** An authenticator that fetches a token, keeps it until shortly before it expires, and renews it once if it is refused. */
export class TokenAuthenticator implements Authenticator {
  private held: { readonly signer: Signer; readonly until: number } | null = null;
  private fetching: Promise<Signer> | null = null;
  private renewedAt = Number.NEGATIVE_INFINITY;
  private failed: { readonly error: SourceError; readonly until: number } | null = null;

  constructor(private readonly source: TokenSource) {}

  peek(now: number): Signer | null {
    return this.held !== null && now < this.held.until ? this.held.signer : null;
  }

  async read(now: number, fetch: Fetch): Promise<Signer> {
    for (;;) {
      if (this.failed !== null && now < this.failed.until) throw this.failed.error;
      const isOwn = this.fetching === null;
      this.fetching ??= this.fetchToken(now, fetch).finally(() => (this.fetching = null));
      try {
        return await this.fetching;
      } catch (error) {
        // The limits of the operation that started the fetch are not those of the others.
        if (isOwn || !(error instanceof SourceError) || error.kind !== "CUT") throw error;
      }
    }
  }

  refused(signer: Signer, now: number): boolean {
    // Another call has dropped this token already.
    if (this.held === null || this.held.signer !== signer) return true;
    // Not only later than that: the clock may have been set back since.
    if (Math.abs(now - this.renewedAt) < PAUSE_MS) return false;
    this.renewedAt = now;
    this.held = null;
    return true;
  }

  private async fetchToken(now: number, fetch: Fetch): Promise<Signer> {
    const { source } = this;
    try {
      const { value, lifetimeMs } = await fetch(source);
      const signer: Signer = (request) => source.attach(request, value);
      this.held = { signer, until: now + Math.max(lifetimeMs - RENEW_MS, lifetimeMs / 2) };
      this.failed = null;
      return signer;
    } catch (error) {
      const isRefusal = error instanceof SourceError && isCredentialError(error);
      if (isRefusal) this.failed = { error, until: now + PAUSE_MS };
      throw error;
    }
  }
}

/** Whether the vendor did not accept the credentials or the token, and another attempt with them is no use. */
export const isCredentialError = ({ kind, details }: SourceError): boolean =>
  kind === "UNAUTHENTICATED" && details.clockSkew !== true && details.retryable !== true;
