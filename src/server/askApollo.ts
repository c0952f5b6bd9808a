import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from "@apollo/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Context } from "../graphql/context.js";

/** What of a request names what it asks for. */
type Asked = Pick<FastifyRequest, "method" | "url" | "headers" | "body">;

/** Where a GET request holds what it asks for, with the question mark; empty for all others. */
export const searchOf = ({ method, url }: Pick<Asked, "method" | "url">): string =>
  method === "GET" ? new URL(url, "http://localhost/").search : "";

/**
 * Lets Apollo Server answer a request, and gives the body of its answer, of which status and headers are
 * set.
 *
 * The handler of Apollo's community does the same with a URL and a copy more, which cost a warm answer
 * a fortieth.
 */
export async function askApollo(
  apollo: ApolloServer<Context>,
  request: Asked,
  reply: Pick<FastifyReply, "code" | "header">,
  contextValue: () => Context,
): Promise<string> {
  const {
    status = 200,
    headers,
    body,
  } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: asHttp(request),
    context: async () => contextValue(),
  });
  // Incremental delivery, which the schema has no directives for.
  if (body.kind !== "complete") throw new Error("The GraphQL server answered in parts.");
  reply.code(status);
  for (const [name, value] of headers) reply.header(name, value);
  return body.string;
}

const asHttp = (request: Asked): HTTPGraphQLRequest => ({
  method: request.method,
  headers: headersOf(request),
  search: searchOf(request),
  body: request.body,
});

/** Empty headers count as none. */
function headersOf({ headers }: Pick<Asked, "headers">): HeaderMap {
  const map = new HeaderMap();
  for (const name in headers) {
    const value = headers[name];
    if (value) map.set(name, typeof value === "string" ? value : value.join(", "));
  }
  return map;
}
