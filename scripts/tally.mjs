// Adds up the JSON reports of Vitest in a folder. Names each failed test with its error, because the last
// lines of a log are what people see first. The last line is "N passed, N failed". A skipped test counts
// as failed.
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

const SHOWN_CHARACTERS = 1500;

/** The lines of fast-check with which a property can be run again: its seed and path, and its counterexample. */
const REPLAY =
  /^(?:Error: )?Property (?:failed|interrupted) after .*\n\{ seed: .*(?:\nCounterexample: .*)?/m;

const folder = process.argv[2];
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => JSON.parse(readFileSync(join(folder, name), "utf8")).testResults);
const tests = files.flatMap((file) => file.assertionResults);
const countOf = (status) => tests.filter((one) => one.status === status).length;

function show(file, name, messages) {
  const all = messages.join("\n");
  const replay = REPLAY.exec(all);
  // However long they are: without them a rare failure is lost.
  const kept = replay === null ? 0 : replay.index + replay[0].length;
  const text = all.slice(0, kept + SHOWN_CHARACTERS).replaceAll("\n", "\n    ");
  console.log(`\nfailed: ${relative("", file.name)}: ${name}\n    ${text}`);
}

const passed = countOf("passed");
// A file that fails before its first test has no tests to count.
const broken = files.filter(
  (file) => file.status === "failed" && file.assertionResults.length === 0,
);
for (const file of files) {
  for (const one of file.assertionResults)
    if (one.status === "failed") show(file, one.fullName, one.failureMessages);
}
for (const file of broken) show(file, "no test ran", [file.message]);

const failed = countOf("failed") + broken.length;
const skipped = tests.filter(({ status }) => status !== "passed" && status !== "failed");
for (const { fullName, status } of skipped) console.log(`not run (${status}): ${fullName}`);

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 && skipped.length === 0 ? 0 : 1;
