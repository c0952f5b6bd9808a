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
let reload: (() => Promise<void>) | null = null;
/** A signal asks the process to stop, and a second one of any kind ends it at once. */
function stop(signal: Interrupted["signal"]): void {
  const { aborted } = interrupting.signal;
  if (signal === "SIGHUP" && reload !== null) {
    // Without a terminal, it asks for a reload, which a gateway that stops does not need.
    if (!aborted) void reload().catch(crash);
    return;
  }
  const interrupted = new Interrupted(signal);
  if (!aborted) return interrupting.abort(interrupted);
  process.off(signal, stop);
  process.kill(process.pid, signal);
  // The first process of a container cannot be ended by a signal that it does not handle.
  process.exit(interrupted.exitCode);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);

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
