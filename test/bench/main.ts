import { coldReads } from "./cold.js";
import { chinesePage, warmPage } from "./warm.js";
import { manySources } from "./sources.js";
import { startUp } from "./start.js";
import { walkAll } from "./walk.js";

/*
 * One run of the parts that the arguments name, or of all. Prints their figures as one line of JSON;
 * `scripts/bench.mjs` summarises several runs.
 */
const PARTS = {
  warm: async () => ({ warm: await warmPage() }),
  chinese: async () => ({ chinese: await chinesePage() }),
  cold: coldReads,
  walk: async () => ({ walk: await walkAll() }),
  sources: async () => ({ sources: await manySources() }),
  start: async () => ({ start: await startUp() }),
};

const named = process.argv.slice(2);
let figures: object = {};
for (const [name, part] of Object.entries(PARTS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const began = performance.now();
  figures = { ...figures, ...(await part()) };
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(`  ${name}: ${seconds} s\n`);
}
process.stdout.write(`${JSON.stringify(figures)}\n`);
