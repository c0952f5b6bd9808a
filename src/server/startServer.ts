import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { compressAnswers } from "./compression.js";
import { startGraphql } from "./federation.js";
import { addGraphqlRoute, GRAPHQL_PATH } from "./graphqlRoute.js";
import { openToOrigins, secureAnswers } from "./headers.js";
import { addHealth } from "./health.js";
import { reachableHostOf } from "./hosts.js";
import { MALFORMED } from "./malformed.js";
import { GRACE_MS, Operations } from "./operation.js";
import type { RunningServer, ServerOptions } from "./options.js";
import { addAssets, addFrontPage, readPage } from "./pages.js";
import { answerFaults, refuseForeignHosts } from "./refusals.js";

/** The longest that a client may take to send one request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How often connections are looked at that take too long. */
const CHECK_MS = 5_000;
/** Longer than load balancers keep idle connections, so that they are the ones who close. */
const KEEP_ALIVE_MS = 72_000;

/** Starts the HTTP server, and resolves when it listens. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const graphql = await startGraphql(options);
  const operations = new Operations(options);
  const app = makeApp(options);
  const closing = { now: false };
  refuseForeignHosts(app, options);
  openToOrigins(app, options.corsOrigins);
  if (options.compression === true) compressAnswers(app);
  answerFaults(app, options);
  addHealth(app, () => !closing.now && options.ready());
  options.extend?.(app);
  const page = options.graphiql ? await readPage("graphiql", options) : null;
  addFrontPage(app, options.page ? await readPage("coverage", options) : null);
  if (options.graphiql || options.page) await addAssets(app);
  addGraphqlRoute(app, { options, graphql, operations, page });
  await app.listen({ host: options.host, port: options.port });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://${reachableHostOf(options.host)}:${port}${GRAPHQL_PATH}`,
    close: async () => {
      closing.now = true;
      await drain(app, operations, options);
      await graphql.stop();
    },
  };
}

// Without a logger: it would make a child of it for every request, and log none that is not logged here.
function makeApp({ limits, deadlineMs, trustProxy }: ServerOptions): FastifyInstance {
  const app = fastify({
    trustProxy,
    bodyLimit: limits.bodyBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: deadlineMs + REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { connectionsCheckingInterval: CHECK_MS },
    schemaController: { compilersFactory: NO_SCHEMAS },
    ...MALFORMED,
    genReqId: ({ headers }) => requestIdOf(headers["x-request-id"]),
  });
  // Only JSON is read: pages of other sites can send plain text without asking first.
  app.removeContentTypeParser("text/plain");
  secureAnswers(app);
  return app;
}

/** No route has a schema of Fastify's; loading what would compile one takes a thirtieth of a second. */
const NO_SCHEMAS = { buildValidator: noCompiler, buildSerializer: noCompiler };

function noCompiler(): never {
  throw new Error("Expected no route with a schema: there is nothing that compiles one.");
}

/** A caller's id is kept where it is harmless in logs and headers. */
const requestIdOf = (given: string | string[] | undefined): string =>
  typeof given === "string" && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();

/** Lets operations under way end by themselves for a while, then aborts them, then cuts them off. */
async function drain(
  app: FastifyInstance,
  operations: Operations,
  { drainMs, graceMs }: ServerOptions,
): Promise<void> {
  operations.letGo();
  let timer = setTimeout(() => {
    operations.abortAll();
    timer = setTimeout(() => app.server.closeAllConnections(), graceMs ?? GRACE_MS);
  }, drainMs);
  await app.close();
  clearTimeout(timer);
}
