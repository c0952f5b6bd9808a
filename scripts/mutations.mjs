// Breaks the walk in one way at a time, in a copy, and tells which tests notice. Exits 1 where none does.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const COPIED = ["src", "test", "schema", "package.json", "tsconfig.json", "vitest.config.ts"];
const TESTS = [
  ...["test/paging", "test/listing/checkpoint", "test/sources/shardSets", "lists/backupList"],
  ...["lists/mergedCache/mergedPages.test", "lists/debts", "lists/distrust", "alks.properties"],
  "estate/foresight",
];
/** A walk without end counts as noticed. */
const PATIENCE_MS = 300_000;
/** Parts of names; all where none is given. */
const wanted = process.argv.slice(2);
/** Ways in which a walk can be wrong: `from` stands in `file` exactly once. */
const mutations = JSON.parse(readFileSync(join(root, "scripts/mutations.json"), "utf8"));

const copy = mkdtempSync(join(tmpdir(), "mutations-"));
process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
for (const path of COPIED) cpSync(join(root, path), join(copy, path), { recursive: true });
symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
// A failure is wanted soon, not small.
writeFileSync(
  join(copy, "setup.ts"),
  `import fc from "fast-check";\nfc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });\n`,
);
writeFileSync(
  join(copy, "broken.config.ts"),
  `import { mergeConfig } from "vitest/config";
import config from "./vitest.config.js";
export default mergeConfig(config, {
  test: { setupFiles: ["test/setup.ts", "./setup.ts"], testTimeout: ${PATIENCE_MS} },
});
`,
);

/** The names of the tests that fail; null where they do not come to an end. */
async function failing() {
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const run = spawn(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      ...["run", ...TESTS, "--config=broken.config.ts"],
      ...["--reporter=json", `--outputFile=${report}`],
    ],
    // A group of its own: a worker in a loop without end outlives whoever began it.
    { cwd: copy, detached: true, env: { RUNS: "2", ...process.env } },
  );
  const said = Promise.all([text(run.stdout), text(run.stderr)]);
  const timer = setTimeout(() => process.kill(-run.pid, "SIGKILL"), PATIENCE_MS);
  const [status] = await once(run, "close");
  clearTimeout(timer);
  if (status === null) return null;
  try {
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    return testResults.flatMap(({ assertionResults, message, name }) => {
      const failed = assertionResults.filter((result) => result.status === "failed");
      if (failed.length === 0 && message) return [`${name.slice(copy.length + 1)}: ${message}`];
      return failed.map(({ fullName }) => fullName);
    });
  } catch (cause) {
    throw new Error(`The tests did not run: ${(await said).join("")}`, { cause });
  }
}

const whole = await failing();
if (whole === null || whole.length > 0)
  throw new Error(`Unbroken code fails: ${whole?.join("; ") ?? "no end"}`);

let survivors = 0;
for (const { name, file, from, to } of mutations) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  if (source.split(from).length !== 2) {
    console.log(`NO MORE   ${name}: its text is not in ${file} once`);
    survivors += 1;
    continue;
  }
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  const noticed = await failing();
  writeFileSync(path, source);
  if (noticed?.length === 0) survivors += 1;
  const by = noticed === null ? ["no end"] : noticed;
  console.log(`${by.length === 0 ? "SURVIVED" : "noticed"}  ${name}`);
  for (const test of by) console.log(`          ${test}`);
}
process.exitCode = survivors === 0 ? 0 : 1;
