import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  durationOf,
  durationToMs,
  leapSecondToMs,
  LONGEST_DURATION,
} from "../../src/domain/duration.js";

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
    `PT${"0".repeat(100)}1H`,
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

test("the longest duration is accepted, and one more day is not", () => {
  expect(durationToMs(LONGEST_DURATION)).toBe(9_007_199_222_400_000);
  const days = Number(LONGEST_DURATION.slice(1, -1));
  expect(durationToMs(`P${days + 1}D`)).toBeNull();
});

describe("a leap second", () => {
  test.each([
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
    ["2016-12-31T23:59:60.25Z", "2017-01-01T00:00:00.250Z"],
    ["2017-01-01T07:59:60+08:00", "2017-01-01T00:00:00.000Z"],
    ["2015-06-30t23:59:60z", "2015-07-01T00:00:00.000Z"],
  ])("%s is the start of the next month", (text, instant) => {
    expect(leapSecondToMs(text)).toBe(Date.parse(instant));
  });

  test.each([
    "2016-12-31T23:59:59Z",
    "2016-12-31T23:58:60Z",
    "2016-12-30T23:59:60Z",
    "2016-12-31T23:59:60+08:00",
    "2016-02-31T23:59:60Z",
    "2016-12-31T23:59:61Z",
    "2016-12-31T23:59:60",
  ])("is not what %s names", (text) => {
    expect(leapSecondToMs(text)).toBeNull();
  });
});
