import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ClientError } from "../errors.js";
import { badRequestAnswer, faultAnswer, type FaultAnswer } from "./faults.js";
import { makeHostCheck } from "./hosts.js";
import type { ServerLimits, ServerOptions } from "./options.js";

/** What is said of a request in which nothing was understood. */
export const MALFORMED_REQUEST = "The request is malformed.";

/** Sends an answer that no operation was run for. */
export const sendFault = (reply: FastifyReply, answer: FaultAnswer): FastifyReply =>
  reply.code(answer.status).headers(answer.headers).send(answer.body);

/** Refuses requests whose Host is not a name of this server, before anything else looks at them. */
export function refuseForeignHosts(
  app: FastifyInstance,
  { host, hosts }: Pick<ServerOptions, "host" | "hosts">,
): void {
  const isOurs = makeHostCheck(host, hosts);
  app.addHook("onRequest", (request, reply, done) => {
    // The header itself: forwarded names are whatever a page writes into them.
    const { host: header, accept } = request.headers;
    if (isOurs(absoluteHostOf(request.raw.url) ?? header)) return done();
    sendFault(reply, badRequestAnswer(421, "This server does not answer to that Host.", accept));
  });
}

/** The host of a request that names it before its path, which then counts in the header's place. */
function absoluteHostOf(url = "/"): string | null {
  if (url.startsWith("/")) return null;
  return URL.canParse(url) ? new URL(url).host : "";
}

/** Answers malformed requests and faults outside of operations in GraphQL's shape. */
export function answerFaults(
  app: FastifyInstance,
  { limits, logger }: { limits: Pick<ServerLimits, "bodyBytes"> } & Pick<ServerOptions, "logger">,
): void {
  const handle = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const { accept } = request.headers;
    const message = error instanceof ClientError ? undefined : messageOf(error, limits.bodyBytes);
    if (message !== undefined)
      return sendFault(reply, badRequestAnswer(error.statusCode ?? 400, message, accept));
    const answer = faultAnswer(error, { requestId: request.id, accept });
    if (answer.status >= 500 && !(error instanceof ClientError))
      logger.error({ requestId: request.id, err: error }, "A request met a fault.");
    return sendFault(reply, answer);
  };
  app.setErrorHandler(handle);
  app.setNotFoundHandler((request, reply) =>
    sendFault(reply, badRequestAnswer(404, "There is nothing here.", request.headers.accept)),
  );
}

/** In words of our own: parsers quote the body that they could not read. */
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
