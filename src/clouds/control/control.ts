import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { CallLog } from "../calls.js";
import type { Estate } from "../estate/types.js";
import type { Knobs } from "../knobs/knobs.js";
import { listen } from "../origin/listen.js";
import type { Listening } from "../origin/listen.js";
import { isOurHost, receive } from "../origin/receive.js";
import { plainReply, respond } from "../origin/respond.js";
import type { Reply } from "../vendorCloud.js";
import type { ReceivedRequest } from "../verify/request.js";
import { ROUTES } from "./routes.js";

/** What the control endpoint changes and reports. */
export interface Controlled {
  readonly estate: Estate;
  readonly knobs: Knobs;
  readonly calls: CallLog;
}

/** The header with the token. Requests without it are refused. */
export const TOKEN_HEADER = "x-clouds-token";

/**
 * Starts the control endpoint: JSON over HTTP, for tests and demos in another process.
 *
 * A web page in a browser on the same machine cannot use it: it cannot change the host and does not know
 * the token.
 */
export function startControl(controlled: Controlled, token: string): Promise<Listening> {
  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isOurHost(message, new Set()))
      return send(response, plainReply(421, "Misdirected request"));
    const given = message.headers[TOKEN_HEADER];
    if (typeof given !== "string" || !isSame(given, token))
      return send(response, plainReply(401, `The header ${TOKEN_HEADER} is missing or wrong.`));
    const request = await receive(message);
    if (request === null) return send(response, plainReply(413, "Content too large"));
    send(response, replyTo(request, controlled));
  };
  return listen(serve);
}

const send = (response: ServerResponse, reply: Reply): void =>
  respond(response, { reply, effect: null });

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function replyTo(request: ReceivedRequest, controlled: Controlled): Reply {
  const route = `${request.method} ${request.path}`;
  const answer = Object.hasOwn(ROUTES, route) ? ROUTES[route] : undefined;
  if (answer === undefined) return plainReply(404, `No ${route}.`);
  try {
    const input: unknown = request.body === "" ? null : JSON.parse(request.body);
    return jsonReply(answer(input, controlled) ?? { done: true });
  } catch (error) {
    if (error instanceof z.ZodError) return plainReply(400, z.prettifyError(error));
    if (error instanceof SyntaxError || error instanceof RangeError)
      return plainReply(400, error.message);
    throw error;
  }
}

const jsonReply = (body: unknown): Reply => ({
  status: 200,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
});
