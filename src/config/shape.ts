import type { z } from "zod";
import { formatPath, kindOf, shown, valueAt } from "./fault.js";
import type { Fault, Path } from "./fault.js";
import { secretKeys } from "./jsonSchema.js";
import { configSchema } from "./schema.js";
import type { ParsedConfig } from "./schema.js";
import { closest } from "../domain/nearest.js";

type Issue = z.core.$ZodIssue;

/** What is said of the value at a path: what it is, or only its kind where it may be a secret. */
export type Describe = (path: Path) => string;

/** The outcome of checking each value by itself. */
export interface CheckedShape {
  /** Null where a value is wrong. */
  readonly config: ParsedConfig | null;
  readonly faults: readonly Fault[];
}

/**
 * Checks every value of a tree. Texts that an environment variable gave are read as numbers and
 * booleans where such are wanted; `tree` is changed in those places.
 */
export function checkShape(
  tree: unknown,
  origins: ReadonlyMap<string, readonly string[]>,
): CheckedShape {
  const first = configSchema.safeParse(tree);
  if (first.success) return { config: first.data, faults: [] };
  for (const issue of first.error.issues) {
    if (issue.code === "invalid_type" && origins.has(formatPath(pathOf(issue)))) {
      convert(tree, pathOf(issue), issue.expected);
    }
  }
  const second = configSchema.safeParse(tree);
  if (second.success) return { config: second.data, faults: [] };
  const describe = describer(tree, origins);
  return { config: null, faults: second.error.issues.flatMap((i) => faultsOf(i, tree, describe)) };
}

/** Makes the description of values: nothing is shown of secrets, nor of what the environment gave. */
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

function convert(tree: unknown, path: Path, expected: string): void {
  const key = path.at(-1);
  const parent = valueAt(tree, path.slice(0, -1));
  const value = valueAt(tree, path);
  if (typeof parent !== "object" || parent === null || key === undefined) return;
  const slot = parent as Record<string | number, unknown>;
  if (expected === "boolean")
    slot[key] = value === "true" ? true : value === "false" ? false : value;
  else if (typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value)) slot[key] = Number(value);
}

function faultsOf(issue: Issue, tree: unknown, describe: Describe): Fault[] {
  const path = pathOf(issue);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...path, key], issue.message.split(" ")));
  }
  // Of a value with two forms, the form that was meant is the one that was got into furthest.
  const inner = issue.code === "invalid_union" ? issue.errors.flat() : [];
  const deeper = inner.filter(({ path: rest }) => rest.length > 0);
  if (deeper.length > 0) {
    return deeper.flatMap((i) =>
      faultsOf({ ...i, path: [...issue.path, ...i.path] }, tree, describe),
    );
  }
  const came = wantsContainer(issue) ? kindOf(valueAt(tree, path)) : describe(path);
  const missing = valueAt(tree, path) === undefined;
  const message = missing ? `missing; ${issue.message}` : `${issue.message}; came ${came}`;
  return [{ path: formatPath(path), message }];
}

const wantsContainer = (issue: Issue): boolean =>
  issue.code === "invalid_type" && ["object", "array"].includes(issue.expected);

function unknownKey(path: Path, known: readonly string[]): Fault {
  const guess = closest(String(path.at(-1)), known);
  const right = guess === null ? `known here: ${known.join(", ")}` : `did you mean ${guess}?`;
  return { path: formatPath(path), message: `unknown key; ${right}` };
}

const pathOf = (issue: Issue): Path =>
  issue.path.map((part) => (typeof part === "number" ? part : String(part)));
