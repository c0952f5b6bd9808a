import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { ClientError } from "../errors.js";
import { formatError } from "../graphql/errors.js";
import { GRAPHQL_TYPE, JSON_TYPE, preferredType } from "./accept.js";
import { ANSWER_HEADERS, makeHostCheck } from "./headers.js";

/** Codes whose status does not depend on what the client accepts. */
const STATUSES: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  INTERNAL_SERVER_ERROR: 500,
};

/**
 * The status of a well-formed request for which nothing ran.
 *
 * Source: GraphQL over HTTP, sections 6.4.1 and 6.4.2. A client of plain JSON gets 200 and looks into
 * the body; a client of the newer media type gets the outcome as status.
 */
export function statusOf(code: unknown, accept: string | undefined): number {
  const fixed = typeof code === "string" && Object.hasOwn(STATUSES, code) ? STATUSES[code] : null;
  if (fixed) return fixed;
  if (mediaTypeFor(accept) !== GRAPHQL_TYPE) return 200;
  return code === "DEADLINE_EXCEEDED" ? 504 : 400;
}

/** The HTTP headers that belong to an error code. */
export function headersOf(
  code: unknown,
  extensions: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, string>> {
  if (code === "UNAUTHENTICATED") return { "www-authenticate": "Bearer" };
  const { retryAfterMs } = extensions;
  if (code !== "RATE_LIMITED" && code !== "OVERLOADED") return {};
  const seconds = typeof retryAfterMs === "number" ? Math.ceil(retryAfterMs / 1000) : 1;
  return { "retry-after": String(Math.max(1, seconds)) };
}

/** The media type of a GraphQL response. */
const mediaTypeFor = (accept: string | undefined): string =>
  preferredType(accept, [JSON_TYPE, GRAPHQL_TYPE]) ?? JSON_TYPE;

const contentType = (accept: string | undefined): Readonly<Record<string, string>> => ({
  "content-type": `${mediaTypeFor(accept)}; charset=utf-8`,
});

/** The body of a response to a request that is not a GraphQL request. */
const badRequest = (message: string): string =>
  JSON.stringify({ errors: [{ message, extensions: { code: "BAD_REQUEST" } }] });

/** Answers a request that is not a GraphQL request. The message must not quote the request. */
export const sendBadRequest = (reply: FastifyReply, status: number, message: string) =>
  reply.code(status).headers(contentType(reply.request.headers.accept)).send(badRequest(message));

/**
 * Refuses requests for other hosts, without a Host header or with several, with a body that is compressed or
 * not UTF-8, or for unknown paths, before anything else reads them.
 */
export function checkHeaders(
  app: FastifyInstance,
  { host, hosts }: { readonly host: string; readonly hosts: readonly string[] },
): void {
  const isOurs = makeHostCheck(host, hosts);
  app.addHook("onRequest", (request, reply, done) => {
    // Not request.host: with trustProxy, any page could set the forwarded name.
    const { host: header, "content-encoding": coding = "identity" } = request.headers;
    const transferCoding = request.headers["transfer-encoding"] ?? "chunked";
    const charset = charsetOf(request.headers["content-type"]);
    const refuse = (status: number, message: string) => void sendBadRequest(reply, status, message);
    // Node keeps the first one, but a proxy in front may have looked at the last.
    const sent = countOf("host", request.raw.rawHeaders);
    if (sent > 1) return refuse(400, "Expected one Host header, but got several.");
    if (sent === 0 && request.raw.httpVersion === "1.1")
      return refuse(400, "Expected a Host header, but got none.");
    if (!isOurs(absoluteHostOf(request.raw.url) ?? header))
      return refuse(421, "This server does not answer to that Host.");
    // Node decodes chunks, and passes other codings on as they are.
    if (transferCoding.toLowerCase() !== "chunked") {
      const got = shown(transferCoding, "coding");
      return refuse(501, `Expected no Transfer-Encoding but chunked, but got ${got}.`);
    }
    if (coding !== "" && coding.toLowerCase() !== "identity") {
      reply.header("accept-encoding", "identity");
      return refuse(
        415,
        `Expected a body without Content-Encoding, but got ${shown(coding, "coding")}.`,
      );
    }
    if (charset !== null && !/^(?:utf-?8|us-ascii)$/i.test(charset))
      return refuse(
        415,
        `Expected a body in UTF-8, but got ${shown(charset, "charset", "the charset ")}.`,
      );
    // Fastify would read and parse the body first.
    if (request.is404) return refuse(404, NOTHING_HERE);
    done();
  });
}

/** How often a header occurs in a list of names and values. */
function countOf(name: string, headers: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]?.length === name.length && headers[i]?.toLowerCase() === name) count += 1;
  return count;
}

