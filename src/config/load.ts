import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Environment } from "../domain/account.js";
import { openText } from "./document.js";
import { fillEnvironment, overrideServer, proxyFaults } from "./environment.js";
import { ConfigError, formatPath, readFault, type ConfigFault, type ConfigPath } from "./fault.js";
import { resolveConfig, type GatewayConfig } from "./resolve.js";
import { checkRules } from "./rules.js";
import { checkShape, describer } from "./shape.js";

/** Where a config comes from: a file, or text, which `file` may name. */
type ConfigSource = { readonly env: Environment } & (
  | { readonly file: string; readonly text?: undefined }
  | { readonly text: string; readonly file?: string }
);

/**
 * Loads a config in YAML or JSON, with environment variables and defaults.
 *
 * Errors: `ConfigError` with all faults of the file. It shows no secret.
 */
export function loadConfig({ file, text, env }: ConfigSource): GatewayConfig {
  const name = file ?? "the config";
  const opened = openText(text ?? readText(name), name);
  const filled = overrideServer(fillEnvironment(opened.tree, env), env);
  const shape = checkShape(filled.tree, filled.origins);
  const folder = dirname(resolve(name));
  const rules = checkRules(filled.tree, describer(filled.tree, filled.origins), folder);
  const given = [opened.faults, filled.faults, shape.faults, rules, proxyFaults(env)];
  const faults = inOrder(given.flat());
  if (shape.config === null || faults.length > 0) throw new ConfigError(faults, name);
  return resolveConfig(shape.config, { env, folder });
}

/** Keeps only the first fault of each path, because the others follow from it. */
function inOrder(faults: readonly ConfigFault[]): ConfigFault[] {
  const firsts = new Map<string, ConfigFault>();
  for (const fault of faults) {
    if (!firsts.has(fault.path)) firsts.set(fault.path, fault);
  }
  return [...firsts.values()].sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError([{ path: "the file", message: readFault(error) }], file);
  }
}

/** The permission of all other users to read a file. */
const OTHERS_READ = 0o004;

/** The keys that hold secrets. */
const SECRET_KEY = /^(?:accounts\[\d+\]\.credentials\.\w+|server\.cursorKey(?:\[\d+\])?)$/;

/** A URL with a password that is not a reference to an environment variable. */
const URL_WITH_PASSWORD = /^[a-z][a-z\d+.-]*:\/\/[^/?#@:]*:(?!(?:\$\{[^}]*\})+@)[^/?#@]+@/i;

/**
 * The places of secrets in a file that all users of this machine can read: credentials, cursor keys, and
 * URLs with a password, such as `cache.url` or the URL of a proxy. References to environment variables
 * do not count. Empty if the file is not readable by others.
 */
export function literalSecretsIn(file: string): readonly string[] {
  if (process.platform === "win32" || (statSync(file).mode & OTHERS_READ) === 0) return [];
  return literalSecrets(openText(readFileSync(file, "utf8"), file).tree, []);
}

function literalSecrets(node: unknown, path: ConfigPath): string[] {
  if (typeof node === "object" && node !== null)
    return Object.entries(node).flatMap(([key, value]) =>
      literalSecrets(value, [...path, Array.isArray(node) ? Number(key) : key]),
    );
  if (typeof node !== "string") return [];
  const place = formatPath(path);
  const isSecret = SECRET_KEY.test(place) && node !== "" && !node.includes("${");
  return isSecret || URL_WITH_PASSWORD.test(node) ? [place] : [];
}
