import type { Logger } from "pino";
import type { GatewayConfig } from "../config/resolve.js";
import { ConfigError } from "../config/fault.js";
import { isLoopback } from "../domain/loopback.js";
import type { ReloadOutcome } from "../server/observe/notes.js";

/** What a reload changes. */
interface Reloaded {
  readonly logger: Logger;
  /** Reads the config file again. @throws {ConfigError} */
  load(): Promise<GatewayConfig>;
  /** Called after each reading, for metrics. */
  readonly onReload?: (outcome: ReloadOutcome) => void;
  /** Answers requests by a config from now on. If it fails, the earlier config stays. */
  takeOver(config: GatewayConfig): Promise<void>;
}

/**
 * Makes a function that reads the config again: everything takes over but the keys for which the gateway
 * must be restarted. Those are named in the log if they have changed. A reload that fails is logged and
 * changes nothing, whether the file is wrong or something unexpected happens. A call waits for the one
 * before it.
 */
export function makeReload(started: GatewayConfig, parts: Reloaded): () => Promise<void> {
  const { logger, load, takeOver, onReload } = parts;
  const run = async (): Promise<void> => {
    let config: GatewayConfig;
    try {
      config = await load();
      refuseOpenHost(started, config);
      await takeOver(withStarted(started, config));
    } catch (error) {
      const isWrong = error instanceof ConfigError;
      onReload?.(isWrong ? "refused" : "failed");
      if (isWrong)
        logger.error({ faults: error.faults }, "The config was not reloaded, because it is wrong.");
      else
        logger.error(
          { err: error },
          "The config was not reloaded, because of an unexpected error.",
        );
      return;
    }
    onReload?.("taken");
    logger.info("The config was reloaded.");
    logger.level = config.server.logLevel;
    const keys = RESTART.filter(([, of]) => textOf(of(started)) !== textOf(of(config)));
    if (keys.length > 0)
      logger.warn({ keys: keys.map(([key]) => key) }, "Changed keys take effect after a restart.");
  };
  let last = Promise.resolve();
  return () => (last = last.then(run));
}

/** The keys that take effect after a restart, and their values. */
const RESTART: readonly (readonly [string, (config: GatewayConfig) => unknown])[] = [
  ["server.host", ({ server }) => server.host],
  ["server.port", ({ server }) => server.port],
  ["server.cursorKey", ({ server }) => server.cursorKeys],
  ["server.metrics", ({ server }) => server.metrics],
  ["cache.url", ({ cache }) => cache.url],
];

const textOf = (value: unknown): string => JSON.stringify(value);

/** A config with the values of those keys that the gateway was started with. */
const withStarted = ({ server, cache }: GatewayConfig, config: GatewayConfig): GatewayConfig => {
  const { host, port, cursorKeys, metrics } = server;
  return {
    ...config,
    server: { ...config.server, host, port, cursorKeys, metrics },
    cache: { ...config.cache, url: cache.url },
  };
};

/**
 * The config file allows `auth.mode: none` for the host in it, but the old host stays until the restart.
 * @throws {ConfigError}
 */
function refuseOpenHost({ server: { host } }: GatewayConfig, { auth }: GatewayConfig): void {
  if (auth.mode !== "none" || isLoopback(host)) return;
  const message = `must be apiKey or jwt, because the gateway listens on ${host} until it is restarted`;
  throw new ConfigError([{ path: "auth.mode", message }], "the config");
}
