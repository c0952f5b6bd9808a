import { describe, expect, test } from "vitest";
import { instantFrom, orderOf, spanOf, tagOf, textsOf, wordsOf } from "../../src/cli/options.js";

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
    { text: "7d", is: "2026-11-14T12:00:00.000Z" },
    { text: "90m", is: "2026-11-21T10:30:00.000Z" },
    { text: "2016-12-31T23:59:60Z", is: "2017-01-01T00:00:00.000Z" },
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
    { text: "24h", ms: 86_400_000 },
    { text: "7D", ms: 604_800_000 },
    { text: "1w2d3h4m5s", ms: 788_645_000 },
    { text: "P104249991D", ms: 9_007_199_222_400_000 },
  ])("may be $text", ({ text, ms }) => {
    expect(spanOf(text)).toBe(ms);
  });

  test.each([
    ...["P", "PT0S", "-PT1H", "P1M", "", "24", "h", "0h", "-1h", "1.5h", "1h2d", "1h1h", "24h "],
    "P99999999999D",
    "99999999999d",
  ])("is not '%s', and the message says the longest", (text) => {
    expect(() => spanOf(text)).toThrow("above zero and at most P104249991D, such as 24h");
  });
});

describe("tags", () => {
  test("are keys, or keys with values that are alternatives", () => {
    const texts = ["team=a", "env", "team=b=c,d", "team", "note="];
    const tags = texts.reduce((before, text) => tagOf(text, before), tagOf("x=y", undefined));
    expect(tags).toEqual([
      { key: "x", values: ["y"] },
      { key: "env", values: null },
      { key: "team", values: ["a", "b=c,d"] },
      { key: "team", values: null },
      { key: "note", values: [""] },
    ]);
  });

  test.each(["", "=x", " "])("need a key, unlike %j", (text) => {
    expect(() => tagOf(text, undefined)).toThrow("Expected a tag");
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
    expect(() => words("constructor", undefined)).toThrow("Expected one of NOT_FOUND, RUNNING.");
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
