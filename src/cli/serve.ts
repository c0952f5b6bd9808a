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
import type { CommandContext } from "./context.js";
import {
  explainListen,
  loggerOf,
  observationOf,
  showGateway,
  startMetrics,
} from "./observation.js";
import { gatewayOf, loadSetup, type Setup, type SetupFlags } from "./setup.js";

/** How long running operations may take after the process was asked to stop. */
const DRAIN_MS = 10_000;

/** Serves until the process is asked to stop. Returns the exit code. */
export async function serve(flags: SetupFlags, context: CommandContext): Promise<number> {
  const setup = await loadSetup(flags, context);
  const { config } = setup;
  const logger = loggerOf(config);
  const observation = observationOf(config, logger);
  const gateway = gatewayOf(config, observation.hooks);
  showGateway(observation, gateway, config);
  const gate = gateOf(config, gateway, logger);
  const closing = [setup.close, gateway.close];
  try {
    const metrics = await startMetrics(observation, config, logger);
    if (metrics !== null) closing.push(metrics.close);
    const server = await listen(setup, { gateway, gate, observation, logger }).catch(
      explainListen(config.server),
    );
    closing.push(server.close);
    logger.info({ url: server.url, metrics: metrics?.url }, "The gateway is ready.");
    context.stdout.write(banner(setup, server));
    gateway.refresher.start();
    await aborted(context.interrupted);
    // Running operations get the whole quota.
    await gateway.refresher.stop();
    logger.info("The gateway is stopping and waits for running operations.");
    // A second signal would end the process before the log is written.
    logger.flush();
  } finally {
    observation.close();
    for (const close of closing.reverse()) await close();
  }
  logger.info("The gateway has stopped.");
  return 0;
}

/** What a server is made from, besides its setup. */
interface ServerParts {
  readonly gateway: Gateway;
  readonly gate: Gate;
  readonly observation: Observation;
  readonly logger: Logger;
}

function listen(
  { config, clouds }: Setup,
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

/** The limits of an operation. A class, because a getter of an object literal costs microseconds. */
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

function banner({ clouds }: Setup, { url }: RunningServer): string {
  const demo =
    clouds === null
      ? ""
      : `Demo: embedded clouds, not real accounts. Control them at ${clouds.control.url}\n` +
        `      with the header x-clouds-token: ${clouds.control.token}\n`;
  return `${demo}Gateway ready at ${url}\n`;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
