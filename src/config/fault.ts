/** Keys and indexes from the top of the config file. */
export type ConfigPath = readonly (string | number)[];

/** One fault of the config, and how to fix it. */
export interface ConfigFault {
  /** Place in the file, for example `accounts[1].credentials.secretId`, or `line 3, column 5`. */
  readonly path: string;
  readonly message: string;
}

/** The config cannot be used. `faults` lists everything that is wrong, and shows no secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(
    readonly faults: readonly ConfigFault[],
    file: string,
  ) {
    const count = faults.length === 1 ? "1 fault" : `${faults.length} faults`;
    const lines = faults.map(({ path, message }) => `  ${path}: ${message}`);
    super(`${file} has ${count}:\n${lines.join("\n")}`);
  }
}

/**
 * Formats a path, such as `auth.apiKeys[0].scopes`. A key that is not a plain word is not shown, because
 * it may be a secret in the wrong place.
 */
export function formatPath(path: ConfigPath): string {
  if (path.length === 0) return "the file";
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${keyShown(part)}`))
    .join("")
    .replace(/^\./, "");
}

/** The fault of a value. */
export const fault = (path: ConfigPath, message: string): ConfigFault => ({
  path: formatPath(path),
  message,
});

const keyShown = (key: string): string =>
  /^\$?[A-Za-z][A-Za-z_-]{0,31}\d{0,3}$/.test(key) ? key : `(a key of ${characters(key)})`;

/** The value at a path of a tree of maps and lists, or undefined if there is none. */
export function valueAt(tree: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>((node, part) => {
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, part)) return undefined;
    return (node as Record<string | number, unknown>)[part];
  }, tree);
}

/** The kind of a value, which reveals nothing about it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "an empty value";
  if (typeof value === "string") return `text of ${characters(value)}`;
  if (typeof value === "number") return "a number";
  if (typeof value === "boolean") return "true or false";
  return Array.isArray(value) ? `a list of ${value.length}` : "a map";
}

const characters = ({ length }: string): string =>
  length === 1 ? "1 character" : `${length} characters`;

/**
 * A value as a message shows it. Only its kind is shown if it is long, may hold a password, or looks like
 * a key: a long word that mixes letters and digits.
 */
export function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string" || value.length > 60 || /[@?]/.test(value)) return kindOf(value);
  const words = value.match(/[A-Za-z\d+/=_]{12,}/g) ?? [];
  const isKey = words.some((word) => /\d/.test(word) && /[A-Za-z]/.test(word));
  return isKey ? kindOf(value) : JSON.stringify(value);
}

const READ_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EACCES: "this user may not read it",
  EISDIR: "it is a directory",
};

/** Why a file cannot be read. */
export function readFault(error: unknown): string {
  const code = codeOf(error);
  return READ_FAULTS[code] ?? `it cannot be read (${code})`;
}

/** The code of an error of Node, such as ENOENT. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "unknown";
