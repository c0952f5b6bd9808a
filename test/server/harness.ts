import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { ANYONE } from "../../src/domain/principal.js";
import type { Reads } from "../../src/domain/reads.js";
import type { RunningServer, ServerOptions } from "../../src/server/options.js";
import { startServer } from "../../src/server/startServer.js";
import { EXECUTION } from "../execution.js";
import { BACKUPS } from "../graphql/fakeEstate.js";
import { fakeReads, pageOf } from "../graphql/fakeReads.js";
import { schema } from "../graphql/run.js";

/** A promise and its resolver. */
export function later<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

/** Reads whose `backups` begin, and then wait until they are released. */
export function heldBackups() {
  const [begun, gate] = [later<void>(), later<void>()];
  const makeReads = (): Reads =>
    fakeReads({
      backups: async ({ page }) => {
        begun.resolve();
        await gate.promise;
        return pageOf(BACKUPS, page);
      },
    }).reads;
  return { makeReads, begun: begun.promise, release: () => gate.resolve() };
}

export interface TestServer extends RunningServer {
  /** The parsed lines of the log. */
  readonly log: Record<string, unknown>[];
}

/** Starts a server on a free port of the loopback, and closes it when the test ends. */
export async function serve(given: Partial<ServerOptions> = {}): Promise<TestServer> {
  const server = await startTestServer(given);
  onTestFinished(server.close);
  return server;
}

/** Starts a server on a free port of the loopback. */
export async function startTestServer(given: Partial<ServerOptions> = {}): Promise<TestServer> {
  const log: Record<string, unknown>[] = [];
  const write = (line: string): void => void log.push(JSON.parse(line) as Record<string, unknown>);
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    hosts: [],
    graphiql: false,
    page: false,
    demo: false,
    introspection: true,
    corsOrigins: [],
    trustProxy: false,
    limits: { first: 200, tokens: 2_000, bodyBytes: 10_000, vendorCalls: 2_000 },
    deadlineMs: 25_000,
    drainMs: 5_000,
    graceMs: 20,
    logger: pino({ level: "warn" }, { write }),
    now: Date.now,
    makeReads: () => fakeReads().reads,
    authenticate: async () => ANYONE,
    schema: schema(),
    federation: null,
    plugins: [],
    execution: EXECUTION,
    ...given,
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= server.close());
  return { ...server, close, log };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: {
    data?: Record<string, unknown> | null;
    errors?: { message: string; path?: unknown; extensions: Record<string, unknown> }[];
  };
}

interface Question {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** One HTTP exchange with every header as given: `fetch` forbids some. */
export const exchange = (url: string, { method, headers, body }: Question = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = httpRequest(url, { method: method ?? "GET", headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = String(response.headers["content-type"]).includes("json");
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: isJson ? (JSON.parse(text) as Answer["body"]) : {},
        });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });

/** Posts a GraphQL operation. */
export const ask = (
  url: string,
  query: string,
  headers: Record<string, string> = {},
  variables?: Record<string, unknown>,
): Promise<Answer> =>
  exchange(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });

export const codesOf = ({ body }: Answer): unknown[] =>
  (body.errors ?? []).map(({ extensions }) => extensions["code"]);
