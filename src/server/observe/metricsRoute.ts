import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { ClientError } from "../../errors.js";
import { ALWAYS_ANSWERED } from "../gate.js";
import type { ServerOptions } from "../options.js";
import { onlyOfAccounts } from "./visibility.js";

/** Where metrics are scraped. */
const METRICS_PATH = "/metrics";

/** The scope that may see them. */
const SCOPE = "metrics:read";

/** What is scraped, and by whom. */
export interface MetricsRoute {
  readonly registry: Registry;
  readonly authenticate: ServerOptions["authenticate"];
}

/** Serves Prometheus' text to whoever has the scope; of other accounts than its own nobody is told. */
export function addMetricsRoute(
  app: FastifyInstance,
  { registry, authenticate }: MetricsRoute,
): void {
  app.get(METRICS_PATH, ALWAYS_ANSWERED, async (request, reply) => {
    const { scopes, accounts } = await authenticate(request.headers);
    if (!scopes.has(SCOPE))
      throw new ClientError("FORBIDDEN", `The scope ${SCOPE} is missing.`, { scope: SCOPE });
    const text = await registry.metrics();
    reply.type(registry.contentType);
    return accounts === null ? text : onlyOfAccounts(text, accounts);
  });
}
