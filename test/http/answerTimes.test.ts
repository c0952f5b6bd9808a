import { describe, expect, test } from "vitest";
import { dateOf, retryAfterOf } from "../../src/http/verdict.js";

const NOW = Date.UTC(2026, 0, 1, 12);
const date = "Thu, 01 Jan 2026 11:00:00 GMT";

describe("the wait that a response demands", () => {
  test.each([
    { what: "none", headers: {}, ms: null },
    { what: "seconds", headers: { "retry-after": "7" }, ms: 7_000 },
    { what: "no seconds", headers: { "retry-after": "0" }, ms: 0 },
    {
      what: "a date by our clock",
      headers: { "retry-after": "Thu, 01 Jan 2026 12:00:30 GMT" },
      ms: 30_000,
    },
    {
      what: "a date by the vendor's own",
      headers: { "retry-after": "Thu, 01 Jan 2026 11:00:05 GMT", date },
      ms: 5_000,
    },
    {
      what: "a date that has passed",
      headers: { "retry-after": "Thu, 01 Jan 2026 11:59:00 GMT" },
      ms: 0,
    },
    {
      what: "an old form of date",
      headers: { "retry-after": "Thursday, 01-Jan-26 12:00:30 GMT" },
      ms: 30_000,
    },
    { what: "a negative number", headers: { "retry-after": "-1" }, ms: null },
    { what: "a fraction", headers: { "retry-after": "1.5" }, ms: null },
    { what: "a number without sense", headers: { "retry-after": "99999999999" }, ms: null },
    { what: "words", headers: { "retry-after": "soon" }, ms: null },
    { what: "nothing", headers: { "retry-after": "" }, ms: null },
  ])("$what", ({ headers, ms }) => {
    expect(retryAfterOf(headers as Record<string, string>, NOW)).toBe(ms);
  });
});

describe("the vendor's clock", () => {
  test.each([
    { what: "an HTTP date", value: date, at: Date.UTC(2026, 0, 1, 11) },
    { what: "another form", value: "2026-01-01T11:00:00Z", at: null },
    { what: "words", value: "Thu, today", at: null },
  ])("$what", ({ value, at }) => {
    expect(dateOf({ date: value })).toBe(at);
  });

  test("no header", () => expect(dateOf({})).toBeNull());
});
