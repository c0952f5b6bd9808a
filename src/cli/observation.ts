import type { Logger } from "pino";
import type { Gateway } from "../app.js";
import type { GatewayConfig } from "../config/config.js";
import { makeScrub } from "../domain/scrub.js";
import { makeLogger } from "../server/logger.js";
import { startMetricsServer, type MetricsServer } from "../server/observe/metricsRoute.js";
import { makeObservation, type Observation } from "../server/observe/observe.js";
import { secretsIn } from "./estate.js";
import { explainListen } from "./listenFault.js";

/** Makes the log of a process, through which no secret of its config passes. */
export const loggerOf = (config: GatewayConfig): Logger =>
  makeLogger({ level: config.server.logLevel, scrub: makeScrub(secretsIn(config)) });

/** Makes what observes the gateway of a config, and the process that it runs in. */
export const observationOf = ({ accounts }: GatewayConfig, logger: Logger): Observation =>
  makeObservation({
    logger,
    accounts,
    now: Date.now,
    elapsed: () => performance.now(),
    process: true,
  });

/** Shows at each scrape how the gateway's accounts and their coverage are. */
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

/** Starts the listener that metrics have of their own; null where the config has none. */
export async function startMetrics(
  { registry }: Observation,
  { server: { metrics } }: GatewayConfig,
  logger: Logger,
): Promise<MetricsServer | null> {
  if (metrics === null) return null;
  const keys = { host: "server.metrics.host", port: "server.metrics.port" };
  return startMetricsServer({ ...metrics, logger, registry }).catch(explainListen(metrics, keys));
}
