import { describe, expect, test } from "vitest";
import {
  dayFiguresText,
  partsOf,
  scaleTo,
  statusesIn,
  summaryOf,
  sumOf,
  valueText,
} from "../../../src/pages/coverage/chart.js";
import type { DayFigures } from "../../../src/pages/coverage/readDays.js";

const figure = (count: number, sizeBytes = 0, sizedCount = count) => ({
  count,
  sizeBytes,
  sizedCount,
});

const GIB = 1024 ** 3;

describe("a scale", () => {
  test.each([
    [0, ["0", "1"]],
    [1, ["0", "1"]],
    [4, ["0", "1", "2", "3", "4"]],
    [7, ["0", "2", "4", "6", "8"]],
    [9, ["0", "5", "10"]],
    [130, ["0", "50", "100", "150"]],
    [3_900, ["0", "1,000", "2,000", "3,000", "4,000"]],
  ])("for %i backups has the lines %j", (value, texts) => {
    expect(scaleTo(value, "count").map((line) => valueText(line, "count"))).toEqual(texts);
  });

  test.each([
    [0, ["0 B", "1 B"]],
    [1.3 * GIB, ["0 B", "512 MiB", "1.0 GiB", "1.5 GiB"]],
    [900 * GIB, ["0 B", "500 GiB", "1000 GiB"]],
  ])("for %d bytes has round values in their unit", (value, texts) => {
    expect(scaleTo(value, "sizeBytes").map((line) => valueText(line, "sizeBytes"))).toEqual(texts);
  });
});

describe("a bar", () => {
  const place = { top: 10, bottom: 110, most: 100 };

  test("stacks its parts from the bottom, good ones first, without gaps", () => {
    const figures = { FAILED: figure(10), SUCCEEDED: figure(60), RUNNING: figure(5) };
    expect(partsOf(figures, "count", place)).toEqual([
      { status: "SUCCEEDED", top: 50, height: 60 },
      { status: "RUNNING", top: 45, height: 5 },
      { status: "FAILED", top: 35, height: 10 },
    ]);
  });

  test("shows even the smallest part, and none where there is nothing", () => {
    const figures = { SUCCEEDED: figure(1_000), FAILED: figure(1, 0) };
    const [, failed] = partsOf(figures, "count", { ...place, most: 1_000 });
    expect(failed?.height).toBe(2);
    expect(partsOf({ FAILED: figure(3, 0) }, "sizeBytes", place)).toEqual([]);
  });
});

test("the states of a chart are those that occur, in the order of bars", () => {
  const days = [{ FAILED: figure(1) }, {}, { SUCCEEDED: figure(1) }];
  expect(statusesIn(days)).toEqual(["SUCCEEDED", "FAILED"]);
  expect(sumOf([figure(2, 7), undefined, figure(3, 5, 1)])).toEqual(figure(5, 12, 3));
});

test.each([
  [{}, false, "9 Jun: no backups"],
  [{ SUCCEEDED: figure(12, 3 * GIB) }, false, "9 Jun: 12 good · 3.0 GiB"],
  [
    { SUCCEEDED: figure(2, GIB), FAILED: figure(1, 0, 0) },
    true,
    "9 Jun (today so far): 2 good, 1 failed · 1.0 GiB, 1 of unknown size",
  ],
  [{ SUCCEEDED: figure(2, 0, 0) }, false, "9 Jun: 2 good · 2 of unknown size"],
])("the day %j is %s in words", (figures, isToday, text) => {
  expect(dayFiguresText(Date.parse("2026-06-09"), figures, isToday)).toBe(text);
});

test.each([
  [[], [], false, "2 backups of all accounts, 5 B in 1 day"],
  [["a/b"], [], true, "At least 2 backups of all accounts, 5 B in 1 day, counting on…"],
  [
    ["a/b", "c/d", "e/f", "g/h"],
    [],
    false,
    "Incomplete: 2 backups of all accounts, 5 B in 1 day without what cannot be read of a/b, c/d, e/f and 1 more",
  ],
  [
    ["a/b"],
    ["a/b"],
    false,
    "Incomplete: 2 backups of all accounts, 5 B in 1 day. The gateway's limits end the count of a/b",
  ],
  [
    ["a/b", "c/d"],
    ["c/d"],
    false,
    "Incomplete: 2 backups of all accounts, 5 B in 1 day without what cannot be read of a/b. The gateway's limits end the count of c/d",
  ],
])("what is missing from %j, and cut of %j, is in the summary", (missing, cut, isReading, text) => {
  const days = [{ SUCCEEDED: figure(2, 5) }];
  expect(summaryOf({ days, missing, cut, isReading })).toBe(text);
});

test.each([
  [
    [figure(2, 5), figure(1_500, 0, 0)],
    "1,502 backups of all accounts, 5 B (1,500 of unknown size)",
  ],
  [[figure(2, 0, 0)], "2 backups of all accounts (2 of unknown size)"],
])("sizes that are unknown are in the summary: %j", ([good, failed], text) => {
  const days = [{ SUCCEEDED: good, ...(failed && { FAILED: failed }) }] as DayFigures[];
  expect(summaryOf({ days, missing: [], cut: [], isReading: false })).toBe(`${text} in 1 day`);
});
