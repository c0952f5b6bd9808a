import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Runs `npm ci` in a folder if its lock file differs from the one that was installed last. A stamp records
 * that one, because file times mean nothing after a checkout.
 */
export function installWhereStale(folder) {
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
