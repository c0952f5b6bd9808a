// Builds the gateway and the benchmark, installs the servers for comparison, runs the benchmark, and prints
// the median and the spread of each figure over all runs.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, release, type } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import prettier from "prettier";
import { build as buildWithVite } from "vite";
import { jsonOf, reportOf, summaryOf } from "./benchReport.mjs";
import { build } from "./build.mjs";
import { installWhereStale } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const bench = join(root, "test/bench");
const nodesFolder = join(root, "test/nodes");
const RESULTS = join(bench, "results.json");
const PAGE = join(root, "docs/performance.md");
const FIGURES = /(<!-- figures -->\n)[^]*(<!-- end of figures -->)/;
const PARTS = ["warm", "chinese", "cold", "walk", "sources", "start", "shares"];
/** How many runs in a row the same servers serve. More servers show how much the figures depend on a start. */
const RUNS_A_START = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", multiple: true, default: ["1"] },
    node: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const runsOf = runCounts(values.runs, positionals);
if (values.write && positionals.length > 0)
  stop("--write: expected no parts, because the page shows all.");

if (!build()) process.exit(1);
installWhereStale(bench);
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const compiled = spawnSync(process.execPath, [tsc, "-p", join(bench, "tsconfig.json")], {
  cwd: root,
  stdio: "inherit",
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
if (runsOf.get("shares") > 0) await buildMaps();

const machine = factsOfRun();
const found = new Map(programsOf(values.node).map((program) => [program, []]));
let failed = false;
const most = Math.max(...runsOf.values());
for (let done = 0; done < most; done += RUNS_A_START) {
  for (const part of PARTS)
    await measurePart(part, done, Math.min(runsOf.get(part), done + RUNS_A_START));
  if (values.write && hasFigures()) await write(resultsOf());
}

const results = resultsOf();
if (!hasFigures()) stop("No run succeeded.");
process.stdout.write(await prettier.format(reportOf(results), { parser: "markdown" }));
// `npm run bench --json` passes the flag to npm, which puts it into the environment.
if (values.json || process.env.npm_config_json === "true")
  for (const [node, summary] of Object.entries(results.nodes))
    process.stdout.write(`${JSON.stringify({ node, ...jsonOf(summary) })}\n`);
process.exit(failed ? 1 : 0);

/** Which source each place of the program comes from; the program itself is built a second time, with the same result. */
async function buildMaps() {
  const outDir = join(bench, ".build/maps");
  rmSync(outDir, { recursive: true, force: true });
  await buildWithVite({
    configFile: join(root, "scripts/program.vite.mjs"),
    logLevel: "warn",
    build: { outDir, sourcemap: "hidden" },
  });
}

/** How often each part runs: `--runs 10` for all, `--runs walk=3` for one. Parts that are not named run never. */
function runCounts(given, named) {
  const counts = new Map();
  const all = given.filter((text) => !text.includes("=")).at(-1) ?? "1";
  for (const part of PARTS)
    counts.set(part, named.length === 0 || named.includes(part) ? countOf(all) : 0);
  for (const text of given.filter((one) => one.includes("="))) {
    const [part, count] = text.split("=");
    known(part);
    if (counts.get(part) > 0) counts.set(part, countOf(count));
  }
  named.forEach(known);
  return counts;
}

function known(part) {
  if (!PARTS.includes(part)) stop(`Expected a part (${PARTS.join(", ")}), but got ${part}.`);
}

function countOf(text) {
  if (!/^[1-9]\d*$/.test(text)) stop(`--runs: expected a number from 1, but got ${text}.`);
  return Number(text);
}

/** The Nodes to measure: those of `test/nodes`, by major version, or the one that runs this script. */
function programsOf(majors) {
  if (majors.length === 0) return [{ path: process.execPath, version: process.versions.node }];
  installWhereStale(nodesFolder);
  return majors.map((name) => {
    if (name === process.versions.node.split(".")[0])
      return { path: process.execPath, version: process.versions.node };
    const path = join(nodesFolder, `node_modules/node-${name}/bin/node`);
    const asked = spawnSync(path, ["-p", "process.versions.node"], { encoding: "utf8" });
    if (asked.status !== 0) stop(`--node: expected a version of test/nodes, but got ${name}.`);
    return { path, version: asked.stdout.trim() };
  });
}

/** Some runs of a part. The Nodes take turns, so that a disturbance of the machine affects all of them alike. */
async function measurePart(part, from, to) {
  const sessions = new Map();
  for (let run = from; run < to; run += 1)
    for (const [program, runs] of found) {
      if (!sessions.has(program)) sessions.set(program, startPart(program.path, part));
      process.stderr.write(`run ${run + 1} of ${runsOf.get(part)} on ${program.version}\n`);
      const figures = await sessions.get(program).run();
      if (figures === null) failed = true;
      else runs.push(figures);
    }
  for (const session of sessions.values()) await session.close();
}

/**
 * A process of the benchmark, which runs one part on the given Node, like all servers that it starts. A run gives
 * its figures, or null if the process has failed.
 */
function startPart(node, part) {
  const child = spawn(node, [join(bench, ".build/test/bench/main.js"), part], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  // It ends early if it fails, which its output shows.
  child.stdin.on("error", () => undefined);
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run() {
      child.stdin.write("run\n");
      const { value, done } = await lines.next();
      return done ? null : JSON.parse(value);
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

function factsOfRun() {
  const git = (...args) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  const changed =
    git("status", "--porcelain", "--untracked-files=no") === "" ? "" : " with changes";
  return {
    commit: `${git("rev-parse", "--short", "HEAD")}${changed}`,
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() ?? "an unknown processor",
    cores: cpus().length,
    system: `${type()} ${release().split(".")[0]}`,
  };
}

function hasFigures() {
  return [...found.values()].some((runs) => runs.length > 0);
}

function resultsOf() {
  const measured = [...found].filter(([, runs]) => runs.length > 0);
  const nodes = measured.map(([{ version }, runs]) => [version, summaryOf(runs)]);
  return { ...machine, nodes: Object.fromEntries(nodes) };
}

/** Writes the figures, and replaces the tables of docs/performance.md. */
async function write(figures) {
  const options = await prettier.resolveConfig(PAGE);
  writeFileSync(
    RESULTS,
    await prettier.format(JSON.stringify(figures), { ...options, parser: "json" }),
  );
  const page = readFileSync(PAGE, "utf8").replace(
    FIGURES,
    (_, begin, end) => `${begin}\n${reportOf(figures)}\n${end}`,
  );
  writeFileSync(PAGE, await prettier.format(page, { ...options, parser: "markdown" }));
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
