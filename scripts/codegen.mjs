// Generates typed documents as codegen.yml says; with --check, only compares. Its packages are installed
// on first use, because few people who build the gateway generate code.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installWhereStale } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const own = join(root, "scripts/codegen");
installWhereStale(own);
const { status } = spawnSync(
  process.execPath,
  [
    join(own, "node_modules/@graphql-codegen/cli/esm/bin.js"),
    "--config",
    "codegen.yml",
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, NODE_PATH: join(own, "node_modules") } },
);
process.exit(status ?? 1);
