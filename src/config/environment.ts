import type { Environment } from "../domain/account.js";
import { isRow } from "../domain/row.js";
import { formatPath, type ConfigFault, type ConfigPath } from "./fault.js";
import { isProxyUrl } from "./fields.js";

/** A tree in which references to environment variables are replaced. */
interface FilledTree {
  readonly tree: unknown;
  readonly faults: readonly ConfigFault[];
  /** By formatted path, the variables in a text. Such a text is never shown. */
  readonly origins: ReadonlyMap<string, readonly string[]>;
}

/** A reference, an escaped reference, or the start of a malformed one. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-((?:(?!\$\{)[^}])*))?\}|\$\{/g;

/**
 * Replaces `${NAME}` and `${NAME:-default}` in every text of a tree. As in a shell, the default also
 * replaces an empty variable. `$${` stands for the characters `${`.
 */
export function fillEnvironment(tree: unknown, env: Environment): FilledTree {
  const faults: ConfigFault[] = [];
  const origins = new Map<string, readonly string[]>();

  const fillText = (text: string, path: string): string => {
    const names: string[] = [];
    const filled = text.replace(REFERENCE, (all: string, name?: string, fallback?: string) => {
      if (name === undefined && all === "$${") return "${";
      if (name === undefined) faults.push({ path, message: MALFORMED });
      else names.push(name);
      const value = name === undefined ? "" : (env[name] ?? fallback);
      if (value === undefined) {
        faults.push({ path, message: `environment variable ${name} is not set` });
      }
      return value === "" ? (fallback ?? "") : (value ?? "");
    });
    if (names.length > 0) origins.set(path, names);
    return filled;
  };
  const fill = (node: unknown, path: ConfigPath): unknown => {
    if (typeof node === "string") return fillText(node, formatPath(path));
    if (Array.isArray(node)) return node.map((item, index) => fill(item, [...path, index]));
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, fill(value, [...path, key])]),
    );
  };
  return { tree: fill(tree, []), faults, origins };
}

const MALFORMED =
  "a reference must be ${NAME} or ${NAME:-default}; write $${ for the characters ${";

/** Variables that override a key of `server`. */
const OVERRIDES = [
  ["host", "GATEWAY_HOST"],
  ["port", "PORT"],
] as const;

/** Overrides server.host and server.port with GATEWAY_HOST and PORT, if they are set. */
export function overrideServer(filled: FilledTree, env: Environment): FilledTree {
  const { tree, faults } = filled;
  const taken = OVERRIDES.filter(([, name]) => (env[name] ?? "") !== "");
  if (taken.length === 0 || !isRow(tree) || !isRow(tree["server"] ?? {})) return filled;
  const origins = new Map(filled.origins);
  for (const [key, name] of taken) origins.set(`server.${key}`, [name]);
  const values = Object.fromEntries(taken.map(([key, name]) => [key, env[name]]));
  return {
    tree: { ...tree, server: { ...(tree["server"] as object | undefined), ...values } },
    faults: faults.filter(({ path }) => !taken.some(([key]) => path === `server.${key}`)),
    origins,
  };
}

/** The value of a variable, by its name in lower case if that is set, as other programs read it. */
export const eitherCase = (env: Environment, name: string): string =>
  env[name.toLowerCase()] || env[name] || "";

/** Proxies of the environment that cannot be used. They may hold passwords, and are not shown. */
export const proxyFaults = (env: Environment): readonly ConfigFault[] =>
  ["HTTPS_PROXY", "HTTP_PROXY"].flatMap((name) => {
    const value = eitherCase(env, name);
    if (value === "" || isProxyUrl(value)) return [];
    const message = "must be an http:// or https:// URL without a path";
    return [{ path: `environment variable ${name}`, message }];
  });
