import { readFileSync } from "node:fs";

/** The package's folder, seen from `src` as well as from `dist`: what is built lies in no folder below. */
export const PACKAGE = new URL("../", import.meta.url);

/** The version that is running. */
export function ownVersion(): string {
  const file = readFileSync(new URL("package.json", PACKAGE), "utf8");
  return (JSON.parse(file) as { version: string }).version;
}
