import { describe, expect, test } from "vitest";
import { parseDuration } from "../../src/config/duration.js";

describe("parseDuration", () => {
  test.each([
    { text: "PT10S", ms: 10_000 },
    { text: "PT0S", ms: 0 },
    { text: "PT0.5S", ms: 500 },
    { text: "PT1.001S", ms: 1001 },
    { text: "PT10M", ms: 600_000 },
    { text: "P730D", ms: 63_072_000_000 },
    { text: "P1W", ms: 604_800_000 },
    { text: "P1DT2H3M4S", ms: 93_784_000 },
  ])("reads $text as $ms ms", ({ text, ms }) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    "",
    "P",
    "PT",
    "10s",
    "PT10",
    "P1Y",
    "P1M",
    "P1DT",
    "PT-1S",
    "-PT1S",
    "P1W2D",
    "pt1s",
    "PT1S ",
  ])("reads '%s' as none", (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
