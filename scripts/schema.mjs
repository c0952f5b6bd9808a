// Writes the committed files that are generated from the code; with --check, names those that are out of date.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { build } from "./build.mjs";
import { configJsonSchema } from "./configJsonSchema.mjs";
import { configTable } from "./configTable.mjs";
import { errorTables } from "./errorTables.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const isCheck = process.argv.includes("--check");
if (!build()) process.exit(1);
const { configKeys } = await import("../dist/jsonSchema.js");

const printSchema = (...flags) =>
  execFileSync(process.execPath, [join(root, "dist/main.js"), "print-schema", ...flags], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });

const schema = printSchema();
const ARTIFACTS = {
  "schema/config.schema.json": () => `${JSON.stringify(configJsonSchema(configKeys()), null, 2)}\n`,
  "docs/configuration.md": (old, path) => withTable(old, path, configTable(configKeys())),
  "docs/errors.md": async (old, path) => withTable(old, path, await errorTables(schema)),
  "schema/schema.graphql": () => schema,
  "schema/subgraph.graphql": () => printSchema("--subgraph"),
};

function withTable(page, path, table) {
  const parts = /^([^]*<!-- generated from here -->\n)[^]*(\n<!-- generated to here -->[^]*)$/.exec(
    page,
  );
  if (parts === null) throw new Error(`${path} has lost its markers.`);
  return format(`${parts[1]}\n${table}\n${parts[2]}`, { parser: "markdown", printWidth: 100 });
}

let drifted = 0;
for (const [path, emit] of Object.entries(ARTIFACTS)) {
  const file = join(root, path);
  const old = existsSync(file) ? readFileSync(file, "utf8") : "";
  const now = await emit(old, path);
  if (now === old) continue;
  drifted += 1;
  if (isCheck) console.error(`${path} is out of date:\n${summary(old, now)}`);
  else writeFileSync(file, now);
}
if (isCheck && drifted > 0) {
  console.error("Run `npm run schema` and commit the result.");
  process.exit(1);
}

/** The first lines that only one of two texts contains. */
function summary(old, now) {
  const [before, after] = [old.split("\n"), now.split("\n")];
  const gone = before.filter((line) => !after.includes(line)).map((line) => `  - ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `  + ${line}`);
  return [...gone.slice(0, 10), ...come.slice(0, 10)].join("\n") || "  (lines in another order)";
}
