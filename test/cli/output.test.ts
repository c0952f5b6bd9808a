import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { OutputClosed, writeOut } from "../../src/cli/output.js";

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

  test("to nobody says so", async () => {
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
