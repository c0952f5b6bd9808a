import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { Gateway } from "../app.js";
import type { GatewayConfig } from "../config/config.js";
import { buildSubgraph } from "../graphql/federation/subgraph.js";
import { buildGatewaySchema } from "../graphql/schema.js";
import { auditDownloads } from "../server/audit.js";
import { reportCalls } from "../server/operationPlugins.js";
import { makeGate, type Gate } from "../server/gate.js";
import type { Observation } from "../server/observe/observe.js";
import type {
  FederationOptions,
  Operation,
  RunningServer,
  ServerOptions,
} from "../server/options.js";
import { startServer } from "../server/startServer.js";
import type { OperationBounds } from "../listing/operation.js";
import { loadEstate, type EstateFlags, type LoadedEstate } from "./estate.js";
import { gatewayOf } from "./gateway.js";
import { explainListen } from "./listenFault.js";
import { loggerOf, observationOf, showGateway, startMetrics } from "./observation.js";
import type { Surroundings } from "./surroundings.js";

/** How long operations under way may go on after the process was told to end. */
const DRAIN_MS = 10_000;

/** Serves until the process is told to end; resolves to the exit code. */
export async function serve(flags: EstateFlags, surroundings: Surroundings): Promise<number> {
  const estate = await loadEstate(flags, surroundings);
  const { config } = estate;
  const logger = loggerOf(config);
  const observation = observationOf(config, logger);
  const gateway = gatewayOf(config, observation.hooks);
  showGateway(observation, gateway, config);
  const gate = gateOf(config, gateway, logger);
  const closing = [estate.close, gateway.close];
  try {
    const metrics = await startMetrics(observation, config, logger);
    if (metrics !== null) closing.push(metrics.close);
    const server = await listen(estate, { gateway, gate, observation, logger }).catch(
      explainListen(config.server),
    );
    closing.push(server.close);
    logger.info({ url: server.url, metrics: metrics?.url }, "The gateway is ready.");
    surroundings.stdout.write(banner(estate, server));
    gateway.refresher.start();
    await aborted(surroundings.ended);
    // What is under way is to have the whole quota.
    await gateway.refresher.stop();
    logger.info("The gateway ends: what is under way is waited for.");
    // Whoever is impatient kills it, and with it what is not written yet.
    logger.flush();
  } finally {
    observation.close();
    for (const close of closing.reverse()) await close();
  }
  logger.info("The gateway has ended.");
  return 0;
}

/** What a server is made from, besides the estate. */
interface ServerParts {
  readonly gateway: Gateway;
  readonly gate: Gate;
  readonly observation: Observation;
  readonly logger: Logger;
}

function listen(
  { config, clouds }: LoadedEstate,
  { gateway, gate, observation, logger }: ServerParts,
): Promise<RunningServer> {
  const { server, limits, upstream } = config;
  const schema = buildGatewaySchema();
  const open: ServerOptions["makeReads"] = (principal, operation) =>
    gateway.open(principal, new ServedBounds(operation, limits.vendorCalls));
  const watched = observation.serverOptions(
    { makeReads: auditDownloads(open, logger), plugins: [gate.plugin, reportCalls] },
    server.metrics === null ? { authenticate: gate.identify } : null,
  );
  return startServer({
    host: server.host,
    port: server.port,
    hosts: server.hosts,
    graphiql: server.graphiql,
    page: server.page,
    demo: clouds !== null,
    introspection: server.introspection,
    corsOrigins: server.corsOrigins,
    trustProxy: server.trustProxy,
    limits,
    deadlineMs: upstream.deadlineMs,
    drainMs: DRAIN_MS,
    logger,
    now: Date.now,
    authenticate: gate.authenticate,
    ready: () => true,
    execution: server.execution,
    compression: server.compression,
    schema,
    federation: federationOf(config, schema),
    ...watched,
    extend: (app) => {
      gate.extend(app);
      watched.extend(app);
    },
  });
}

/** The bounds of an operation that is served; a class, since an accessor of a literal costs microseconds. */
class ServedBounds implements OperationBounds {
  readonly deadline: number;

  constructor(
    private readonly operation: Operation,
    readonly vendorCalls: number,
  ) {
    this.deadline = operation.deadlineAt;
  }

  get signal(): AbortSignal {
    return this.operation.signal;
  }
}

const gateOf = ({ auth, limits }: GatewayConfig, gateway: Gateway, logger: Logger): Gate =>
  makeGate({
    auth,
    limits,
    placesOf: (principal) => gateway.places(principal),
    logger,
    now: Date.now,
  });

const federationOf = (
  { federation: { enabled, secretSha256 } }: GatewayConfig,
  schema: GraphQLSchema,
): FederationOptions | null => (enabled ? { schema: buildSubgraph(schema), secretSha256 } : null);

function banner({ clouds }: LoadedEstate, { url }: RunningServer): string {
  const demo =
    clouds === null
      ? ""
      : `Demo: the accounts are embedded clouds; turn their knobs at ${clouds.control.url}\n` +
        `      with the header x-clouds-token: ${clouds.control.token}\n`;
  return `${demo}Gateway ready at ${url}\n`;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
