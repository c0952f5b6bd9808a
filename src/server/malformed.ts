import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { badRequestAnswer } from "./faults.js";
import { ANSWER_HEADERS } from "./headers.js";
import { MALFORMED_REQUEST, sendFault } from "./refusals.js";

/** What Node says of requests that it could not read, as far as an answer of its own has a status. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers in GraphQL's shape what never becomes a request, for the options of an HTTP server. */
export const MALFORMED = {
  /** Paths that cannot be decoded. No hook runs for them. */
  frameworkErrors: (error: { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) =>
    void sendFault(
      reply.headers(ANSWER_HEADERS),
      badRequestAnswer(error.statusCode ?? 400, MALFORMED_REQUEST, request.headers.accept),
    ),
  /** What is no HTTP, or is too slow or too long for it: the connection ends with the answer. */
  clientErrorHandler(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === "ECONNRESET" || socket.destroyed) return;
    const status = STATUSES[error.code ?? ""] ?? 400;
    if (socket.writable) socket.write(answerOf(status));
    socket.destroy(error);
  },
};

function answerOf(status: number): string {
  const { headers, body } = badRequestAnswer(status, MALFORMED_REQUEST, undefined);
  const length = { "content-length": String(Buffer.byteLength(body)), connection: "close" };
  const lines = Object.entries({ ...ANSWER_HEADERS, ...headers, ...length });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${body}`;
}
