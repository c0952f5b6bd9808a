// Builds, then serves: with the given config, or with the embedded clouds if there is none.
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
// A terminal sends Ctrl-C to the child as well, and a second signal would end it at once.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
// npm forwards SIGTERM to its shell only; without this, the gateway would keep running.
const parent = process.ppid;
const isOrphan = () => process.env.npm_lifecycle_event && process.ppid !== parent;
setInterval(() => isOrphan() && child.kill("SIGTERM"), 500).unref();

child.on("exit", (code, signal) => {
  process.exit(signal === null ? code : 128 + constants.signals[signal]);
});
