import { describe, expect, test } from "vitest";
import {
  DAY_MS,
  dayIndexOf,
  lastDays,
  outcomeOf,
  wordsOfCounts,
  type DayOutcome,
  type DayCounts,
} from "../../../src/pages/coverage/days.js";

describe("the last days", () => {
  test.each(["2026-03-01T00:00:00.000Z", "2026-03-01T23:59:59.999Z"])(
    "at %s are thirty midnights in UTC, today last",
    (now) => {
      const days = lastDays(Date.parse(now));
      expect(days).toHaveLength(30);
      expect(new Date(days.at(-1) ?? 0).toISOString()).toBe("2026-03-01T00:00:00.000Z");
      expect(new Date(days[0] ?? 0).toISOString()).toBe("2026-01-31T00:00:00.000Z");
      expect(days.every((day, index) => day - (days[0] ?? 0) === index * DAY_MS)).toBe(true);
    },
  );

  const days = lastDays(Date.parse("2026-03-01T12:00:00Z"));
  test.each([
    ["2026-02-28T23:59:59.999Z", 28],
    ["2026-03-01T00:00:00.000Z", 29],
    ["2026-01-31T00:00:00.000Z", 0],
    ["2026-01-30T23:59:59.999Z", null],
    ["2026-03-02T00:00:01.000Z", 29],
  ])("hold %s at %s", (instant, index) => {
    expect(dayIndexOf(days, Date.parse(instant))).toBe(index);
  });
});

describe("the outcome of a day", () => {
  test.each<[string, DayCounts, boolean, DayOutcome]>([
    ["one good backup", { SUCCEEDED: 1 }, false, "good"],
    ["a good one beside failed ones", { SUCCEEDED: 1, FAILED: 3 }, false, "good"],
    ["a good one of a list that is not whole", { SUCCEEDED: 1 }, true, "good"],
    ["one under way after one that failed", { RUNNING: 1, FAILED: 1 }, false, "running"],
    ["one under way, of a list that is not whole", { RUNNING: 1 }, true, "running"],
    ["a locked one beside a failed one", { LOCKED: 1, FAILED: 1 }, false, "unknown"],
    ["a word that nobody knows", { UNKNOWN: 1 }, false, "unknown"],
    ["a failed one of a list that is not whole", { FAILED: 1 }, true, "unknown"],
    ["nothing of a list that is not whole", {}, true, "unknown"],
    ["only failed ones", { FAILED: 2 }, false, "failed"],
    ["what has expired or was deleted", { EXPIRED: 1, DELETED: 1 }, false, "none"],
    ["a failed one beside an expired one", { FAILED: 1, EXPIRED: 1 }, false, "failed"],
    ["nothing", {}, false, "none"],
  ])("with %s", (_, counts, doubtful, outcome) => {
    expect(outcomeOf(counts, doubtful)).toBe(outcome);
  });
});

test("a day's backups are described in words, the best first", () => {
  expect(wordsOfCounts({ FAILED: 1, SUCCEEDED: 2, LOCKED: 1 })).toBe("2 good, 1 locked, 1 failed");
  expect(wordsOfCounts({})).toBe("");
});
