import { describe, expect, test } from "vitest";
import { Calendar } from "../../../src/pages/coverage/calendar.js";
import { DAY_MS, lastDays } from "../../../src/pages/coverage/days.js";
import type { BackupStatus } from "../../../src/pages/coverage/generated/graphql.js";
import { issue } from "./fixtures.js";

const NOW = Date.parse("2026-03-30T12:00:00Z");
const DAYS = lastDays(NOW);
const PLACE = { region: "north", nativeId: "a" };

const backup = (startedAt: string, status: BackupStatus = "SUCCEEDED", nativeId = "a") => ({
  startedAt,
  status,
  region: "north",
  instanceNativeId: nativeId,
});
const outcomes = (calendar: Calendar, place = PLACE) =>
  calendar.cellsOf(place).map(({ outcome }) => outcome);
const lastOf = (calendar: Calendar, count: number) => outcomes(calendar).slice(-count);

describe("a calendar", () => {
  test("has nothing to say before its walk begins", () => {
    expect(new Set(outcomes(new Calendar(DAYS)))).toEqual(new Set(["pending"]));
  });

  test("shows days as pending up to the one that the walk is in, unless they are good already", () => {
    const calendar = new Calendar(DAYS);
    const backups = [
      backup("2026-03-30T01:00:00Z", "FAILED"),
      backup("2026-03-28T01:00:00Z", "FAILED", "b"),
    ];
    calendar.add({ backups, issues: [], ended: false });
    expect(lastOf(calendar, 4)).toEqual(["pending", "pending", "none", "open"]);
    calendar.add({ backups: [backup("2026-03-28T00:30:00Z")], issues: [], ended: false });
    expect(lastOf(calendar, 4)).toEqual(["pending", "good", "none", "open"]);
    expect(calendar.isWhole).toBe(false);
  });

  test("counts by instance and UTC day, and knows every day once the walk has ended", () => {
    const calendar = new Calendar(DAYS);
    const backups = [
      backup("2026-03-29T23:59:59Z"),
      backup("2026-03-29T00:00:00Z", "FAILED"),
      backup("2026-03-28T23:59:59Z", "FAILED"),
      backup("2026-03-28T12:00:00Z", "SUCCEEDED", "b"),
    ];
    calendar.add({ backups, issues: [], ended: true });
    expect(lastOf(calendar, 4)).toEqual(["none", "failed", "good", "open"]);
    expect(calendar.cellsOf(PLACE).at(-2)?.counts).toEqual({ SUCCEEDED: 1, FAILED: 1 });
    expect(calendar.isWhole).toBe(true);
  });

  test("puts what was started in a vendor's tomorrow under today, and leaves out what is older", () => {
    const calendar = new Calendar(DAYS);
    const backups = [backup("2026-03-31T00:05:00Z"), backup("2026-01-01T00:00:00Z")];
    calendar.add({ backups, issues: [], ended: true });
    expect(outcomes(calendar).filter((outcome) => outcome === "good")).toHaveLength(1);
    expect(lastOf(calendar, 1)).toEqual(["good"]);
  });

  test.each([
    ["the whole provider", issue(), true, true],
    ["a region", issue({ region: "north" }), true, true],
    ["another region", issue({ region: "south" }), false, false],
    ["one instance", issue({ region: "north", instanceNativeIds: ["a"] }), true, false],
  ])("with an issue of %s says unknown where it would say none or failed", (_, found, a, b) => {
    const calendar = new Calendar(DAYS);
    const backups = [
      backup("2026-03-30T01:00:00Z", "FAILED"),
      backup("2026-03-29T01:00:00Z"),
      backup("2026-03-30T01:00:00Z", "FAILED", "b"),
      backup("2026-03-29T01:00:00Z", "SUCCEEDED", "b"),
    ];
    calendar.add({ backups, issues: [found], ended: true });
    const expected = (doubtful: boolean) =>
      doubtful ? ["unknown", "good", "unknown"] : ["none", "good", "open"];
    expect(lastOf(calendar, 3)).toEqual(expected(a));
    expect(outcomes(calendar, { region: "north", nativeId: "b" }).slice(-3)).toEqual(expected(b));
  });

  test("doubts of old data only what was started since it was read", () => {
    const calendar = new Calendar(DAYS);
    const stale = issue({ code: "STALE", asOf: "2026-03-29T10:00:00Z" });
    calendar.add({ backups: [], issues: [stale], ended: true });
    expect(lastOf(calendar, 3)).toEqual(["none", "unknown", "unknown"]);
  });

  test("doubts everything that was not seen when its walk is broken off", () => {
    const calendar = new Calendar(DAYS);
    calendar.add({ backups: [backup("2026-03-30T01:00:00Z")], issues: [], ended: false });
    calendar.breakOff(issue());
    expect(lastOf(calendar, 2)).toEqual(["unknown", "good"]);
    expect(outcomes(calendar)).not.toContain("pending");
  });

  test("knows nothing of a region whose instances cannot be listed", () => {
    const calendar = new Calendar(DAYS);
    calendar.add({ backups: [], issues: [], ended: true });
    const cells = outcomes(calendar, { region: "north", nativeId: null as never });
    expect(new Set(cells)).toEqual(new Set(["unknown"]));
  });

  test("shows a day that has begun since as pending, and drops the one that has gone", () => {
    const calendar = new Calendar(DAYS);
    calendar.add({ backups: [backup("2026-03-30T01:00:00Z")], issues: [], ended: true });
    const cells = calendar.cellsOf(PLACE, lastDays(NOW + DAY_MS));
    expect(cells.slice(-3).map(({ outcome }) => outcome)).toEqual(["none", "good", "pending"]);
  });
});
