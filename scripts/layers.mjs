// Checks that imports in src point downwards, by the rules of .dependency-cruiser.cjs, and draws the
// folders. Without arguments: the rules. `--picture` writes the picture, `--check-picture` compares it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise, format } from "dependency-cruiser";
import extractConfig from "dependency-cruiser/config-utl/extract-depcruise-config";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { picture } from "./picture.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);
const PICTURE = "docs/images/architecture.svg";
/** Violations that are still there; an entry that is not found any more must go. */
const KNOWN = ".dependency-cruiser-known-violations.json";

/** What each folder holds, for the picture. */
const ROLES = {
  domain: "plain data, ids, the port",
  paging: "merge, cursor, page",
  http: "one transport, its policies",
  listing: "how one list is read",
  vendors: "their declarations",
  index: "everything read so far",
  shared: "the index in Valkey",
  providers: "products of an account",
  sources: "one list of backups",
  engine: "planner, refresher",
  lists: "connections, coverage",
  loaders: "DataLoaders",
  graphql: "types, resolvers",
  execution: "compiles operations",
  server: "HTTP, auth, limits",
  config: "the config file",
  clouds: "vendor simulators",
  cli: "commands",
  "app.ts": "wires everything",
  "main.ts": "the process",
};

const known = existsSync(KNOWN) ? JSON.parse(readFileSync(KNOWN, "utf8")) : [];
const config = await extractConfig(join(root, ".dependency-cruiser.cjs"));
const { output } = await cruise(
  ["src"],
  { ...config.options, ruleSet: config, validate: true, knownViolations: known },
  null,
  { tsConfig: extractTsConfig("tsconfig.json") },
);

const [option] = process.argv.slice(2);
if (option === undefined) await checkRules();
else if (option === "--picture") writeFileSync(PICTURE, picture(folderGraph(), ROLES));
else if (option === "--check-picture") checkPicture();
else throw new Error(`Unknown option ${option}.`);

async function checkRules() {
  const report = await format(output, { outputType: "err" });
  console.log(report.output.trim());
  const found = new Set(output.summary.violations.map(nameOf));
  const gone = known.map(nameOf).filter((name) => !found.has(name));
  for (const name of gone) console.error(`${KNOWN} lists what is fixed; delete it: ${name}`);
  if (known.length === 0 && existsSync(KNOWN)) console.error(`${KNOWN} is empty; delete it.`);
  if (report.exitCode > 0 || gone.length > 0 || (known.length === 0 && existsSync(KNOWN)))
    process.exitCode = 1;
}

/** The same text for a cycle wherever it starts. */
function nameOf({ rule, from, to, cycle }) {
  const files = cycle ? cycle.map(({ name }) => name).sort() : [from, to];
  return `${rule.name}: ${files.join(", ")}`;
}

function checkPicture() {
  if (existsSync(PICTURE) && readFileSync(PICTURE, "utf8") === picture(folderGraph(), ROLES))
    return;
  console.error(`${PICTURE} is out of date: run npm run architecture`);
  process.exitCode = 1;
}

/** For each folder of src, the folders that it imports. */
function folderGraph() {
  const graph = new Map();
  for (const { source, dependencies } of output.modules) {
    const from = folderOf(source);
    if (from === null) continue;
    if (!graph.has(from)) graph.set(from, new Set());
    for (const to of dependencies.map(({ resolved }) => folderOf(resolved)))
      if (to !== null && to !== from) graph.get(from).add(to);
  }
  return graph;
}

/** Null for what is not in a folder of src; app.ts and main.ts stand for themselves. */
function folderOf(path) {
  const [, name] = /^src\/(\w+\/|app\.ts$|main\.ts$)/.exec(path) ?? [];
  return name?.replace(/\/$/, "") ?? null;
}
