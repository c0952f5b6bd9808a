// Prints how many files and functions of src one request for a page of backups enters: cold, the first
// request of a fresh process, and warm, once the page is cached and the document is compiled. With
// --files it lists the files, with --functions also their functions. The sources are transpiled one by one, so that V8 counts the files and
// functions of src; src/clouds runs in a process of its own and is left out.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { sourceFiles, table } from "./measure.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "journey-"));
const CLOUDS = "test/bench/cloudsProcess.ts";
const QUERY = `{ backups(first: 20) {
  edges { cursor node { id startedAt status sizeBytes provider { key } instance { name } } }
  pageInfo { hasNextPage endCursor } complete issues { code }
} }`;

transpile();
const clouds = fork(builtOf(CLOUDS));
process.on("exit", () => {
  clouds.kill();
  rmSync(copy, { recursive: true, force: true });
});
clouds.send({ instances: 10, backupsEach: 10 });
const [{ accounts }] = await once(clouds, "message");

const gateway = startGateway(accounts);
process.on("exit", () => gateway.kill());
const url = await ready(gateway);
const cold = await journey(1);
// The second request compiles the document, a third uses it.
await journey(2);
const warm = await journey(1);

console.log(
  table([
    ["files entered, cold", cold.length, "110"],
    ["functions entered, cold", functionsOf(cold), "800"],
    ["files entered, warm", warm.length, "55"],
    ["functions entered, warm", functionsOf(warm), "270"],
  ]),
);
if (process.argv.includes("--files")) {
  const names = [...new Set([...cold, ...warm].map(({ file }) => file))].sort();
  const countIn = (list, name) => list.find(({ file }) => file === name)?.functions.length ?? "-";
  const rows = names.map((name) => [name, countIn(cold, name), countIn(warm, name)]);
  console.log(`\n${table(rows, ["file", "cold", "warm"])}`);
}
if (process.argv.includes("--functions")) console.log(`\n${functionLines().join("\n")}`);
process.exit();

/** Writes each source as JavaScript to where it lies in a copy of the repository. */
function transpile() {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  for (const file of [...sourceFiles("src"), CLOUDS]) {
    if (file.startsWith("src/pages/")) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(root, file), "utf8"), {
      compilerOptions: { ...options, module: ts.ModuleKind.ESNext },
    });
    mkdirSync(dirname(builtOf(file)), { recursive: true });
    writeFileSync(builtOf(file), outputText);
  }
  for (const path of ["node_modules", "package.json", "schema"])
    symlinkSync(join(root, path), join(copy, path));
}

function builtOf(file) {
  return join(copy, file.replace(/\.ts$/, ".js"));
}

/** Starts the gateway over the clouds, with a counter of functions that is asked by messages. */
function startGateway(accounts) {
  const config = join(copy, "gateway.json");
  writeFileSync(
    config,
    JSON.stringify({
      server: { port: 0, graphiql: false, page: false },
      accounts,
      // Nothing else is to be under way while a request is counted.
      cache: { ttl: "PT1H", refresh: { share: 0 } },
      upstream: { rate: 10_000 },
    }),
    { mode: 0o600 },
  );
  const { GATEWAY_CONFIG: _file, PORT: _port, GATEWAY_HOST: _host, ...env } = process.env;
  return fork(builtOf("src/main.ts"), ["serve", "--config", config], {
    execArgv: ["--import", new URL("counter.mjs", import.meta.url).href],
    env: { ...env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}

async function ready({ stdout, stderr }) {
  let written = "";
  stderr.on("data", (part) => (written += part));
  for await (const part of stdout) {
    written += part;
    const [, url] = /^Gateway ready at (\S+)$/m.exec(written) ?? [];
    if (url) {
      stdout.resume();
      return url;
    }
  }
  throw new Error(`The gateway did not start: ${written}`);
}

/** Sends the request some times; the files that were entered meanwhile, with their functions. */
async function journey(times) {
  await counted();
  for (let time = 0; time < times; time += 1) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: QUERY }),
    });
    const text = await response.text();
    const { data } = JSON.parse(text);
    if (data?.backups.edges.length !== 20 || !data.backups.complete)
      throw new Error(`No whole page: ${text.slice(0, 500)}`);
  }
  return counted();
}

/** What was entered since the last count. */
async function counted() {
  gateway.send("count");
  const [scripts] = await once(gateway, "message");
  return scripts
    .filter(({ url }) => url.includes(`${copy}/src/`) && !url.includes("/src/clouds/"))
    .map(({ url, functions }) => ({
      file: url.slice(url.indexOf(copy) + copy.length + 1).replace(/\.js$/, ".ts"),
      functions,
    }))
    .filter(({ functions }) => functions.length > 0);
}

function functionsOf(list) {
  return list.reduce((sum, { functions }) => sum + functions.length, 0);
}

/** A line for each function, in the order of the text: when it was entered, and its first line. */
function functionLines() {
  const found = new Map();
  const add = (list, when) => {
    for (const { file, functions } of list)
      for (const { name, start, end } of functions) {
        const key = `${file}:${start}:${end}`;
        const known = found.get(key) ?? { file, name, start, end, when: [] };
        known.when.push(when);
        found.set(key, known);
      }
  };
  add(cold, "cold");
  add(warm, "warm");
  return [...found.values()]
    .sort((a, b) => a.file.localeCompare(b.file) || a.start - b.start)
    .map(({ file, name, start, end, when }) => {
      const text = readFileSync(builtOf(file), "utf8").slice(start, end);
      const [first] = text.split("\n", 1);
      return `${file}  ${when.join("+").padEnd(9)}  ${name}  ${first.slice(0, 60)}`;
    });
}
