import { describe, expect, test } from "vitest";
import { meaningOf, noLink, refusal, unknownShape } from "../../../src/vendors/kit/refusal.js";
import type { CodeTable } from "../../../src/listing/declaration.js";

const table: CodeTable = { Auth: "UNAUTHENTICATED", "Auth.Late": "FORBIDDEN" };
const answer = { status: 200 };

test.each([
  { code: "Auth", meaning: "UNAUTHENTICATED" },
  { code: "Auth.Late", meaning: "FORBIDDEN" },
  { code: "Auth.Other", meaning: "UNAUTHENTICATED" },
  { code: "Auth.Other.Deep", meaning: "UNAUTHENTICATED" },
  { code: "Other", meaning: undefined },
  { code: "constructor", meaning: undefined },
  { code: "__proto__.x", meaning: undefined },
])("$code means $meaning", ({ code, meaning }) => {
  expect(meaningOf(table, code)).toBe(meaning);
});

describe("a refusal", () => {
  test("has kind, code and request id", () => {
    const error = refusal({ ...answer, code: "Auth", requestId: "a-1" }, "UNAUTHENTICATED");
    expect(error).toMatchObject({
      kind: "UNAUTHENTICATED",
      message: "The vendor did not accept the account's credentials.",
      details: { code: "Auth", requestId: "a-1" },
    });
  });

  test("says that the time of the call was refused", () => {
    const error = refusal(answer, { kind: "UNAUTHENTICATED", clockSkew: true });
    expect(error.details.clockSkew).toBe(true);
    expect(error.message).toBe("The vendor refused the call's time.");
  });

  test("does not repeat codes and ids that are no words", () => {
    const error = refusal(
      { ...answer, code: "<a href=x>", requestId: "x".repeat(101) },
      "FORBIDDEN",
    );
    expect(error.details).toMatchObject({ code: undefined, requestId: undefined });
  });
});

test.each([
  { what: "404 with a code", status: 404, code: "Thing.NotFound", kind: "NOT_FOUND" },
  { what: "404 without one", status: 404, code: null, kind: "BAD_RESPONSE" },
  { what: "400", status: 400, code: "X", kind: "BAD_RESPONSE" },
  { what: "408", status: 408, code: "X", kind: "TIMEOUT" },
  { what: "500", status: 500, code: "X", kind: "UNAVAILABLE" },
  { what: "200", status: 200, code: "X", kind: "BAD_RESPONSE" },
])("an unknown code with HTTP $what is $kind", ({ status, code, kind }) => {
  expect(refusal({ status, code }).kind).toBe(kind);
});

test("an unknown shape with HTTP 200 is BAD_RESPONSE, else what the status says", () => {
  expect(unknownShape(answer)).toMatchObject({
    kind: "BAD_RESPONSE",
    message: expect.stringContaining("Check `endpoint`") as string,
  });
  expect(unknownShape({ status: 503 }).kind).toBe("UNAVAILABLE");
});

test("an answer without a link is BAD_RESPONSE", () => {
  expect(noLink().kind).toBe("BAD_RESPONSE");
});
