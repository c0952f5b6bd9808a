import { pino } from "pino";
import { ANYONE } from "../domain/principal.js";
import { buildGatewaySchema } from "../graphql/schema.js";
import type { RunningServer } from "../server/options.js";
import { startServer } from "../server/startServer.js";
import { loadEstate, type EstateFlags, type LoadedEstate } from "./estate.js";
import { gatewayOf } from "./gateway.js";
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
  const server = await listen(estate, gateway, logger);
  surroundings.stdout.write(banner(estate, server));
  await ended();
  await server.close();
  await gateway.close();
  await estate.close();
  return 0;
}

function listen(
  { config, clouds }: LoadedEstate,
  gateway: ReturnType<typeof gatewayOf>,
  logger: pino.Logger,
): Promise<RunningServer> {
  const { server, limits, upstream } = config;
  return startServer({
    host: server.host,
    port: server.port,
    hosts: server.hosts,
    graphiql: server.graphiql,
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
    schema: buildGatewaySchema(),
    plugins: [],
  });
}

function banner({ clouds }: LoadedEstate, { url }: RunningServer): string {
  const demo =
    clouds === null
      ? ""
      : `Demo: the accounts are embedded clouds; turn their knobs at ${clouds.control.url}\n` +
        `      with the header x-clouds-token: ${clouds.control.token}\n`;
  return `${demo}Gateway ready at ${url}\n`;
}

const ended = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.once(signal, () => resolve());
  });
