import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../domain/principal.js";
import type { Context } from "../graphql/context.js";
import { makeLoaders } from "../loaders/loaders.js";
import { GRAPHQL_TYPE, HTML_TYPE, JSON_TYPE, preferredType } from "./accept.js";
import { askApollo } from "./askApollo.js";
import { badRequestAnswer } from "./faults.js";
import type { GraphqlServers } from "./federation.js";
import type { Operations } from "./operation.js";
import type { Operation, ServerOptions } from "./options.js";
import type { Page } from "./pages.js";
import { sendFault } from "./refusals.js";

/** Where GraphQL is asked. */
export const GRAPHQL_PATH = "/graphql";

const PRINCIPAL = "principal";

/** The name under which a request holds its operation, once that has begun. */
export const OPERATION = "operation";

/** What the route is made of. */
export interface GraphqlRoute {
  readonly options: Pick<ServerOptions, "authenticate" | "makeReads" | "limits">;
  readonly graphql: GraphqlServers;
  readonly operations: Operations;
  /** What a browser gets; null for nothing but GraphQL. */
  readonly page: Page | null;
}

/** Answers GraphQL over HTTP, and a browser with the page that asks it. */
export function addGraphqlRoute(app: FastifyInstance, route: GraphqlRoute): void {
  app.decorateRequest(PRINCIPAL, null);
  app.decorateRequest(OPERATION, null);
  const answer = makeAnswer(route);
  app.route({
    method: ["GET", "POST"],
    url: GRAPHQL_PATH,
    // Before the body is read: whoever may not ask cannot make the server parse either.
    onRequest: async (request, reply) => {
      if (wantsPage(request, route.page)) return route.page.send(reply);
      request.setDecorator(PRINCIPAL, await route.options.authenticate(request.headers));
    },
    handler: answer,
  });
  app.options(GRAPHQL_PATH, (_, reply) => reply.code(204).header("allow", "GET, POST").send());
  app.route({
    method: ["DELETE", "PATCH", "PUT"],
    url: GRAPHQL_PATH,
    handler: (request, reply) =>
      sendFault(
        reply.header("allow", "GET, POST"),
        badRequestAnswer(405, "Expected GET or POST.", request.headers.accept),
      ),
  });
}

const wantsPage = (request: FastifyRequest, page: Page | null): page is Page =>
  page !== null &&
  request.method !== "POST" &&
  preferredType(request.headers.accept, [JSON_TYPE, GRAPHQL_TYPE, HTML_TYPE]) === HTML_TYPE;

const makeAnswer =
  ({ options, graphql, operations }: GraphqlRoute) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<string> => {
    const { plain, subgraph } = graphql;
    const apollo = subgraph !== null && graphql.isRouter(request.headers) ? subgraph : plain;
    const body = await new Promise<string>((resolve, reject) => {
      const operation = operations.begin(request.id, reply.raw, reject);
      request.setDecorator(OPERATION, operation);
      const context = () => contextOf(request, operation, options);
      askApollo(apollo, request, reply, context).then(resolve, reject);
    });
    // Apollo Server's own answer to a fault outside of an operation does not know the request.
    if (reply.statusCode === 500 && !body.includes(request.id))
      throw new Error("The GraphQL server failed outside of an operation.");
    return body;
  };

function contextOf(
  request: FastifyRequest,
  operation: Operation,
  options: GraphqlRoute["options"],
): Context {
  const principal = request.getDecorator<Principal>(PRINCIPAL);
  const reads = options.makeReads(principal, operation);
  return {
    reads,
    loaders: makeLoaders(reads),
    principal,
    requestId: request.id,
    operation,
    limits: options.limits,
  };
}
