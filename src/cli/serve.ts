import type { GraphQLSchema } from "graphql";
import { pino } from "pino";
import type { GatewayConfig } from "../config/config.js";
import { ANYONE } from "../domain/principal.js";
import { buildGatewaySchema } from "../graphql/schema.js";
import type { FederationOptions } from "../server/federation.js";
import type { RunningServer } from "../server/options.js";
import { startServer } from "../server/startServer.js";
import { loadEstate, type EstateFlags, type LoadedEstate } from "./estate.js";
import { gatewayOf } from "./gateway.js";
import { explainListen } from "./listenFault.js";
import type { Surroundings } from "./surroundings.js";

/** How long operations under way may go on after the process was told to end. */
const DRAIN_MS = 10_000;

/** Serves until the process is told to end; resolves to the exit code. */
export async function serve(flags: EstateFlags, surroundings: Surroundings): Promise<number> {
  const estate = await loadEstate(flags, surroundings);
  const logger = pino({ level: estate.config.server.logLevel }, pino.destination(2));
  const gateway = gatewayOf(estate.config, {
    onClaimDropped: (provider, listing, message) =>
      logger.warn({ provider, listing }, `A claim of the declaration was dropped. ${message}`),
  });
  try {
    const server = await listen(estate, gateway, logger).catch(explainListen(estate.config.server));
    surroundings.stdout.write(banner(estate, server));
    await aborted(surroundings.ended);
    await server.close();
    return 0;
  } finally {
    await gateway.close();
    await estate.close();
  }
}

async function listen(
  { config, clouds }: LoadedEstate,
  gateway: ReturnType<typeof gatewayOf>,
  logger: pino.Logger,
): Promise<RunningServer> {
  const { server, limits, upstream } = config;
  const schema = buildGatewaySchema();
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
    makeReads: (principal, { signal, deadlineAt }) =>
      gateway.open(principal, { signal, deadline: deadlineAt, vendorCalls: limits.vendorCalls }),
    authenticate: () => ANYONE,
    ready: () => true,
    schema,
    federation: await federationOf(config, schema),
    plugins: [],
  });
}

/** Loaded only where it is served: composing takes a library that nothing else needs. */
async function federationOf(
  { federation: { enabled, secretSha256 } }: GatewayConfig,
  schema: GraphQLSchema,
): Promise<FederationOptions | null> {
  if (!enabled) return null;
  const { buildSubgraph } = await import("../graphql/federation/subgraph.js");
  return { schema: buildSubgraph(schema), secretSha256 };
}

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
