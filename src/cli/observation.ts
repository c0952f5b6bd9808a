import type { Logger } from "pino";
import type { Gateway } from "../app.js";
import type { GatewayConfig, ServerConfig } from "../config/config.js";
import { makeScrub } from "../domain/scrub.js";
import { makeLogger } from "../server/logger.js";
import { startMetricsServer, type MetricsServer } from "../server/observe/metricsRoute.js";
import { makeObservation, type Observation } from "../server/observe/observe.js";
import { UsageError } from "./context.js";
import { secretsIn } from "./setup.js";

/** Makes the log of the process. The secrets of the config never appear in it. */
export const loggerOf = (config: GatewayConfig): Logger =>
  makeLogger({ level: config.server.logLevel, scrub: makeScrub(secretsIn(config)) });

/** Makes the metrics and spans of a gateway and its process. */
export const observationOf = ({ accounts }: GatewayConfig, logger: Logger): Observation =>
  makeObservation({
    logger,
    accounts,
    now: Date.now,
    elapsed: () => performance.now(),
    process: true,
  });

/** Adds the state of the gateway's accounts and their coverage to the metrics. */
export function showGateway(
  { show }: Observation,
  { http, engine, open }: Gateway,
  { upstream, limits }: GatewayConfig,
): void {
  show({
    health: (account) => http.health(account),
    rowsHeld: () => engine.rowsHeld,
    deadlineMs: upstream.deadlineMs,
    open: (principal, { signal, deadlineAt, mayAsk }) =>
      open(principal, {
        signal,
        deadline: deadlineAt,
        vendorCalls: mayAsk ? limits.vendorCalls : 0,
      }),
  });
}

/** Starts the metrics listener, or returns null if the config has none. */
export async function startMetrics(
  { registry }: Observation,
  { server: { metrics } }: GatewayConfig,
  logger: Logger,
): Promise<MetricsServer | null> {
  if (metrics === null) return null;
  const keys = { host: "server.metrics.host", port: "server.metrics.port" };
  return startMetricsServer({ ...metrics, logger, registry }).catch(explainListen(metrics, keys));
}

/** The settings of the main listener. */
const MAIN_KEYS = { host: "server.host or GATEWAY_HOST", port: "server.port or PORT" };

/**
 * Explains why a listener cannot listen.
 * @throws {UsageError} if a setting can fix it, the original error otherwise.
 */
export const explainListen =
  ({ host, port }: Pick<ServerConfig, "host" | "port">, keys = MAIN_KEYS) =>
  (error: unknown): never => {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "EADDRINUSE")
      throw new UsageError(
        `Port ${port} of ${host} is in use. Set ${keys.port} to another port, or to 0 for any free port.`,
      );
    if (code === "EACCES")
      throw new UsageError(
        `This user may not listen on port ${port}. Set ${keys.port} to a port from 1024 up.`,
      );
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
      throw new UsageError(
        `${host} is not an address of this machine. Set ${keys.host} to one that is.`,
      );
    throw error;
  };
