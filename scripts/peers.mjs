// Runs the tests that need packages of their own, after installing these if they are missing or outdated.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installWhereStale } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const peers = join(root, "test/peers");

const folders = readdirSync(peers)
  .map((name) => join(peers, name))
  .filter((folder) => existsSync(join(folder, "package-lock.json")));
for (const folder of folders) installWhereStale(folder);

const vitest = dirname(createRequire(import.meta.url).resolve("vitest/package.json"));
const { status } = spawnSync(
  process.execPath,
  [
    join(vitest, "vitest.mjs"),
    "run",
    "--config",
    "test/peers/vitest.config.ts",
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: "inherit" },
);
process.exit(status ?? 1);
