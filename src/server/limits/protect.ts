import type { FastifyInstance, FastifyRequest } from "fastify";
import { searchOf } from "../askApollo.js";
import { GRAPHQL_PATH } from "../graphqlRoute.js";

/** What refuses requests before they cost much. */
export interface Protection {
  /** Before anything else of a request. Errors: `ClientError` OVERLOADED. */
  readonly checkLoad: () => void;
  /** Before a document is validated. Errors: `ClientError` QUERY_TOO_COSTLY. */
  readonly checkText: (text: string) => void;
}

/** Probes must be answered also under load: who is restarted for being busy makes the others busier. */
const PROBES = /^\/(?:health|metrics)(?:[/?]|$)/;

/** Refuses requests while the process cannot keep up, and documents that are too large. */
export function protect(app: FastifyInstance, { checkLoad, checkText }: Protection): void {
  app.addHook("onRequest", (request, _, done) => {
    if (!PROBES.test(request.url)) checkLoad();
    done();
  });
  app.addHook("preHandler", (request, _, done) => {
    if (request.routeOptions.url === GRAPHQL_PATH)
      for (const text of textsOf(request)) checkText(text);
    done();
  });
}

/** The documents of a request, read from where and as the GraphQL server reads them. */
function textsOf(request: FastifyRequest): readonly string[] {
  const { method, body } = request;
  if (method === "GET") return new URLSearchParams(searchOf(request)).getAll("query");
  const query = typeof body === "object" && body !== null && "query" in body ? body.query : null;
  return typeof query === "string" ? [query] : [];
}
