import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import { Counter, type Metric, type OpenMetricsContentType, Registry } from "prom-client";
import { ANYONE } from "../../domain/principal.js";
import { requireScope } from "../../graphql/context.js";
import { preferredType } from "../accept.js";
import { answerFaults, checkHeaders, MALFORMED } from "../faults.js";
import { ALWAYS_ANSWERED } from "../gate.js";
import { reachableHostOf, secureAnswers } from "../headers.js";
import type { ServerOptions } from "../options.js";

const METRICS_PATH = "/metrics";

/** The metrics to serve, and the check of callers. */
interface MetricsRoute {
  readonly registry: Registry;
  readonly authenticate: ServerOptions["authenticate"];
}

const PLAIN = "text/plain";
const OPEN_METRICS = "application/openmetrics-text";

/**
 * Serves metrics in Prometheus' text format, or as OpenMetrics, which has exemplars, to callers who prefer
 * that. Callers see only the lines of their accounts.
 */
export function addMetricsRoute(
  app: FastifyInstance,
  { registry, authenticate }: MetricsRoute,
): void {
  app.get(METRICS_PATH, ALWAYS_ANSWERED, async (request, reply) => {
    const { scopes, accounts } = await authenticate(request.headers);
    requireScope({ scopes }, "metrics:read");
    const preferred = preferredType(request.headers.accept, [PLAIN, OPEN_METRICS]);
    const shown = preferred === OPEN_METRICS ? openMetricsOf(registry) : registry;
    const text = await shown.metrics();
    reply.type(shown.contentType);
    return accounts === null ? text : onlyOfAccounts(text, accounts);
  });
}

/** A registry that writes the same metrics as OpenMetrics. */
function openMetricsOf(registry: Registry): Registry<OpenMetricsContentType> {
  const shown = new Registry<OpenMetricsContentType>();
  shown.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray() as unknown as readonly Metric[])
    // prom-client cuts the names of counters when it writes them, which must not change the other format.
    shown.registerMetric(metric instanceof Counter ? (Object.create(metric) as Counter) : metric);
  return shown;
}

/** The account in a line of the text format, as a label or as the first part of a provider key. */
const ACCOUNT = /[{,](?:account="([^"]*)"|provider="([^"/]*)\/)/;

/** A line about a vendor. Without an account, it is a sum over accounts that the caller may not see. */
const VENDOR = /[{,]vendor="/;

/**
 * The lines of a scrape that belong to the given accounts, or to the gateway as a whole.
 *
 * A label's value cannot be mistaken for a label, because quotes in values are escaped.
 */
export function onlyOfAccounts(text: string, accounts: readonly string[]): string {
  const lines = text.split("\n").filter((line) => {
    const [, account, owner] = ACCOUNT.exec(line) ?? [];
    const named = account ?? owner;
    if (line.startsWith("#")) return true;
    return named === undefined ? !VENDOR.test(line) : accounts.includes(named);
  });
  return lines.join("\n");
}

/** Options of a separate listener for metrics. */
interface MetricsServerOptions extends Pick<ServerOptions, "host" | "port" | "logger"> {
  readonly registry: Registry;
}

/** A running listener for metrics. */
export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** How long a client may take to send one request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Requests have no body. */
const BODY_BYTES = 1;

/** Serves metrics and nothing else, to every client that reaches the address. */
export async function startMetricsServer({
  host,
  port,
  logger,
  registry,
}: MetricsServerOptions): Promise<MetricsServer> {
  const app = fastify({
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: REQUEST_TIMEOUT_MS,
      requireHostHeader: false,
    },
    bodyLimit: BODY_BYTES,
    // Otherwise, a client that connects and says nothing would keep the process from ending.
    forceCloseConnections: true,
    ...MALFORMED,
  });
  secureAnswers(app);
  checkHeaders(app, { host, hosts: [] });
  answerFaults(app, { limits: { bodyBytes: BODY_BYTES }, logger });
  addMetricsRoute(app, { registry, authenticate: async () => ANYONE });
  await app.listen({ host, port });
  const { port: bound } = app.server.address() as AddressInfo;
  return {
    url: `http://${reachableHostOf(host)}:${bound}${METRICS_PATH}`,
    close: () => app.close(),
  };
}
