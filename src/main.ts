#!/usr/bin/env node
import { writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { Interrupted } from "./cli/context.js";
import { runCli } from "./cli/program.js";
import { LearningScrub } from "./domain/scrub.js";

// The objects of a request are garbage once it is answered. If some of them once lived longer, V8 would
// allocate later ones as old objects, and keep everything they refer to until the next full collection.
setFlagsFromString("--no-allocation-site-pretenuring");

/** How long a process that was asked to stop may write its last output. */
const LINGER_MS = 1_000;

const interrupting = new AbortController();
// Only once: a second signal ends the process at once.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => interrupting.abort(new Interrupted(signal)));

let reload: (() => Promise<void>) | null = null;
/** A closed terminal ends the process; without a terminal, the signal asks for a reload. */
function hangUp(): void {
  if (reload !== null && !interrupting.signal.aborted) return void reload().catch(crash);
  process.off("SIGHUP", hangUp);
  interrupting.abort(new Interrupted("SIGHUP"));
}
process.on("SIGHUP", hangUp);

// A command finds out that its output is closed when it writes, so the event itself is ignored.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const hidden = new LearningScrub();
/** An unexpected error may hold anything, so it is scrubbed like every line of the log. */
function crash(error: unknown): never {
  writeSync(2, `${hidden.scrub(inspect(error))}\n`);
  process.exit(1);
}
process.on("uncaughtException", crash);

const ran = runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  interrupted: interrupting.signal,
  now: Date.now,
  elapsed: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
  onReload(run) {
    const streams = [process.stdin, process.stdout, process.stderr];
    if (!streams.some(({ isTTY }) => isTTY)) reload = run;
  },
  hide: (secrets, owner) => hidden.hide(secrets, owner),
});
void ran.catch(crash).then((code) => {
  process.exitCode = code;
  // Exporters that wait for a collector would keep a process alive that was asked to stop.
  if (interrupting.signal.aborted) setTimeout(() => process.exit(), LINGER_MS).unref();
});
