// Breaks the walk over lists in one way at a time, in a copy of the repository, and names the first test that
// fails, or with --all every test that fails. Exits with 1 if no test fails for some way. Other arguments select
// mutations by parts of their names.
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const COPIED = ["src", "test", "schema", "package.json", "tsconfig.json", "vitest.config.ts"];
/** The tests of everything that a walk passes through. */
const TESTS = [
  ...["test/paging", "test/listing", "test/index", "test/sources", "test/lists"],
  "test/estate/prefetch",
];
/** A run that takes longer counts as a failure: a walk may not end. */
const PATIENCE_MS = 300_000;
const { values: options, positionals: wanted } = parseArgs({
  options: { all: { type: "boolean", default: false } },
  allowPositionals: true,
});
/** All properties take the same samples again with it, also those of a run that does not end. */
const { SEED = String(randomInt(2 ** 31)), RUNS = "2" } = process.env;
console.log(`The seed of properties is ${SEED}, with RUNS=${RUNS}.`);
/** Ways in which a walk can be wrong: `from` must stand in `file` exactly once. */
const mutations = JSON.parse(readFileSync(join(root, "scripts/mutations.json"), "utf8"));

const unknown = TESTS.filter(
  (path) => !existsSync(join(root, path)) && !existsSync(join(root, `${path}.test.ts`)),
);
if (unknown.length > 0) throw new Error(`No such tests: ${unknown.join(", ")}.`);

const copy = mkdtempSync(join(tmpdir(), "mutations-"));
process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
for (const path of COPIED) cpSync(join(root, path), join(copy, path), { recursive: true });
symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
// The first failure is enough: a smaller example would take time.
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

/** Those of the given tests that fail, with their errors, without --all until the run has stopped; null if they do not end. */
async function failing(tests) {
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const run = spawn(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      ...["run", ...tests, "--config=broken.config.ts"],
      ...["--reporter=json", `--outputFile=${report}`],
      ...(options.all ? [] : ["--bail=1"]),
    ],
    // A process group, so that a worker in an endless loop can be killed as well.
    { cwd: copy, detached: true, env: { ...process.env, SEED, RUNS } },
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
      if (failed.length === 0 && message)
        return [{ test: name.slice(copy.length + 1), error: message }];
      return failed.map(({ fullName, failureMessages: [error] }) => ({ test: fullName, error }));
    });
  } catch (cause) {
    throw new Error(`The tests did not run: ${(await said).join("")}`, { cause });
  }
}

/** The tests that a mutation of a file fails. Those of its own folder run first, because they are few. */
async function noticing(file) {
  if (options.all) return failing(TESTS);
  const own = `test/${file.split("/")[1]}`;
  const [near, others] = [
    TESTS.filter((path) => path === own),
    TESTS.filter((path) => path !== own),
  ];
  const noticed = near.length === 0 ? [] : await failing(near);
  return noticed?.length === 0 ? failing(others) : noticed;
}

const whole = await failing(TESTS);
if (whole === null) throw new Error("The tests do not end without a mutation.");
if (whole.length > 0) {
  // Whole: fast-check's seed, path and counterexample are part of it.
  for (const { test, error } of whole) console.error(`${test}\n${error}\n`);
  throw new Error("The tests fail without a mutation.");
}

let survivors = 0;
for (const { name, file, from, to } of mutations) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  if (source.split(from).length !== 2) {
    console.log(`STALE     ${name}: ${file} does not contain its text exactly once`);
    survivors += 1;
    continue;
  }
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  const noticed = await noticing(file);
  writeFileSync(path, source);
  if (noticed?.length === 0) survivors += 1;
  const by = noticed?.map(({ test }) => test) ?? ["the tests did not end"];
  console.log(`${by.length === 0 ? "SURVIVED" : "noticed"}  ${name}`);
  for (const test of by) console.log(`          ${test}`);
}
process.exitCode = survivors === 0 ? 0 : 1;
