import { describe, expect, test } from "vitest";
import { instantFrom, orderOf, spanOf, textsOf, wordsOf } from "../../src/cli/values.js";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const instant = instantFrom(() => NOW);

describe("an instant", () => {
  test.each([
    { text: "2026-11-01", is: "2026-11-01T00:00:00.000Z" },
    { text: "2026-11-01T08:30Z", is: "2026-11-01T08:30:00.000Z" },
    { text: "2026-11-01T08:30:15.25Z", is: "2026-11-01T08:30:15.250Z" },
    { text: "2026-11-01T08:30:00+08:00", is: "2026-11-01T00:30:00.000Z" },
    { text: "2024-02-29", is: "2024-02-29T00:00:00.000Z" },
    { text: "P7D", is: "2026-11-14T12:00:00.000Z" },
    { text: "PT90M", is: "2026-11-21T10:30:00.000Z" },
  ])("may be $text", ({ text, is }) => {
    expect(new Date(instant(text)).toISOString()).toBe(is);
  });

  test.each([
    "2026-02-29",
    "2026-13-01",
    "2026-11-01T25:00Z",
    "2026-02-30T08:00:00Z",
    "2026-11-01T08:30:00",
    "01.11.2026",
    "1762000000",
    "P1Y",
    "",
  ])("is not %j", (text) => {
    expect(() => instant(text)).toThrow("Expected a date");
  });
});

describe("a length of time", () => {
  test.each([
    { text: "PT24H", ms: 86_400_000 },
    { text: "P1DT12H", ms: 129_600_000 },
    { text: "PT0.5S", ms: 500 },
  ])("may be $text", ({ text, ms }) => {
    expect(spanOf(text)).toBe(ms);
  });

  test.each(["24h", "P", "PT0S", "-PT1H", "P1M"])("is not %s", (text) => {
    expect(() => spanOf(text)).toThrow("Expected an ISO 8601 duration");
  });
});

describe("words", () => {
  const words = wordsOf(["RUNNING", "NOT_FOUND"]);
  test("come in any case, with commas or again", () => {
    expect(words("not-found", words("running,Not_Found", undefined))).toEqual([
      "RUNNING",
      "NOT_FOUND",
      "NOT_FOUND",
    ]);
  });

  test("that are not known are refused", () => {
    expect(() => words("constructor", undefined)).toThrow("Expected RUNNING, NOT_FOUND.");
  });
});

test("texts are kept as they are, and never empty", () => {
  expect(textsOf("a, B", ["c"])).toEqual(["c", "a", "B"]);
  expect(() => textsOf("a,", undefined)).toThrow("Expected a value");
});

test.each([
  ["asc", "STARTED_AT_ASC"],
  ["DESC", "STARTED_AT_DESC"],
  ["started_at_asc", "STARTED_AT_ASC"],
])("the order %s is %s", (text, order) => {
  expect(orderOf(text)).toBe(order);
});
