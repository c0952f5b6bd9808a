import { describe, expect, test } from "vitest";
import { makeProject } from "./project.js";

const file = (status: string, ...tests: string[]) => ({
  name: "test/some.test.ts",
  message: "broken",
  status,
  assertionResults: tests.map((one, index) => ({
    status: one,
    fullName: `test ${index}`,
    failureMessages: one === "failed" ? [`expected ${index}`, "at line 7"] : [],
  })),
});
const report = (...testResults: unknown[]) => JSON.stringify({ testResults });

describe("the summary of all reports", () => {
  test.each([
    {
      what: "adds up all reports",
      reports: {
        "reports/a.json": report(file("passed", "passed", "passed"), file("passed", "passed")),
        "reports/b.json": report(file("passed", "passed")),
      },
      line: "4 passed, 0 failed",
      code: 0,
    },
    {
      what: "counts a failed test",
      reports: { "reports/a.json": report(file("failed", "passed", "failed")) },
      line: "1 passed, 1 failed",
      code: 1,
    },
    {
      what: "counts a file that broke before its tests",
      reports: { "reports/a.json": report(file("failed"), file("passed", "passed")) },
      line: "1 passed, 1 failed",
      code: 1,
    },
    {
      what: "accepts no skipped test",
      reports: { "reports/a.json": report(file("passed", "passed", "skipped", "todo")) },
      line: "1 passed, 0 failed",
      code: 1,
    },
    {
      what: "accepts no run without tests",
      reports: { "reports/other.txt": "" },
      line: "0 passed, 0 failed",
      code: 1,
    },
  ])("$what", async ({ reports, line, code }) => {
    const ended = await makeProject(reports).run("tally.mjs", ["reports"]);
    expect(ended.output.trimEnd().split("\n").at(-1)).toBe(line);
    expect(ended.code).toBe(code);
  });

  test("names what failed, and why", async () => {
    const { output } = await makeProject({
      "reports/a.json": report(file("failed", "passed", "failed")),
      "reports/b.json": report(file("failed")),
    }).run("tally.mjs", ["reports"]);
    expect(output).toContain("failed: test/some.test.ts: test 1\n    expected 1\n    at line 7\n");
    expect(output).toContain("failed: test/some.test.ts: no test ran\n    broken\n");
  });

  test("shows how to repeat a property that failed, however long its counterexample is", async () => {
    const path = Array.from({ length: 2_000 }, () => "0").join(":");
    const replay = `{ seed: -7, path: "${path}", endOnFailure: true }`;
    const counterexample = `Counterexample: [${JSON.stringify("x".repeat(50_000))}]`;
    const message = [
      "Error: Property failed after 3 tests",
      replay,
      counterexample,
      "Shrunk 4 time(s)",
      "",
      "Got AssertionError: no backup lost",
      "y".repeat(5_000),
    ].join("\n");
    const failed = file("failed", "failed");
    failed.assertionResults[0]?.failureMessages.splice(0, 2, message);
    const { output } = await makeProject({ "reports/a.json": report(failed) }).run("tally.mjs", [
      "reports",
    ]);
    for (const part of [replay, counterexample, "Got AssertionError: no backup lost"])
      expect(output.includes(`    ${part}\n`), part.slice(0, 40)).toBe(true);
    expect(output).not.toContain("y".repeat(2_000));
  });
});
