import type { z } from "zod";
import { fault, formatPath, kindOf, shown, valueAt } from "./fault.js";
import type { ConfigFault, ConfigPath } from "./fault.js";
import { secretKeys } from "./jsonSchema.js";
import { configSchema } from "./schema.js";
import type { ParsedConfig } from "./schema.js";
import { closest } from "../domain/nearest.js";

type Issue = z.core.$ZodIssue;

/** Describes the value at a path for a message. It shows only the kind of a possible secret. */
export type Describe = (path: ConfigPath) => string;

/** The result of checking single values. */
interface CheckedShape {
  /** Null if a value is wrong. */
  readonly config: ParsedConfig | null;
  readonly faults: readonly ConfigFault[];
}

/**
 * Checks every value of a tree. Text from an environment variable is converted to a number or a boolean
 * if one is expected, which changes `tree`.
 */
export function checkShape(
  tree: unknown,
  origins: ReadonlyMap<string, readonly string[]>,
): CheckedShape {
  let parsed = configSchema.safeParse(tree);
  for (const issue of parsed.error?.issues ?? [])
    if (issue.code === "invalid_type" && origins.has(formatPath(pathOf(issue))))
      convert(tree, pathOf(issue), issue.expected);
  if (!parsed.success) parsed = configSchema.safeParse(tree);
  if (parsed.success) return { config: parsed.data, faults: [] };
  const describe = describer(tree, origins);
  return { config: null, faults: parsed.error.issues.flatMap((i) => faultsOf(i, tree, describe)) };
}

/** Makes a `Describe`. It never shows secrets or values from the environment. */
export function describer(
  tree: unknown,
  origins: ReadonlyMap<string, readonly string[]>,
): Describe {
  let secrets: ReadonlySet<string> | null = null;
  return (path) => {
    secrets ??= secretKeys();
    const value = valueAt(tree, path);
    const names = origins.get(formatPath(path));
    if (names) return `${kindOf(value)} from environment variable ${names.join(" and ")}`;
    return path.some((part) => secrets?.has(String(part))) ? kindOf(value) : shown(value);
  };
}

function convert(tree: unknown, path: ConfigPath, expected: string): void {
  const key = path.at(-1);
  const parent = valueAt(tree, path.slice(0, -1));
  const value = valueAt(tree, path);
  if (typeof parent !== "object" || parent === null || key === undefined) return;
  const slot = parent as Record<string | number, unknown>;
  if (expected === "boolean")
    slot[key] = value === "true" ? true : value === "false" ? false : value;
  else if (typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value)) slot[key] = Number(value);
}

function faultsOf(issue: Issue, tree: unknown, describe: Describe): ConfigFault[] {
  const path = pathOf(issue);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...path, key], issue.message.split(" ")));
  }
  // If a value can have two forms, the deepest faults belong to the form that was meant.
  const inner = issue.code === "invalid_union" ? issue.errors.flat() : [];
  const deeper = inner.filter(({ path: rest }) => rest.length > 0);
  if (deeper.length > 0) {
    return deeper.flatMap((i) =>
      faultsOf({ ...i, path: [...issue.path, ...i.path] }, tree, describe),
    );
  }
  if (valueAt(tree, path) === undefined) return [fault(path, `missing; ${issue.message}`)];
  const got = wantsContainer(issue) ? kindOf(valueAt(tree, path)) : describe(path);
  return [fault(path, `${issue.message}, but got ${got}${suggestionOf(issue, got)}`)];
}

/** What would be right. It is made from the value, so it is shown only if the value may be shown. */
function suggestionOf(issue: Issue, got: string): string {
  const suggestion: unknown = issue.code === "custom" ? issue.params?.["suggestion"] : null;
  return typeof suggestion === "string" && got.startsWith('"') ? `; use ${suggestion}` : "";
}

const wantsContainer = (issue: Issue): boolean =>
  issue.code === "invalid_type" && ["object", "array"].includes(issue.expected);

function unknownKey(path: ConfigPath, known: readonly string[]): ConfigFault {
  const guess = closest(String(path.at(-1)), known);
  const hint = guess === null ? `known keys: ${known.join(", ")}` : `did you mean ${guess}?`;
  return fault(path, `unknown key; ${hint}`);
}

const pathOf = (issue: Issue): ConfigPath =>
  issue.path.map((part) => (typeof part === "number" ? part : String(part)));
