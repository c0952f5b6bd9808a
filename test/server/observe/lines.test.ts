import { describe, expect, test } from "vitest";
import { makeLines } from "../../../src/server/observe/lines.js";
import type { OperationNote } from "../../../src/server/observe/notes.js";
import { logged } from "./harness.js";

const NOTE: OperationNote = {
  requestId: "r-1",
  name: null,
  type: null,
  principal: null,
  ms: 1.23456,
  outcome: "OK",
  codes: [],
  complete: true,
  issues: 0,
  late: new Map(),
  calls: [],
};

/** Lines of a log of one level, and what was written. */
function made(level?: string) {
  const { logger, lines: written } = logged(level);
  return { lines: makeLines(logger, (account) => `vendor of ${account}`), written };
}

describe("the lines of the log", () => {
  test("round milliseconds to hundredths and omit empty fields", () => {
    const { lines, written } = made();
    lines.operation(NOTE);
    expect(written).toEqual([
      {
        level: 30,
        requestId: "r-1",
        operation: null,
        type: null,
        principal: null,
        ms: 1.23,
        outcome: "OK",
        complete: true,
        issues: 0,
        calls: 0,
        cached: 0,
        msg: "An operation ended.",
      },
    ]);
  });

  test("are not built if their level is off", () => {
    const { lines, written } = made("warn");
    const unread = { ...NOTE };
    Object.defineProperty(unread, "calls", {
      get: () => {
        throw new Error("looked at");
      },
    });
    lines.operation(unread);
    lines.refusal("r-1", 401);
    expect(written).toEqual([]);
  });

  test.each([
    ["lost", 40],
    ["up", 30],
  ] as const)("tell that the shared cache is %s at level %i", (state, level) => {
    const { lines, written } = made();
    lines.shared(state);
    expect(written).toMatchObject([{ level, state }]);
  });
});
