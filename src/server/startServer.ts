import { randomUUID } from "node:crypto";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { startGraphql } from "./apollo.js";
import { answerFaults, checkHeaders, MALFORMED } from "./faults.js";
import { ALWAYS_ANSWERED } from "./gate.js";
import { addGraphqlRoute, GRACE_MS, GRAPHQL_PATH, Operations } from "./graphqlRoute.js";
import { compressAnswers, openToOrigins, reachableHostOf, secureAnswers } from "./headers.js";
import type { RunningServer, ServerOptions } from "./options.js";
import { addAssets, addFrontPage, readPage } from "./pages.js";

/** How long a client may take to send one request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How long it may take to send the headers. Node exchanges the two limits if this is the longer one. */
const HEADERS_TIMEOUT_MS = 20_000;
/** How often connections are checked for both. */
const CHECK_MS = 1_000;
/** Parts in which a body may come. Parts of a byte cost as much as a page of backups before they are refused. */
const MOST_CHUNKS = 2_000;
/** Longer than load balancers keep idle connections, so that they close them first. */
const KEEP_ALIVE_MS = 72_000;

/** Starts the HTTP server, and resolves when it listens. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  let current = await openSite(options);
  /** With those that are replaced but still answer requests. */
  const open = new Set([current]);
  const answer = inTurn((request, response) => current.answer(request, response));
  const servers = await listen(options, answer);
  const { port } = servers[0]?.address() as AddressInfo;
  return {
    url: `http://${reachableHostOf(options.host)}:${port}${GRAPHQL_PATH}`,
    async replace(next, takeOver) {
      const before = current;
      const site = await openSite(next);
      try {
        takeOver?.();
      } catch (error) {
        await site.close();
        throw error;
      }
      open.add((current = site));
      for (const server of servers) server.setTimeout(connectionTimeoutOf(next));
      return { earlier: before.close().finally(() => open.delete(before)) };
    },
    close: () => drain(servers, [...open], options),
  };
}

/** Answers requests by one set of options. */
interface Site {
  answer(request: IncomingMessage, response: ServerResponse): void;
  readonly operations: Operations;
  /** Refuses further requests, and resolves when all others have ended. */
  close(): Promise<void>;
}

async function openSite(options: ServerOptions): Promise<Site> {
  const graphql = await startGraphql(options);
  const operations = new Operations(options);
  const app = makeApp(options);
  checkHeaders(app, options);
  await openToOrigins(app, options.corsOrigins);
  if (options.compression === true) await compressAnswers(app);
  answerFaults(app, options);
  addHealth(app, options.progress);
  options.extend?.(app);
  const page = options.graphiql ? await readPage("graphiql", options) : null;
  addFrontPage(app, options.page ? await readPage("coverage", options) : undefined);
  if (options.graphiql || options.page) await addAssets(app);
  addGraphqlRoute(app, { options, graphql, operations, page });
  await app.ready();
  let running = 0;
  let end: (() => void) | null = null;
  const left = (): void => {
    running -= 1;
    if (running === 0) end?.();
  };
  let closed: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await app.close();
    if (running > 0) await new Promise<void>((resolve) => (end = resolve));
    await graphql.stop();
  };
  return {
    answer(request, response) {
      running += 1;
      response.once("close", left);
      app.routing(request, response);
    },
    operations,
    close: () => (closed ??= close()),
  };
}

/**
 * Answers the requests of one connection one after another, and reads no further ones while some wait.
 * Otherwise a client that sends many at once and reads nothing would make the server keep all their responses.
 */
function inTurn(answer: Site["answer"]): Site["answer"] {
  const waiting = new WeakMap<Socket, number>();
  const pauseIfWaiting = function (this: Socket): void {
    if (waiting.get(this) !== 0) this.pause();
  };
  return (request, response) => {
    // Node gives the socket to one response at a time, in the order of the requests.
    if (response.socket !== null) return answer(request, response);
    const { socket } = request;
    const before = waiting.get(socket);
    // Node resumes reading after each request that it has parsed.
    if (before === undefined) socket.on("resume", pauseIfWaiting);
    waiting.set(socket, (before ?? 0) + 1);
    socket.pause();
    response.once("socket", () => {
      const others = (waiting.get(socket) ?? 1) - 1;
      waiting.set(socket, others);
      if (others === 0) socket.resume();
      answer(request, response);
    });
  };
}

