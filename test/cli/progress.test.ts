import { describe, expect, test } from "vitest";
import { startProgress } from "../../src/cli/output.js";
import { Sink } from "./harness.js";

describe("progress", () => {
  test("is shown on stderr where that is a terminal", async () => {
    const [stdout, stderr] = [new Sink(false), new Sink(true)];
    const progress = await startProgress({ stdout, stderr }, () => "12 backups");
    progress.stop();
    expect(stderr.text).toContain("12 backups");
    expect(stdout.text).toBe("");
  });

  test("is not shown in a pipe", async () => {
    const [stdout, stderr] = [new Sink(true), new Sink(false)];
    const progress = await startProgress({ stdout, stderr }, () => "12 backups");
    expect(await progress.aside(() => Promise.resolve(7))).toBe(7);
    progress.stop();
    expect([stdout.text, stderr.text]).toEqual(["", ""]);
  });

  test("makes room for rows on the same terminal, and comes back", async () => {
    const [stdout, stderr] = [new Sink(true), new Sink(true)];
    const progress = await startProgress({ stdout, stderr }, () => "12 backups");
    const before = stderr.text;
    await progress.aside(() => {
      stdout.write("row\n");
      return Promise.resolve();
    });
    progress.stop();
    expect(stderr.text.slice(before.length)).toContain("12 backups");
    expect(stdout.text).toBe("row\n");
  });
});
