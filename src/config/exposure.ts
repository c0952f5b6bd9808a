import { readFileSync, statSync } from "node:fs";
import { openText } from "./document.js";
import { formatPath, type Path } from "./fault.js";

/** Permission of users that are neither the owner nor of the file's group to read it. */
const OTHERS_READ = 0o004;

/** Keys under which a secret may stand. */
const SECRET = /^(?:accounts\[\d+\]\.credentials\.\w+|server\.cursorKey(?:\[\d+\])?)$/;

/**
 * Where a file that every user of this machine may read holds secrets themselves, not references to
 * the environment; empty for any other file.
 */
export function exposedSecrets(file: string): readonly string[] {
  if (process.platform === "win32" || (statSync(file).mode & OTHERS_READ) === 0) return [];
  return literalSecrets(openText(readFileSync(file, "utf8"), file).tree, []);
}

function literalSecrets(node: unknown, path: Path): string[] {
  if (typeof node === "object" && node !== null)
    return Object.entries(node).flatMap(([key, value]) =>
      literalSecrets(value, [...path, Array.isArray(node) ? Number(key) : key]),
    );
  const place = formatPath(path);
  const isLiteral = typeof node === "string" && node !== "" && !node.includes("${");
  return isLiteral && SECRET.test(place) ? [place] : [];
}
