import { describe, expect, test } from "vitest";
import { ClientError } from "../../../src/errors.js";
import {
  type Ending,
  makeLines,
  type OperationNote,
  outcomeOf,
  resultOf,
} from "../../../src/server/observe/notes.js";
import { logged } from "./harness.js";

const late = new ClientError("DEADLINE_EXCEEDED", "Too late.");

const ending = (given: Partial<Ending>): Ending => ({
  codes: [],
  complete: true,
  abortedBy: null,
  status: 200,
  sent: true,
  ...given,
});

describe("the outcome of an operation", () => {
  test.each<[string, Partial<Ending>, string]>([
    ["whole and without errors is OK", {}, "OK"],
    ["with a list that lacks something is PARTIAL", { complete: false }, "PARTIAL"],
    ["with errors is the code of the first", { codes: ["FORBIDDEN", "OVERLOADED"] }, "FORBIDDEN"],
    ["with errors is no PARTIAL", { codes: ["FORBIDDEN"], complete: false }, "FORBIDDEN"],
    ["with a code that is not known is OTHER", { codes: ["x-1"] }, "OTHER"],
    ["with a code that every object has is OTHER", { codes: ["constructor"] }, "OTHER"],
    ["whose client left is CLIENT_GONE", { sent: false }, "CLIENT_GONE"],
    [
      "without an answer is what aborted it",
      { codes: null, abortedBy: late, sent: false },
      "DEADLINE_EXCEEDED",
    ],
    [
      "that was answered in part after its deadline is what the answer says",
      { complete: false, abortedBy: late },
      "PARTIAL",
    ],
    [
      "whose client left before there was an answer is CLIENT_GONE",
      { codes: null, abortedBy: new Error("gone"), sent: false },
      "CLIENT_GONE",
    ],
    [
      "that failed outside of GraphQL is a fault",
      { codes: null, status: 500 },
      "INTERNAL_SERVER_ERROR",
    ],
    ["that was no GraphQL request is a bad one", { codes: null, status: 400 }, "BAD_REQUEST"],
  ])("%s", (_, given, outcome) => {
    expect(outcomeOf(ending(given))).toBe(outcome);
  });

  test("is one of three results", () => {
    expect([resultOf("OK"), resultOf("PARTIAL"), resultOf("CLIENT_GONE")]).toEqual([
      "ok",
      "partial",
      "error",
    ]);
  });
});

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
  exemplar: null,
};

/** Lines of a log of one level, and what was written. */
function made(level?: string) {
  const { logger, lines: written } = logged(level);
  return { lines: makeLines(logger, (account) => `vendor of ${account}`), written };
}

describe("the lines of the log", () => {
  test("round milliseconds to hundredths and omit empty fields", () => {
    const { lines, written } = made();
    lines.ended(NOTE);
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
    lines.ended(unread);
    lines.refused("r-1", 401);
    expect(written).toEqual([]);
  });

  test.each([
    ["lost", 40],
    ["up", 30],
  ] as const)("say that the shared cache is %s at level %i", (state, level) => {
    const { lines, written } = made();
    lines.shared(state);
    expect(written).toMatchObject([{ level, state }]);
  });
});
