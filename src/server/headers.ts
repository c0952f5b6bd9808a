import { isIP } from "node:net";
import fastifyCors from "@fastify/cors";
import type { FastifyInstance } from "fastify";
import { isLoopback } from "../domain/loopback.js";
import { LIMIT_HEADERS } from "./limits/callerLimits.js";

/** Responses are data: nothing in them may run, load or be framed. */
const ANSWER_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Pages load only from this server. Monaco runs its workers from blobs and adds style elements. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * The security headers of every response.
 *
 * They are constants rather than @fastify/helmet, which runs in a hook: malformed requests reach no hook.
 */
export const ANSWER_HEADERS = {
  "content-security-policy": ANSWER_POLICY,
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** Adds the request's id and the security headers to every response, refusals included. */
export function secureAnswers(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(ANSWER_HEADERS).header("x-request-id", request.id);
    done();
  });
}

/** Request headers that pages of allowed origins may send. */
const ALLOWED_HEADERS = [
  "content-type",
  "authorization",
  "x-api-key",
  "apollo-require-preflight",
  "x-apollo-operation-name",
  "apollographql-client-name",
  "apollographql-client-version",
  "traceparent",
  "tracestate",
  "baggage",
  "sentry-trace",
  "x-gateway-calls",
  "x-request-id",
];

/** How long browsers may remember a preflight. */
const PREFLIGHT_S = 600;

/** Lets pages of the listed origins read responses. */
export async function openToOrigins(
  app: FastifyInstance,
  origins: readonly string[],
): Promise<void> {
  if (origins.length === 0) return;
  await app.register(fastifyCors, {
    origin: [...origins],
    methods: "GET, POST",
    allowedHeaders: ALLOWED_HEADERS.join(", "),
    exposedHeaders: ["x-request-id", "retry-after", ...LIMIT_HEADERS].join(", "),
    maxAge: PREFLIGHT_S,
    // An OPTIONS request that is not a preflight gets the same response.
    strictPreflight: false,
    preflightContinue: true,
  });
}

/** Shorter responses fit into one or two packets uncompressed. */
const MIN_BYTES = 1_400;
/** Up to this size, a response is compressed in one synchronous call, which costs half of a stream. */
const SYNC_BYTES = 131_072;
const REFUSES_GZIP = /\bgzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)/i;
/** Higher levels cost twice as much CPU time and save a tenth of the bytes. */
const LEVEL = 1;

/**
 * Compresses responses for clients that accept gzip.
 *
 * Cost: about a tenth of the CPU time of a page of 100 backups; a proxy can do it instead.
 */
export async function compressAnswers(app: FastifyInstance): Promise<void> {
  // Imported only here because its table of media types slows down the start.
  const { default: fastifyCompress } = await import("@fastify/compress");
  app.addHook("onRequest", (request, reply, done) => {
    const vary = reply.getHeader("vary");
    reply.header("vary", vary === undefined ? "accept-encoding" : `${vary}, accept-encoding`);
    // The plugin would take `gzip;q=0, *` for a client that accepts gzip.
    if (REFUSES_GZIP.test(String(request.headers["accept-encoding"])))
      request.headers["x-no-compression"] = "1";
    done();
  });
  await app.register(fastifyCompress, {
    encodings: ["gzip"],
    threshold: MIN_BYTES,
    syncThreshold: SYNC_BYTES,
    zlibOptions: { level: LEVEL },
    // Requests must not be compressed: a small one could expand without limit.
    globalDecompression: false,
  });
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];
const WILDCARDS = ["0.0.0.0", "::"];

/** Letters, digits, dots and hyphens, or an IPv6 address in brackets; then an optional port. */
const HOST = /^([a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Makes the check of Host headers, which stops DNS rebinding: a page of another site that points its
 * own name at this server still sends that name.
 *
 * A server bound to loopback answers to loopback names; one bound to a single address or name, to that;
 * both also to `hosts`. A server bound to every address answers to any name unless `hosts` is set,
 * because the names that lead to it are unknown.
 */
export function makeHostCheck(
  host: string,
  hosts: readonly string[],
): (header: string | undefined) => boolean {
  const own = isLoopback(host) ? LOOPBACK_NAMES : WILDCARDS.includes(host) ? [] : [host];
  const names = new Set([...own, host, ...hosts].map(urlHostOf));
  const any = WILDCARDS.includes(host) && hosts.length === 0;
  return (header) => {
    const name = HOST.exec(header ?? "")?.[1]?.toLowerCase();
    return name !== undefined && (any || names.has(name));
  };
}

/** A name or address in the form that URLs use. */
const urlHostOf = (host: string): string =>
  isIP(host) === 6 ? `[${host.toLowerCase()}]` : host.toLowerCase();

/** The host under which a server that is bound to `host` can be reached from its own machine. */
export const reachableHostOf = (host: string): string => {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "[::1]" : urlHostOf(host);
};
