import { existsSync } from "node:fs";
import type { Clouds } from "../clouds/clouds.js";
import type { GatewayConfig } from "../config/config.js";
import { exposedSecrets } from "../config/exposure.js";
import { loadConfig } from "../config/load.js";
import { secretsOf } from "../domain/secrets.js";
import { UsageError, type Surroundings } from "./surroundings.js";

/** Where a command's accounts come from. */
export interface EstateFlags {
  readonly config?: string;
  readonly demo?: boolean;
}

/** A checked config, and the embedded clouds where its accounts are theirs. */
export interface LoadedEstate {
  readonly config: GatewayConfig;
  readonly clouds: Clouds | null;
  close(): Promise<void>;
}

/** Read where neither flag nor environment names a file. */
const DEFAULT_FILE = "gateway.yaml";

/**
 * Loads the config that the flags or the environment name, or starts the embedded clouds.
 * Errors: `ConfigError` with every fault of the file; `UsageError` where nothing says what to read.
 */
export async function loadEstate(
  { config: flag, demo }: EstateFlags,
  surroundings: Surroundings,
): Promise<LoadedEstate> {
  const { env } = surroundings;
  const file = flag ?? (env["GATEWAY_CONFIG"] || undefined);
  if (demo === true) {
    if (flag !== undefined) throw new UsageError("Give either --config or --demo, not both.");
    return demoEstate(env);
  }
  const found = file ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  if (found === undefined)
    throw new UsageError(
      "No accounts to read. Give --config <file>, set GATEWAY_CONFIG, put a gateway.yaml here, " +
        "or try the embedded clouds with --demo.",
    );
  const config = loadConfig({ file: found, env });
  surroundings.hide?.(secretsIn(config));
  warnOfReaders(found, surroundings.stderr);
  return { config, clouds: null, close: async () => {} };
}

/** Every secret of a config, in the forms in which it may be written. */
export const secretsIn = ({ accounts, cache, server }: GatewayConfig): readonly string[] =>
  secretsOf({ accounts, cacheUrl: cache.url, cursorKeys: server.cursorKeys });

/** Tells of secrets that others on this machine can read. */
function warnOfReaders(file: string, stderr: Surroundings["stderr"]): void {
  const [first, ...more] = exposedSecrets(file);
  if (first === undefined) return;
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  stderr.write(
    `Warning: ${file} holds secrets (${first}${others}) and its mode lets every user read it: ` +
      `expected mode 600, or references such as "\${NAME}".\n`,
  );
}

async function demoEstate(env: Surroundings["env"]): Promise<LoadedEstate> {
  // The file's defaults, over accounts that no file could name: their endpoints are made at start.
  const base = loadConfig({ text: DEMO_FILE, file: "the demo's config", env });
  // Whoever has accounts need not load the simulators.
  const { startClouds } = await import("../clouds/clouds.js");
  const clouds = await startClouds();
  return {
    config: { ...base, accounts: clouds.accounts },
    clouds,
    close: () => clouds.close(),
  };
}

const DEMO_FILE = `accounts:
  - id: demo
    vendor: ucloud
    credentials: { publicKey: demo, privateKey: demo }
`;
