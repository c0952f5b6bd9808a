// Builds the gateway and the benchmark, installs the servers for comparison, and runs the benchmark.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { installWhereStale } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const bench = join(root, "test/bench");
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

if (!build()) process.exit(1);
installWhereStale(bench);
run(tsc, ["-p", join(bench, "tsconfig.json")]);
run(join(bench, ".build/test/bench/main.js"), process.argv.slice(2));

/** Runs a program and waits for it. If it fails, this process exits with its code. */
function run(program, args) {
  const { status } = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}
