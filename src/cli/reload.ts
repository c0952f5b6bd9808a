import type { Logger } from "pino";
import type { Gateway } from "../app.js";
import type { GatewayConfig } from "../config/config.js";
import { ConfigError } from "../config/fault.js";
import type { Gate } from "../server/gate.js";

/** What a reload changes. */
export interface Reloaded {
  readonly logger: Logger;
  readonly gate: Pick<Gate, "setAuth">;
  readonly gateway: Pick<Gateway, "engine" | "setPolicies">;
  /** Reads the config file again. @throws {ConfigError} */
  load(): Promise<GatewayConfig>;
}

/**
 * Makes a function that reads the config again: API keys, JWT settings, policies and the log level
 * take over, and credentials of files and commands are read. Other keys that have changed are named in the log, because
 * they take effect after a restart. A wrong file changes nothing.
 */
export function makeReload(started: GatewayConfig, parts: Reloaded): () => Promise<void> {
  const { logger, gate, gateway, load } = parts;
  return async () => {
    let config: GatewayConfig;
    try {
      config = await load();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      logger.error({ faults: error.faults }, "The config was not reloaded, because it is wrong.");
      return;
    }
    const restart = changedKeys(started, config);
    if (config.auth.mode === started.auth.mode) gate.setAuth(config.auth);
    else restart.push("auth.mode");
    gateway.setPolicies(config.policies);
    gateway.engine.refreshCredentials();
    logger.info("The config was reloaded.");
    logger.level = config.server.logLevel;
    if (restart.length > 0)
      logger.warn({ keys: restart }, "Changed keys take effect after a restart.");
  };
}

/** The keys with other values that a reload does not change: those of `server`, and whole sections. */
function changedKeys(before: GatewayConfig, after: GatewayConfig): string[] {
  const { auth, policies, server, ...sections } = before;
  const { logLevel, ...keys } = server;
  return [
    ...Object.keys(keys)
      .filter((key) => differ(before.server, after.server, key))
      .map((key) => `server.${key}`),
    ...Object.keys(sections).filter((key) => differ(before, after, key)),
  ];
}

const differ = (before: object, after: object, key: string): boolean =>
  JSON.stringify(before[key as never]) !== JSON.stringify(after[key as never]);
