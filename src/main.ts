#!/usr/bin/env node
import { writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runCli } from "./cli/program.js";
import { Ended } from "./cli/surroundings.js";
import { makeScrub } from "./domain/scrub.js";

// What a request makes is garbage when it is answered. Where some of it once lived longer, V8 would make
// more like it among the old from then on, and keep all that those refer to until the next full collection.
setFlagsFromString("--no-allocation-site-pretenuring");

const ending = new AbortController();
// Once: whoever is impatient and asks again ends the process at once.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => ending.abort(new Ended(signal)));

// Whoever read the output may be gone; commands learn of it when they write.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

let scrub = makeScrub();
/** Anything may stand in the error of a bug: it passes the scrubber, as every line of the log does. */
function crash(error: unknown): never {
  writeSync(2, `${scrub(inspect(error))}\n`);
  process.exit(1);
}
process.on("uncaughtException", crash);

const ran = runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  ended: ending.signal,
  now: Date.now,
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
  hide: (secrets) => (scrub = makeScrub(secrets)),
});
void ran.catch(crash).then((code) => (process.exitCode = code));
