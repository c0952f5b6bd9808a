import { errors } from "undici";
import type { SourceIssueCode } from "../domain/words.js";
import { SourceError } from "../errors.js";

interface FaultFacts {
  readonly kind: SourceIssueCode;
  readonly message: string;
  readonly retryable: boolean;
  /** Whether the host is down, which is what breakers count. */
  readonly down: boolean;
}

const facts = (
  kind: SourceIssueCode,
  message: string,
  { retryable = false, down = false } = {},
): FaultFacts => ({ kind, message, retryable, down });

const DOWN = { retryable: true, down: true };

const FACTS = {
  address: facts("UNAVAILABLE", "The vendor's host has an address that is not allowed."),
  breaker: facts("UNAVAILABLE", "The vendor failed repeatedly and is not called for 15 seconds.", {
    retryable: true,
  }),
  brokenOff: facts("BAD_RESPONSE", "The vendor's response ended before it was complete."),
  closed: facts("CUT", "The gateway is shutting down."),
  connect: facts("UNAVAILABLE", "Cannot connect to the vendor's host.", DOWN),
  cut: facts("CUT", "The deadline passed, or the client disconnected."),
  dns: facts(
    "UNAVAILABLE",
    "Cannot resolve the vendor's host name. Check DNS, and `endpoint` and `regions` of the account.",
    DOWN,
  ),
  encoding: facts("BAD_RESPONSE", "The vendor's response has an unsupported content encoding."),
  proxy: facts(
    "UNAVAILABLE",
    "The proxy cannot be reached, or it cannot connect to the vendor's host. Check `upstream.proxy`.",
    DOWN,
  ),
  proxyCredentials: facts(
    "UNAVAILABLE",
    "The proxy does not accept its credentials. Check the user and the password in `upstream.proxy`.",
  ),
  protocol: facts("BAD_RESPONSE", "The vendor's response is not valid HTTP."),
  quota: facts("THROTTLED", "The account's own quota for this action is used up.", {
    retryable: true,
  }),
  redirect: facts(
    "BAD_RESPONSE",
    "The vendor's host answered with a redirect. Redirects are not followed.",
  ),
  request: facts("UNAVAILABLE", "The request could not be sent."),
  reset: facts("UNAVAILABLE", "The connection was lost before the response was complete.", DOWN),
  size: facts("BAD_RESPONSE", "The vendor's response is larger than upstream.maxResponseBytes."),
  status: facts("UNAVAILABLE", "The vendor's service is failing.", DOWN),
  throttled: facts("THROTTLED", "The vendor limits the rate of calls.", {
    retryable: true,
  }),
  timeout: facts("TIMEOUT", "The vendor did not answer in time.", DOWN),
  tls: facts("UNAVAILABLE", "The TLS connection to the vendor's host failed.", { down: true }),
};

/** What can go wrong below a vendor's API. */
export type Fault = keyof typeof FACTS;

/** A call failed below the vendor's API. */
export class TransportError extends SourceError {
  constructor(
    readonly fault: Fault,
    details: { readonly retryAfterMs?: number; readonly cause?: unknown } = {},
    said: string | null = null,
  ) {
    const { kind, message, retryable } = FACTS[fault];
    const tooLarge = fault === "size" ? { tooLarge: true } : {};
    super(kind, said ?? message, { retryable, ...tooLarge, ...details });
  }

  /** Whether the host is down, which is what breakers count. */
  get down(): boolean {
    return FACTS[this.fault].down;
  }
}

/** The codes of Node and of the HTTP client. */
const CODES: Partial<Record<Fault, string>> = {
  dns: "EAI_AGAIN EAI_FAIL EAI_NODATA ENODATA ENOTFOUND",
  connect: "EADDRNOTAVAIL ECONNREFUSED EHOSTUNREACH ENETUNREACH ETIMEDOUT UND_ERR_CONNECT_TIMEOUT",
  reset: "ECONNABORTED ECONNRESET EPIPE UND_ERR_RES_CONTENT_LENGTH_MISMATCH UND_ERR_SOCKET",
  timeout: "UND_ERR_BODY_TIMEOUT UND_ERR_HEADERS_TIMEOUT",
  protocol: "UND_ERR_HEADERS_OVERFLOW",
  closed: "UND_ERR_CLOSED UND_ERR_DESTROYED",
  tls:
    "CERT_HAS_EXPIRED CERT_NOT_YET_VALID CERT_REVOKED CERT_SIGNATURE_FAILURE CERT_UNTRUSTED " +
    "DEPTH_ZERO_SELF_SIGNED_CERT EPROTO HOSTNAME_MISMATCH INVALID_CA SELF_SIGNED_CERT_IN_CHAIN " +
    "UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE",
};

const BY_CODE = new Map(
  Object.entries(CODES).flatMap(([fault, codes]) =>
    codes.split(" ").map((code) => [code, fault as Fault] as const),
  ),
);

/** The error for what the sockets, the resolver or the HTTP client threw. */
export function transportErrorOf(thrown: unknown): TransportError {
  if (thrown instanceof TransportError) return thrown;
  const fault = faultOf(thrown);
  return new TransportError(
    fault,
    { cause: thrown },
    fault === "tls" ? certificateText(thrown) : null,
  );
}

/** The error for a call that a proxy was to forward: it resolves the host's name and connects to it. */
export function proxyErrorOf(error: TransportError): TransportError {
  const { cause } = error.details;
  const answered = /^Proxy response \((\d{3})\)/.exec(cause instanceof Error ? cause.message : "");
  if (answered?.[1] === "407") return new TransportError("proxyCredentials", { cause });
  const isProxys = answered !== null || codeOf(cause) === "UND_ERR_PRX_TLS";
  const isLost = error.fault === "connect" || error.fault === "dns";
  return isProxys || isLost ? new TransportError("proxy", { cause }) : error;
}

const UNKNOWN_AUTHORITY =
  "is not signed by a known authority. If your company or a proxy signed it, set `upstream.caFile`";

/** What is wrong with a certificate, by the code of Node's error. */
const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet. Check this machine's clock",
  CERT_REVOKED: "was revoked",
  CERT_SIGNATURE_FAILURE: "has a wrong signature",
  CERT_UNTRUSTED: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: "is signed by itself. If it is right, add it to `upstream.caFile`",
  ERR_TLS_CERT_ALTNAME_INVALID: "belongs to another host",
  HOSTNAME_MISMATCH: "belongs to another host",
  INVALID_CA: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
};

function certificateText(thrown: unknown): string | null {
  const code = codeOf(thrown);
  const problem = Object.hasOwn(CERTIFICATES, code) ? CERTIFICATES[code] : undefined;
  return problem === undefined ? null : `The TLS certificate of the vendor's host ${problem}.`;
}

function faultOf(thrown: unknown): Fault {
  if (thrown instanceof errors.HTTPParserError) return faultOfParser(thrown);
  const code = codeOf(thrown);
  if (code.startsWith("ERR_TLS_") || code.startsWith("ERR_SSL_")) return "tls";
  return BY_CODE.get(code) ?? "request";
}

/** If a connection ends inside a message, the parser has no byte to complain about. */
const faultOfParser = (thrown: errors.HTTPParserError): Fault =>
  "data" in thrown && thrown.data === "" ? "reset" : "protocol";

function codeOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return "";
  return typeof thrown.code === "string" ? thrown.code : "";
}
