// Builds with Vite whatever is older than its sources: the program in dist, each page in dist/pages.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
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

const PROGRAM = "scripts/program.vite.mjs";
const STEPS = [
  {
    name: "dist",
    // Vite does not check types.
    commands: [["typescript/bin/tsc", "-p", "tsconfig.build.json"], viteBuild(PROGRAM)],
    config: "tsconfig.build.json",
    sources: ["src", PROGRAM],
    except: "src/pages",
    output: "dist/main.js",
    finish: (startedAt) => {
      dropOlder("dist", startedAt, isOfPrograms);
      // npx links a checkout once, and makes only the file executable that it finds then.
      chmodSync(join(root, "dist/main.js"), 0o755);
    },
  },
  pageStep(
    "graphiql",
    ["BackupsByDay", "FailedBackups", "NewestBackups"].map(
      (name) => `schema/operations/${name}.graphql`,
    ),
  ),
  pageStep("coverage", []),
];

function pageStep(page, sources) {
  const config = `src/pages/${page}/vite.config.ts`;
  return {
    name: page,
    commands: [viteBuild(config)],
    config,
    sources: [`src/pages/${page}`, "src/pages/pageConfig.ts", ...sources],
    output: `dist/pages/${page}`,
    finish: (startedAt) => dropOlder(`dist/pages/assets/${page}`, startedAt),
  };
}

function viteBuild(config) {
  return ["vite/bin/vite.js", "build", "--config", config, "--logLevel", "warn"];
}

/** Builds each part whose sources have changed; true if there is a program to run. */
export function build() {
  for (const step of STEPS) {
    if (existsSync(join(root, step.config))) runStep(step);
  }
  return existsSync(join(root, "dist/main.js"));
}

function runStep(step) {
  const stamp = stampOf(step);
  if (readStamps()[step.name] === stamp && existsSync(join(root, step.output))) return;
  const commands = step.commands.map(([tool, ...args]) => [findTool(tool), ...args]);
  if (commands.some(([tool]) => tool === null)) {
    // An installation without development dependencies uses the dist that it contains.
    if (!existsSync(join(root, step.output))) {
      console.error(`${step.name} is not built: the development dependencies are not installed.`);
    }
    return;
  }
  const startedAt = Date.now();
  for (const command of commands) {
    const { status } = spawnSync(process.execPath, command, {
      cwd: root,
      stdio: ["ignore", 2, 2],
    });
    if (status !== 0) process.exit(1);
  }
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

/** Removes files of an earlier build. This happens last, so that a page never lacks its files. */
function dropOlder(folder, startedAt, isDropped = () => true) {
  // File systems store times less precisely than the clock.
  for (const path of filesBelow(folder).filter(isDropped)) {
    if (statSync(join(root, path)).mtimeMs < startedAt - 2_000) rmSync(join(root, path));
  }
}

/** The pages have their own steps, and files that begin with a dot are kept between builds. */
function isOfPrograms(path) {
  return !path.startsWith("dist/pages/") && !path.startsWith("dist/.");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
