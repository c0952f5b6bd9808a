import { METHODS, type ServerResponse } from "node:http";
import { type ApolloServer, HeaderMap } from "@apollo/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { Backup } from "../domain/backup.js";
import type { Principal } from "../domain/principal.js";
import { ClientError } from "../errors.js";
import type { Context } from "../graphql/context.js";
import { makeLoaders } from "../loaders/loaders.js";
import { GRAPHQL_TYPE, HTML_TYPE, JSON_TYPE, preferredType } from "./accept.js";
import type { GraphqlServers } from "./apollo.js";
import { sendBadRequest } from "./faults.js";
import type { RunningOperation, ServerOptions } from "./options.js";
import type { Charge } from "./limits/callerLimits.js";
import type { SendPage } from "./pages.js";

/** The default for `graceMs`. */
export const GRACE_MS = 1_000;
/** How long a client may take to receive a response after that: until then, it takes up memory. */
const SEND_MS = 30_000;

/**
 * An operation that can be aborted. Its signal is created on first use.
 *
 * Most answers come from memory and need no signal, and Node 20 gives every AbortSignal a hidden class
 * of its own, which keeps whatever it references alive through many garbage collections.
 */
class AbortableOperation implements RunningOperation {
  abortedBy: Error | null = null;
  private controller: AbortController | null = null;

  constructor(
    readonly requestId: string,
    readonly deadline: number,
    readonly vendorCalls: number,
  ) {}

  get signal(): AbortSignal {
    if (this.controller === null) {
      this.controller = new AbortController();
      if (this.abortedBy !== null) this.controller.abort(this.abortedBy);
    }
    return this.controller.signal;
  }

  abort(reason: Error): void {
    if (this.abortedBy !== null) return;
    this.abortedBy = reason;
    this.controller?.abort(reason);
  }
}

/** The operations in progress. Nothing else aborts them. */
export class Operations {
  private readonly running = new Map<AbortableOperation, ServerResponse>();

  constructor(
    private readonly options: Pick<ServerOptions, "deadlineMs" | "graceMs" | "now" | "limits">,
  ) {}

  /**
   * Starts an operation, which ends when its response is sent or its connection closes. `onOverdue`
   * receives DEADLINE_EXCEEDED if there is no response even after the grace period. The connection of a
   * client that does not receive its response in time is closed.
   */
  begin(
    requestId: string,
    response: ServerResponse,
    onOverdue: (error: ClientError) => void,
  ): RunningOperation {
    const { now, limits, deadlineMs, graceMs = GRACE_MS } = this.options;
    const operation = new AbortableOperation(requestId, now() + deadlineMs, limits.vendorCalls);
    this.running.set(operation, response);
    let timer = setTimeout(() => {
      const error = deadlineExceeded(deadlineMs);
      operation.abort(error);
      timer = setTimeout(() => {
        onOverdue(error);
        timer = setTimeout(() => response.destroy(), SEND_MS);
      }, graceMs);
    }, deadlineMs);
    response.once("close", () => {
      clearTimeout(timer);
      this.running.delete(operation);
      if (!response.writableFinished) operation.abort(new Error("The client disconnected."));
    });
    return operation;
  }

  /** Announces to the clients of running operations that their connections will close. */
  closeConnections(): void {
    for (const response of this.running.values()) response.shouldKeepAlive = false;
  }

  abortAll(): void {
    const error = new ClientError("OVERLOADED", "The gateway is shutting down.");
    for (const operation of this.running.keys()) operation.abort(error);
  }
}

const deadlineExceeded = (deadlineMs: number): ClientError =>
  new ClientError("DEADLINE_EXCEEDED", `The operation exceeded its deadline of ${deadlineMs} ms.`);

/** The path of the GraphQL endpoint. */
export const GRAPHQL_PATH = "/graphql";

/** The methods of the endpoint, as the header Allow names them. */
const ANSWERED = "GET, POST";

const PRINCIPAL = "principal";
const CHARGE = "charge";

/** The request decorator that holds the operation once it has started. */
export const OPERATION = "operation";

/** What the route is made of. */
interface GraphqlRoute {
  readonly options: Pick<
    ServerOptions,
    "authenticate" | "callers" | "makeReads" | "limits" | "logger"
  >;
  readonly graphql: GraphqlServers;
  readonly operations: Operations;
  /** The page for browsers; null to serve only GraphQL. */
  readonly page: SendPage | null;
}

