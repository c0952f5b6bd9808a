// Runs the tests that need packages of their own, and installs those first where they are not current.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const peers = join(root, "test/peers");

const folders = readdirSync(peers)
  .map((name) => join(peers, name))
  .filter((folder) => existsSync(join(folder, "package-lock.json")));
for (const folder of folders) installWhereStale(folder);

const vitest = dirname(createRequire(import.meta.url).resolve("vitest/package.json"));
const { status } = spawnSync(
  process.execPath,
  [
    join(vitest, "vitest.mjs"),
    "run",
    "--config",
    "test/peers/vitest.config.ts",
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: "inherit" },
);
process.exit(status ?? 1);

/** A stamp of what was installed: the times of a fresh checkout say nothing. */
function installWhereStale(folder) {
  const stampFile = join(folder, "node_modules/.installed");
  const stamp = ["package.json", "package-lock.json", ".npmrc"]
    .reduce((hash, name) => hash.update(readFileSync(join(folder, name))), createHash("sha256"))
    .digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  const npm = spawnSync("npm", ["ci"], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
  if (npm.status !== 0) {
    console.error(`npm ci failed in ${folder}.`);
    process.exit(npm.status ?? 1);
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}
