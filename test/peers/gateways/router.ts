import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

/** One request of the router to a subgraph. */
export interface Fetched {
  readonly subgraph: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, any>>;
}

/** Apollo's gateway, serving a supergraph over HTTP. */
export interface Router {
  readonly url: string;
  /** Its requests to subgraphs since the last call. */
  taken(): readonly Fetched[];
  close(): Promise<void>;
}

interface RouterContext {
  readonly authorization?: string | undefined;
}

/** Serves a supergraph; `secret` goes to the subgraph of backups. */
export async function serveRouter(supergraphSdl: string, secret: string | null): Promise<Router> {
  let fetched: Fetched[] = [];
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name, url }) =>
      new RemoteGraphQLDataSource<RouterContext>({
        url,
        willSendRequest: ({ request, context }) => {
          const { query = "", variables = {} } = request;
          fetched.push({ subgraph: name, query, variables });
          if (context.authorization)
            request.http?.headers.set("authorization", context.authorization);
          if (name === "backups" && secret !== null)
            request.http?.headers.set("x-gateway-secret", secret);
        },
      }),
  });
  const server = new ApolloServer<RouterContext>({
    gateway,
    includeStacktraceInErrorResponses: true,
  });
  const { url } = await startStandaloneServer(server, {
    listen: { host: "127.0.0.1", port: 0 },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  });
  return {
    url,
    taken: () => {
      const seen = fetched;
      fetched = [];
      return seen;
    },
    close: () => server.stop(),
  };
}
