import { readFileSync } from "node:fs";

/** The package's folder, as seen from `src` and from `dist`: the built program lies in no folder below `dist`. */
export const PACKAGE = new URL("../", import.meta.url);

/** The version that is running. */
export function ownVersion(): string {
  const file = readFileSync(new URL("package.json", PACKAGE), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}
