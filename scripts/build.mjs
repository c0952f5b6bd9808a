// Builds what is older than its sources: dist by tsc, each page in dist/pages by Vite. A second run only reads.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stampFile = join(root, "dist/.build.json");
const require = createRequire(import.meta.url);

const STEPS = [
  {
    name: "dist",
    tool: "typescript/bin/tsc",
    args: ["-p", "tsconfig.build.json"],
    config: "tsconfig.build.json",
    sources: ["src"],
    except: "src/pages",
    output: "dist/main.js",
    prepare: dropStale,
    finish: () => {},
  },
  pageStep(
    "graphiql",
    ["FailedBackups", "InstancesWithLatestBackup", "NewestBackups"].map(
      (name) => `schema/operations/${name}.graphql`,
    ),
  ),
  pageStep("coverage", []),
];

function pageStep(page, sources) {
  const config = `src/pages/${page}/vite.config.ts`;
  return {
    name: page,
    tool: "vite/bin/vite.js",
    args: ["build", "--config", config, "--logLevel", "warn"],
    config,
    sources: [`src/pages/${page}`, "src/pages/pageConfig.ts", ...sources],
    output: `dist/pages/${page}`,
    prepare: () => {},
    finish: (startedAt) => dropOlder(`dist/pages/assets/${page}`, startedAt),
  };
}

/** Builds each part whose sources changed; true where there is a program to run. */
export function build() {
  for (const step of STEPS) {
    if (existsSync(join(root, step.config))) runStep(step);
  }
  return existsSync(join(root, "dist/main.js"));
}

function runStep(step) {
  const stamp = stampOf(step);
  if (readStamps()[step.name] === stamp && existsSync(join(root, step.output))) return;
  const tool = findTool(step.tool);
  if (tool === null) {
    // An installation without development dependencies runs the dist that it came with.
    if (!existsSync(join(root, step.output))) {
      console.error(`${step.name} is not built: the development dependencies are not installed.`);
    }
    return;
  }
  step.prepare();
  const startedAt = Date.now();
  const { status } = spawnSync(process.execPath, [tool, ...step.args], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
  step.finish(startedAt);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ ...readStamps(), [step.name]: stamp }));
}

function findTool(path) {
  try {
    const [name, ...rest] = path.split("/");
    return join(dirname(require.resolve(`${name}/package.json`)), ...rest);
  } catch {
    return null;
  }
}

function stampOf({ config, sources, except }) {
  const hash = createHash("sha256");
  const inputs = ["package-lock.json", "tsconfig.json", config, ...sources.flatMap(filesBelow)];
  for (const path of inputs.filter((path) => !except || !path.startsWith(`${except}/`))) {
    if (existsSync(join(root, path))) {
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(root, path)))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return [];
  if (statSync(join(root, folder)).isFile()) return [folder];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function readStamps() {
  return existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, "utf8")) : {};
}

/** Removes what an earlier build left; only then, so that a page is never without its files. */
function dropOlder(folder, startedAt) {
  // File systems keep coarser times than the clock.
  for (const path of filesBelow(folder)) {
    if (statSync(join(root, path)).mtimeMs < startedAt - 2_000) rmSync(join(root, path));
  }
}

/** Removes what was compiled from sources that are gone, and has lost files compiled again. */
function dropStale() {
  const wanted = filesBelow("src")
    .filter((path) => path.endsWith(".ts") && !path.startsWith("src/pages/"))
    .map((path) => path.replace(/^src/, "dist").replace(/ts$/, "js"));
  const found = filesBelow("dist").filter(
    (path) => path.endsWith(".js") && !path.startsWith("dist/pages/"),
  );
  for (const path of found) {
    if (!wanted.includes(path)) rmSync(join(root, path));
  }
  if (wanted.some((path) => !found.includes(path))) {
    rmSync(join(root, "dist/.tsbuildinfo"), { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
