#!/usr/bin/env node
import { setTimeout as delay } from "node:timers/promises";
import { runCli } from "./cli/program.js";
import { Ended } from "./cli/surroundings.js";

const ending = new AbortController();
// Once: whoever is impatient and asks again ends the process at once.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => ending.abort(new Ended(signal)));

// Whoever read the output may be gone; commands learn of it when they write.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  ended: ending.signal,
  now: Date.now,
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
});
