import type { ServerConfig } from "../config/config.js";
import { UsageError } from "./surroundings.js";

/** What sets where the main listener listens. */
const MAIN_KEYS = { host: "server.host or GATEWAY_HOST", port: "server.port or PORT" };

/**
 * Says what to do where the server cannot listen as its config says.
 * @throws {UsageError} for what the config can change; any other error as it came.
 */
export const explainListen =
  ({ host, port }: Pick<ServerConfig, "host" | "port">, keys = MAIN_KEYS) =>
  (error: unknown): never => {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "EADDRINUSE")
      throw new UsageError(
        `Port ${port} of ${host} is taken. Set ${keys.port} to another; 0 takes a free one.`,
      );
    if (code === "EACCES")
      throw new UsageError(`This user may not listen on port ${port}. Take one from 1024 on.`);
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
      throw new UsageError(
        `${host} is no address of this machine. Set ${keys.host} to one that is.`,
      );
    throw error;
  };
