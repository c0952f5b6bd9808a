import { describe, expect, test } from "vitest";
import { ClientError } from "../../../src/errors.js";
import { type Ending, outcomeOf, resultOf } from "../../../src/server/observe/notes.js";

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
