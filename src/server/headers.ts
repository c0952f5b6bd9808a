import type { FastifyInstance } from "fastify";

/** Answers are data: nothing in them may run, load or be framed. */
const ANSWER_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Pages load only from here; Monaco runs its workers from blobs and writes its own style elements. */
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

/** What stands on every answer: nothing in it is kept, framed, sniffed or run. */
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

const ALLOWED_HEADERS =
  "content-type, authorization, x-api-key, apollo-require-preflight, x-apollo-operation-name, x-gateway-calls, x-request-id";

/** Puts the request's id and the security headers on every answer, also on refusals. */
export function secureAnswers(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(ANSWER_HEADERS).header("x-request-id", request.id);
    done();
  });
}

/** Lets pages of the listed origins read answers; those of all others stay shut out. */
export function openToOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.addHook("onRequest", (request, reply, done) => {
    const { origin } = request.headers;
    reply.header("vary", "Origin");
    if (origin !== undefined && origins.includes(origin)) {
      reply
        .header("access-control-allow-origin", origin)
        .header("access-control-allow-methods", "GET, POST")
        .header("access-control-allow-headers", ALLOWED_HEADERS)
        .header("access-control-expose-headers", "x-request-id, retry-after")
        .header("access-control-max-age", "600")
        .header("cross-origin-resource-policy", "cross-origin");
    }
    done();
  });
}
