import { createInterface } from "node:readline";
import { coldReads } from "./cold.js";
import type { Part } from "./figures.js";
import { timeShares } from "./shares.js";
import { manySources } from "./sources.js";
import { startUp } from "./start.js";
import { walkAll } from "./walk.js";
import { chinesePage, warmPage } from "./warm.js";

/*
 * Measures the part that the argument names once for each line `run` of its input, and prints the figures of each run as
 * one line of JSON. The servers are started and warmed up before the first run, and stay for all of them.
 * `scripts/bench.mjs` summarises the runs.
 */
const PARTS: Readonly<Record<string, () => Promise<Part>>> = {
  warm: warmPage,
  chinese: chinesePage,
  cold: coldReads,
  // These two measure new processes.
  walk: async () => ({
    run: async () => ({ walk: await walkAll() }),
    close: async () => undefined,
  }),
  sources: manySources,
  shares: timeShares,
  start: async () => ({
    run: async () => ({ start: await startUp() }),
    close: async () => undefined,
  }),
};

const name = process.argv[2] ?? "";
const start = PARTS[name];
if (start === undefined) throw new Error(`Expected a part of the benchmark, but got ${name}.`);
let part: Part | null = null;
for await (const command of createInterface({ input: process.stdin })) {
  if (command !== "run") throw new Error(`Expected the line run, but got ${command}.`);
  const began = performance.now();
  part ??= await start();
  const figures = await part.run();
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(`  ${name}: ${seconds} s\n`);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
await part?.close();
