import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { durationOf, durationToMs } from "../../src/domain/duration.js";

describe("durations", () => {
  test.each([
    ["PT0S", 0],
    ["PT0.25S", 250],
    ["PT0,5S", 500],
    ["PT10S", 10_000],
    ["PT25M", 1_500_000],
    ["PT24H", 86_400_000],
    ["P1D", 86_400_000],
    ["P1W", 604_800_000],
    ["P730D", 63_072_000_000],
    ["P1DT2H3M4S", 93_784_000],
    ["P1W2DT3H", 788_400_000],
  ])("%s is %d milliseconds", (text, ms) => {
    expect(durationToMs(text)).toBe(ms);
  });

  test.each([
    "",
    "P",
    "PT",
    "P1DT",
    "1D",
    "24h",
    "P1Y",
    "P1M",
    "-P1D",
    "+P1D",
    "P-1D",
    "PT1H ",
    "p1d",
    "PT1S2M",
    "P99999999999999D",
    "PT.5S",
  ])("%j has no fixed length", (text) => {
    expect(durationToMs(text)).toBeNull();
  });

  test.each([
    [0, "PT0S"],
    [1, "PT0.001S"],
    [200_000, "PT3M20S"],
    [3_600_000, "PT1H"],
    [86_400_000, "P1D"],
    [93_784_000, "P1DT2H3M4S"],
    [86_400_500, "P1DT0.5S"],
    [-5_000, "-PT5S"],
  ])("%d milliseconds are written %s", (ms, text) => {
    expect(durationOf(ms)).toBe(text);
  });

  test("what is written reads back the same", () => {
    fc.assert(
      fc.property(fc.nat({ max: 4_000_000_000_000 }), (ms) => {
        expect(durationToMs(durationOf(ms))).toBe(ms);
      }),
    );
  });
});
