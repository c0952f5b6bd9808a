// Builds, then serves: over the given config, or over the embedded clouds where there is none.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";

if (!build()) process.exit(1);

const args = process.argv.slice(2);
const hasConfig =
  args.some((arg) => arg === "--demo" || /^(-c$|--config(=|$))/.test(arg)) ||
  Boolean(process.env.GATEWAY_CONFIG) ||
  existsSync("gateway.yaml");
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const child = spawn(process.execPath, [main, "serve", ...args, ...(hasConfig ? [] : ["--demo"])], {
  stdio: "inherit",
});

for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// A terminal sends Ctrl-C to the child as well; twice would read as impatience.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
// npm passes SIGTERM on to its shell only; a gateway whose shell is gone must not stay behind.
const parent = process.ppid;
const isOrphan = () => process.env.npm_lifecycle_event && process.ppid !== parent;
setInterval(() => isOrphan() && child.kill("SIGTERM"), 500).unref();

child.on("exit", (code, signal) => {
  process.exit(signal === null ? code : 128 + constants.signals[signal]);
});
