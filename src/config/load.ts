import { readFileSync } from "node:fs";
import type { GatewayConfig } from "./config.js";
import { openText } from "./document.js";
import { fillEnvironment, overrideServer } from "./environment.js";
import type { Environment } from "./environment.js";
import { ConfigError } from "./fault.js";
import type { Fault } from "./fault.js";
import { resolveConfig } from "./resolve.js";
import { checkRules } from "./rules.js";
import { checkShape, describer } from "./shape.js";

/** Where a config comes from: a file, or text (of which `file` may be the name). */
export type ConfigSource = { readonly env: Environment } & (
  | { readonly file: string; readonly text?: undefined }
  | { readonly text: string; readonly file?: string }
);

/**
 * Reads a config in YAML or JSON, takes in the environment, and fills in every default.
 *
 * Errors: `ConfigError` with all faults of the file, none of which shows a secret.
 */
export function loadConfig({ file, text, env }: ConfigSource): GatewayConfig {
  const name = file ?? "the config";
  const opened = openText(text ?? readText(name), name);
  const filled = overrideServer(fillEnvironment(opened.tree, env), env);
  const shape = checkShape(filled.tree, filled.origins);
  const rules = checkRules(filled.tree, describer(filled.tree, filled.origins));
  const faults = inOrder([...opened.faults, ...filled.faults, ...shape.faults, ...rules]);
  if (shape.config === null || faults.length > 0) throw new ConfigError(faults, name);
  return resolveConfig(shape.config, env);
}

/** Keeps the first fault of each path, because what follows from it says nothing new. */
function inOrder(faults: readonly Fault[]): Fault[] {
  const firsts = new Map<string, Fault>();
  for (const fault of faults) {
    if (!firsts.has(fault.path)) firsts.set(fault.path, fault);
  }
  return [...firsts.values()].sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const why = READ_FAULTS[code] ?? `it cannot be read (${code})`;
    throw new ConfigError([{ path: "the file", message: why }], file);
  }
}

const READ_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "this user may not read it",
  EISDIR: "it is a directory",
};