/** Serves GraphQL over HTTP, and GraphiQL to browsers. */
export function addGraphqlRoute(app: FastifyInstance, route: GraphqlRoute): void {
  app.decorateRequest(PRINCIPAL, null);
  app.decorateRequest(CHARGE, null);
  app.decorateRequest(OPERATION, null);
  const answer = makeAnswer(route);
  app.route({
    method: ["GET", "POST"],
    url: GRAPHQL_PATH,
    // Before the body is read: callers that may not ask must not make the server parse anything.
    onRequest: async (request, reply) => {
      if (route.page !== null && wantsPage(request)) return route.page(reply);
      const { authenticate, callers } = route.options;
      const principal = await authenticate(request.headers);
      request.setDecorator(PRINCIPAL, principal);
      request.setDecorator(CHARGE, (await callers?.admit(principal, request.ip, reply)) ?? null);
    },
    handler: answer,
  });
  app.options(GRAPHQL_PATH, (_, reply) => reply.code(204).header("allow", ANSWERED).send());
  for (const method of METHODS)
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  const refuse = async (_: FastifyRequest, reply: FastifyReply) =>
    sendBadRequest(reply.header("allow", ANSWERED), 405, "Expected GET or POST.");
  app.route({
    method: app.supportedMethods.filter((method) => !app.hasRoute({ method, url: GRAPHQL_PATH })),
    url: GRAPHQL_PATH,
    // Before the body is read, and whatever it holds.
    onRequest: refuse,
    handler: refuse,
  });
}

const wantsPage = (request: FastifyRequest): boolean =>
  request.method !== "POST" &&
  preferredType(request.headers.accept, [JSON_TYPE, GRAPHQL_TYPE, HTML_TYPE]) === HTML_TYPE;

const makeAnswer = ({ options, graphql, operations }: GraphqlRoute) => {
  // Its lines are written at every log level.
  const audit = options.logger.child({}, { level: "info" });
  return async (request: FastifyRequest, reply: FastifyReply): Promise<string> => {
    const apollo = graphql.serverFor(request.headers);
    const body = await new Promise<string>((resolve, reject) => {
      const operation = operations.begin(request.id, reply.raw, reject);
      request.setDecorator(OPERATION, operation);
      const context = async () => contextOf(request, operation, options, audit);
      askApollo(apollo, request, reply, context).then(resolve, reject);
    });
    // If context creation fails, Apollo Server answers by itself, without the request's id.
    if (reply.statusCode === 500 && !body.includes(request.id))
      throw new Error("The GraphQL server failed outside of an operation.");
    return body;
  };
};

function contextOf(
  request: FastifyRequest,
  operation: RunningOperation,
  { makeReads, limits }: GraphqlRoute["options"],
  audit: Logger,
): Context {
  const { id: requestId } = request;
  const principal = request.getDecorator<Principal>(PRINCIPAL);
  const charge = request.getDecorator<Charge | null>(CHARGE);
  const reads = makeReads(principal, operation);
  // Says who got links to which backup, but never the links.
  const onLinks = ({ id: backup, provider }: Backup, links: number): void =>
    audit.info(
      { requestId, principal: principal.name, backup, provider, links },
      "Links to a backup were given out.",
    );
  return {
    reads,
    loaders: makeLoaders(reads, onLinks),
    principal,
    requestId,
    operation,
    limits,
    ...(charge === null ? {} : { charge }),
  };
}

/** The parts of a request that Apollo Server reads. */
type GraphqlRequest = Pick<FastifyRequest, "method" | "url" | "headers" | "body">;

/** The query string of a GET request as it was sent, with its question mark; empty for other methods. */
export const searchOf = ({ method, url }: Pick<GraphqlRequest, "method" | "url">): string =>
  (method === "GET" && /^[^?#]*(\?[^#]*)/.exec(url)?.[1]) || "";

/**
 * Lets Apollo Server answer a request: sets status and headers, and returns the body.
 *
 * Apollo's Fastify integration does the same with one more URL and copy, which cost 2.5 % of a warm answer.
 */
export async function askApollo(
  apollo: ApolloServer<Context>,
  request: GraphqlRequest,
  reply: Pick<FastifyReply, "code" | "header">,
  context: () => Promise<Context>,
): Promise<string> {
  const { method, body: sent } = request;
  const headersSent = headerMapOf(request);
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method, headers: headersSent, search: searchOf(request), body: sent },
    context,
  });
  // Only incremental delivery answers in chunks, and the schema has no directive for it.
  if (body.kind !== "complete") throw new Error("The GraphQL server answered in chunks.");
  reply.code(status ?? 200);
  for (const [name, value] of headers) reply.header(name, value);
  return body.string;
}

/** Empty headers count as missing. */
function headerMapOf({ headers }: Pick<GraphqlRequest, "headers">): HeaderMap {
  const map = new HeaderMap();
  for (const name in headers) {
    const value = headers[name];
    if (value) map.set(name, typeof value === "string" ? value : value.join(", "));
  }
  return map;
}
