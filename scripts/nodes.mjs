// Checks on each Node release of test/nodes, which it installs from npm, that every package of `npm ci`
// supports that release, and runs the smoke start.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installWhereStale } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "test/nodes");
const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

installWhereStale(folder);
const failed = Object.keys(dependencies).filter((name) => !worksOn(name));
if (failed.length > 0) console.error(`nodes: failed on ${failed.join(", ")}`);
process.exit(failed.length > 0 ? 1 : 0);

function worksOn(name) {
  const bin = join(folder, "node_modules", name, "bin");
  // npm, and what npm starts, run with the first Node of the path.
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const runs = (command, args) =>
    spawnSync(command, args, { cwd: root, env, stdio: "inherit" }).status === 0;
  return (
    runs("node", ["-p", "['nodes:', process.version, process.release.lts ?? ''].join(' ')"]) &&
    runs("npm", ["ci", "--dry-run", "--engine-strict", "--ignore-scripts"]) &&
    runs("node", [join(root, "scripts/smoke.mjs")])
  );
}
