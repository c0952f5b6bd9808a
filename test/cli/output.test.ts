import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { OutputClosed, startProgress, writeOut } from "../../src/cli/output.js";
import { Sink } from "./harness.js";

/** A stream whose every write ends so. */
const failing = (code: string): Writable => {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error("no"), { code })),
  });
  return stream.on("error", () => undefined);
};

describe("writing", () => {
  test("waits until the reader has taken the text", async () => {
    const taken: (() => void)[] = [];
    const stream = new Writable({ write: (_chunk, _encoding, done) => void taken.push(done) });
    const state = { written: false };
    const writing = writeOut(stream, "row\n").then(() => (state.written = true));
    await new Promise(setImmediate);
    expect(state.written).toBe(false);
    taken[0]?.();
    await writing;
    expect(state.written).toBe(true);
  });

  test("nothing costs nothing", async () => {
    await expect(writeOut(failing("EPIPE"), "")).resolves.toBeUndefined();
  });

  test("to a closed output says so", async () => {
    const stream = failing("EPIPE");
    await expect(writeOut(stream, "a")).rejects.toThrow(OutputClosed);
    await expect(writeOut(stream, "b")).rejects.toThrow(OutputClosed);
  });

  test("to a file on a full disk says so, although its stream throws", async () => {
    const stream = new Writable({
      write: () => {
        throw Object.assign(new Error("no"), { code: "ENOSPC" });
      },
    });
    await expect(writeOut(stream, "a")).rejects.toThrow("The output cannot be written (ENOSPC).");
  });

  test("to a full disk says so", async () => {
    await expect(writeOut(failing("ENOSPC"), "a")).rejects.toThrow(
      "The output cannot be written (ENOSPC).",
    );
  });
});

describe("progress", () => {
  test("is shown on stderr if that is a terminal", async () => {
    const [stdout, stderr] = [new Sink(false), new Sink(true)];
    const progress = await startProgress({ stdout, stderr, env: {} }, () => "12 backups");
    progress.stop();
    expect(stderr.text).toContain("12 backups");
    expect(stdout.text).toBe("");
  });

  test("is not shown in a pipe", async () => {
    const [stdout, stderr] = [new Sink(true), new Sink(false)];
    const progress = await startProgress({ stdout, stderr, env: {} }, () => "12 backups");
    expect(await progress.aside(() => Promise.resolve(7))).toBe(7);
    progress.stop();
    expect([stdout.text, stderr.text]).toEqual(["", ""]);
  });

  test("is not shown in a terminal without a width", async () => {
    const [stdout, stderr] = [new Sink(true), new Sink(true)];
    stderr.columns = 0;
    const progress = await startProgress({ stdout, stderr, env: {} }, () => "12 backups");
    progress.stop();
    expect(stderr.text).toBe("");
  });

  test("hides while rows are written to the same terminal", async () => {
    const [stdout, stderr] = [new Sink(true), new Sink(true)];
    const progress = await startProgress({ stdout, stderr, env: {} }, () => "12 backups");
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