/** The charset that a content type names; null if it names none. */
const charsetOf = (type = ""): string | null => /;\s*charset="?([^";\s]*)/i.exec(type)?.[1] ?? null;

/** A content coding or a charset as the client sent it, if it can be one. */
const shown = (text: string, kind: string, before = ""): string =>
  /^[\w.-]{1,40}(?:, *[\w.-]{1,40}){0,3}$/.test(text) ? before + text : `an unknown ${kind}`;

/** The host of an absolute request target, which takes precedence over the header; null without one. */
function absoluteHostOf(url = "/"): string | null {
  if (url.startsWith("/")) return null;
  return URL.canParse(url) ? new URL(url).host : "";
}

/** Answers malformed requests, unknown paths and internal errors with a GraphQL response. */
export function answerFaults(
  app: FastifyInstance,
  {
    limits,
    logger,
  }: { readonly limits: { readonly bodyBytes: number }; readonly logger: Pick<Logger, "error"> },
): void {
  app.setErrorHandler((error: FastifyError, { id, headers: { accept } }, reply) => {
    const isOwn = error instanceof ClientError;
    const message = isOwn ? undefined : messageOf(error, limits.bodyBytes);
    if (message !== undefined) return sendBadRequest(reply, error.statusCode ?? 400, message);
    const shown = formatError({ message: "" }, error, id);
    const code = shown.extensions?.["code"];
    const status = statusOf(code, accept);
    if (status >= 500 && !isOwn)
      logger.error({ requestId: id, err: error }, "A request failed unexpectedly.");
    return reply
      .code(status)
      .headers({ ...contentType(accept), ...headersOf(code, shown.extensions) })
      .send(JSON.stringify({ errors: [shown] }));
  });
  app.setNotFoundHandler((_, reply) => sendBadRequest(reply, 404, NOTHING_HERE));
}

const NOTHING_HERE = "There is nothing here.";
const MALFORMED_REQUEST = "The request is malformed.";

/** Parsers' own messages quote the body, so they are replaced. */
function messageOf(error: FastifyError, bodyBytes: number): string | undefined {
  const { statusCode } = error;
  if (statusCode === 413) return `Expected a body of at most ${bodyBytes} bytes.`;
  if (statusCode === 415) return "Expected a body of content type application/json.";
  if (statusCode === 400 && isOfBody(error)) return "Expected a body that is valid JSON.";
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return MALFORMED_REQUEST;
  return undefined;
}

const isOfBody = (error: FastifyError): boolean =>
  error instanceof SyntaxError || error.code?.startsWith("FST_ERR_CTP_") === true;

/** Statuses for requests that Node's parser gives up on; 400 for all others. */
const PARSER_STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Fastify options that answer requests before any hook could run. */
export const MALFORMED = {
  /** For paths that cannot be decoded. */
  frameworkErrors: (error: { statusCode?: number }, _: FastifyRequest, reply: FastifyReply) =>
    void sendBadRequest(reply.headers(ANSWER_HEADERS), error.statusCode ?? 400, MALFORMED_REQUEST),
  /** For bytes that are not HTTP, and for requests that are too slow or too long. */
  clientErrorHandler(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (error.code === "ECONNRESET" || socket.destroyed) return;
    const status = PARSER_STATUSES[error.code ?? ""] ?? 400;
    if (socket.writable) socket.write(rawAnswer(status));
    socket.destroy(error);
  },
};

function rawAnswer(status: number): string {
  const body = badRequest(MALFORMED_REQUEST);
  const length = { "content-length": String(Buffer.byteLength(body)), connection: "close" };
  const lines = Object.entries({ ...ANSWER_HEADERS, ...contentType(undefined), ...length });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`;
}
