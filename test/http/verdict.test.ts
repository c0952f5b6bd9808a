import { describe, expect, test } from "vitest";
import { SourceError, type SourceErrorDetails } from "../../src/errors.js";
import type { HttpCall } from "../../src/http/client.js";
import { TransportError } from "../../src/http/faults.js";
import type { HttpResponse } from "../../src/http/message.js";
import { verdictOf, unanswered } from "../../src/http/verdict.js";

const NOW = Date.UTC(2026, 0, 1);

type Opened = SourceError["kind"] | "ok" | "bug";

function judged(
  opened: Opened,
  response: Partial<HttpResponse> = {},
  details: SourceErrorDetails = {},
): ReturnType<typeof verdictOf<string>> {
  const call: HttpCall<string> = {
    account: "ops",
    action: "List",
    rate: 20,
    request: () => ({ method: "GET", url: "http://127.0.0.1/", headers: {} }),
    open: () => {
      if (opened === "ok") return "opened";
      if (opened === "bug") throw new SyntaxError("canary");
      throw new SourceError(opened, "The vendor refused.", details);
    },
  };
  return verdictOf(call, { status: 200, headers: {}, body: "", ...response }, NOW);
}

test("an answer that opens is the value", () => {
  expect(judged("ok")).toEqual({ ok: true, value: "opened", down: false });
});

describe("a refusal", () => {
  test.each<[Opened, number, string, string, boolean]>([
    ["UNAUTHENTICATED", 200, "UNAUTHENTICATED", "final", false],
    ["FORBIDDEN", 403, "FORBIDDEN", "final", false],
    ["NOT_FOUND", 404, "NOT_FOUND", "final", false],
    ["BAD_RESPONSE", 200, "BAD_RESPONSE", "final", false],
    ["THROTTLED", 200, "THROTTLED", "throttled", false],
    ["THROTTLED", 400, "THROTTLED", "throttled", false],
    ["THROTTLED", 503, "THROTTLED", "throttled", false],
    ["UNAVAILABLE", 200, "UNAVAILABLE", "transient", false],
    ["UNAVAILABLE", 500, "UNAVAILABLE", "transient", true],
    ["TIMEOUT", 200, "TIMEOUT", "timeout", false],
    ["TIMEOUT", 504, "TIMEOUT", "timeout", true],
    ["UNAUTHENTICATED", 500, "UNAUTHENTICATED", "final", false],
    ["bug", 200, "BAD_RESPONSE", "final", false],
    // If the vendor's code cannot be read, the status decides.
    ["BAD_RESPONSE", 500, "UNAVAILABLE", "transient", true],
    ["bug", 502, "UNAVAILABLE", "transient", true],
    ["ok", 504, "UNAVAILABLE", "transient", true],
    ["BAD_RESPONSE", 408, "UNAVAILABLE", "transient", false],
    ["bug", 429, "THROTTLED", "throttled", false],
    ["ok", 429, "THROTTLED", "throttled", false],
  ])("%s with status %i is %s", (opened, status, kind, failure, down) => {
    const outcome = judged(opened, { status });
    expect(outcome).toMatchObject({ ok: false, failure, down, error: { kind } });
    expect(outcome.ok || outcome.error.message).not.toContain("canary");
  });

  test.each<[Opened, SourceErrorDetails, string]>([
    ["ok", {}, "Redirects are not followed."],
    ["bug", {}, "Redirects are not followed."],
    ["BAD_RESPONSE", { code: "Moved" }, "Redirects are not followed."],
    ["NOT_FOUND", { code: "PermanentRedirect" }, "The vendor refused."],
  ])("%s with a redirect and %j says: %s", (opened, details, message) => {
    const outcome = judged(opened, { status: 301 }, details);
    expect(outcome).toMatchObject({ ok: false, failure: "final", down: false });
    expect(outcome.ok || outcome.error.message).toContain(message);
  });

  test("may say itself that it passes, or that it does not", () => {
    expect(judged("NOT_FOUND", {}, { retryable: true })).toMatchObject({ failure: "transient" });
    expect(judged("THROTTLED", {}, { retryable: false })).toMatchObject({ failure: "final" });
    expect(judged("UNAUTHENTICATED", {}, { clockSkew: true })).toMatchObject({
      failure: "clockSkew",
    });
  });

  test("keeps the vendor's code and request id if the status names the failure", () => {
    const details = { code: "Internal.Unknown", requestId: "r-1" };
    expect(judged("BAD_RESPONSE", { status: 500 }, details)).toMatchObject({
      error: { kind: "UNAVAILABLE", details },
    });
  });

  test("is requested once more if its body may be incomplete", () => {
    expect(judged("bug", { endedByClose: true })).toMatchObject({
      failure: "brokenOff",
      error: { kind: "BAD_RESPONSE" },
    });
    expect(judged("NOT_FOUND", { endedByClose: true })).toMatchObject({ failure: "final" });
  });
});

describe("the wait that is demanded", () => {
  const headers = { "retry-after": "3" };
  test.each<[string, Opened, number, SourceErrorDetails, number | undefined]>([
    ["comes from the header", "THROTTLED", 200, {}, 3_000],
    ["comes from the header of a bare 503", "bug", 503, {}, 3_000],
    ["comes from the vendor's own field first", "THROTTLED", 200, { retryAfterMs: 70 }, 70],
    ["is none where nothing is to be retried", "FORBIDDEN", 403, {}, undefined],
  ])("%s", (_, opened, status, details, retryAfterMs) => {
    const outcome = judged(opened, { status, headers }, details);
    expect(outcome.ok || outcome.error.details.retryAfterMs).toBe(retryAfterMs);
  });
});

test.each([
  ["timeout", "timeout", true],
  ["reset", "transient", true],
  ["tls", "final", true],
  ["redirect", "final", false],
  ["brokenOff", "brokenOff", false],
] as const)("no answer because of %s is %s", (fault, failure, down) => {
  const error = new TransportError(fault);
  expect(unanswered(error)).toEqual({ ok: false, error, failure, down, response: null });
});
