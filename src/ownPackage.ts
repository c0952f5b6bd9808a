import { readFileSync } from "node:fs";

/** The package's folder. Both `src` and `dist` are directly below it. */
export const PACKAGE = new URL("../", import.meta.url);

/** The version of the running program. */
export function ownVersion(): string {
  const file = readFileSync(new URL("package.json", PACKAGE), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}