/** Listens on the address, or on all addresses of `localhost`. */
async function listen(options: ServerOptions, answer: Site["answer"]): Promise<Server[]> {
  const { host, port } = options;
  const found = host === "localhost" ? await lookup(host, { all: true }) : [];
  const [first = host, ...others] = new Set(found.map(({ address }) => address));
  const server = await listenAt(first, port, makeServer(options, answer));
  const { port: bound } = server.address() as AddressInfo;
  // A machine may have no IPv6, in spite of its hosts file.
  const more = others.map((address) =>
    listenAt(address, bound, makeServer(options, answer)).catch(() => []),
  );
  return [server, ...(await Promise.all(more)).flat()];
}

async function listenAt(host: string, port: number, server: Server): Promise<Server> {
  server.listen({ host, port });
  // Rejects with the server's error.
  await once(server, "listening");
  return server;
}

function makeServer(options: ServerOptions, answer: Site["answer"]): Server {
  const server = createServer(
    {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Node would refuse such requests itself, without the security headers.
      requireHostHeader: false,
    },
    answer,
  );
  server.setTimeout(connectionTimeoutOf(options));
  server.on("clientError", MALFORMED.clientErrorHandler);
  // An expectation that we do not know may be ignored.
  server.on("checkExpectation", answer);
  return server;
}

const connectionTimeoutOf = ({ deadlineMs }: ServerOptions): number =>
  deadlineMs + REQUEST_TIMEOUT_MS;

// Fastify's own logger would create a child logger for every request, and log nothing that is not logged here.
function makeApp({ limits, trustProxy }: ServerOptions): FastifyInstance {
  const app = fastify({
    trustProxy,
    bodyLimit: limits.bodyBytes,
    schemaController: { compilersFactory: NO_SCHEMAS },
    ...MALFORMED,
    genReqId: requestIdOf,
  });
  // Browsers send plain text to other sites without a preflight, so only JSON is accepted.
  app.removeContentTypeParser("text/plain");
  secureAnswers(app);
  limitChunks(app);
  return app;
}

/** Ends the request and its connection if the body comes in too many parts. */
function limitChunks(app: FastifyInstance): void {
  app.addHook("preParsing", (request, reply, payload, done) => {
    let chunks = 0;
    const count = (): void => {
      if ((chunks += 1) <= MOST_CHUNKS) return;
      payload.off("data", count);
      // Nobody reads the rest of a body that was refused before.
      if (payload.listenerCount("error") === 0) return void request.raw.destroy();
      reply.header("connection", "close");
      const error = new Error(`Expected a body in at most ${MOST_CHUNKS} parts.`);
      payload.emit("error", Object.assign(error, { statusCode: 400 }));
    };
    const isRead = request.method !== "GET" && request.method !== "HEAD";
    if (isRead && request.headers["transfer-encoding"] !== undefined) payload.on("data", count);
    done(null, payload);
  });
}

/** No route has a Fastify schema, and loading their compilers takes 30 ms. */
const NO_SCHEMAS = { buildValidator: noCompiler, buildSerializer: noCompiler };

function noCompiler(): never {
  throw new Error("Expected no route with a schema: no compiler for schemas is loaded.");
}

/** Uses the caller's request id if it is harmless in logs and headers. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}

/** Serves the health probes. Fastify itself answers 503 to all requests while it closes. */
function addHealth(app: FastifyInstance, progress: ServerOptions["progress"]): void {
  app.get("/health/live", ALWAYS_ANSWERED, () => ({ status: "live" }));
  app.get("/health/ready", ALWAYS_ANSWERED, () => ({ status: "ready", ...progress?.() }));
}

/**
 * Waits for running operations, then aborts them, then closes their connections. Connections without a
 * request, such as those that browsers open in advance, are closed soon after the last operation.
 */
async function drain(
  servers: readonly Server[],
  sites: readonly Site[],
  { drainMs, graceMs = GRACE_MS }: ServerOptions,
): Promise<void> {
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  for (const { operations } of sites) operations.closeConnections();
  const cutOff = (): void => {
    for (const server of servers) server.closeAllConnections();
  };
  let timer = setTimeout(() => {
    for (const { operations } of sites) operations.abortAll();
    timer = setTimeout(cutOff, graceMs);
  }, drainMs);
  // Requests that still come on open connections are refused.
  await Promise.all(sites.map((site) => site.close()));
  clearTimeout(timer);
  timer = setTimeout(cutOff, graceMs);
  await Promise.all(closed);
  clearTimeout(timer);
}
