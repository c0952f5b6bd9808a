import type { AddressInfo } from "node:net";
import fastify from "fastify";
import type { Registry } from "prom-client";
import { ANYONE } from "../../domain/principal.js";
import { secureAnswers } from "../headers.js";
import { reachableHostOf } from "../hosts.js";
import type { ServerOptions } from "../options.js";

import { answerFaults, MALFORMED, refuseForeignHosts } from "../faults.js";
import { addMetricsRoute } from "./metricsRoute.js";

/** A listener of its own for metrics. */
export interface MetricsServerOptions extends Pick<ServerOptions, "host" | "port" | "logger"> {
  readonly registry: Registry;
}

/** A metrics listener that listens. */
export interface MetricsServer {
  /** Where metrics are scraped. */
  readonly url: string;
  close(): Promise<void>;
}

/** The longest that a client may take to send one request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;
/** No request has a body. */
const BODY_BYTES = 1;

/** Serves metrics, and nothing else, to whoever reaches the address. */
export async function startMetricsServer({
  host,
  port,
  logger,
  registry,
}: MetricsServerOptions): Promise<MetricsServer> {
  const app = fastify({
    requestTimeout: REQUEST_TIMEOUT_MS,
    bodyLimit: BODY_BYTES,
    ...MALFORMED,
  });
  secureAnswers(app);
  // Bound to every address it answers to any name; else to the one that it is bound to.
  refuseForeignHosts(app, { host, hosts: [] });
  answerFaults(app, { limits: { bodyBytes: BODY_BYTES }, logger });
  addMetricsRoute(app, { registry, authenticate: () => ANYONE });
  await app.listen({ host, port });
  const { port: taken } = app.server.address() as AddressInfo;
  return {
    url: `http://${reachableHostOf(host)}:${taken}/metrics`,
    close: () => app.close(),
  };
}
