import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wallClock, zoneClock } from "../../../src/vendors/kit/instant.js";
import { runs } from "../../runs.js";

const utc = (text: string): number => Date.parse(text);

describe("a wall clock time", () => {
  test.each([
    { text: "2019-03-14 05:28:50", at: "2019-03-14T05:28:50Z" },
    { text: "2019-03-14T05:28:50", at: "2019-03-14T05:28:50Z" },
    { text: "2019-03-14T05:28", at: "2019-03-14T05:28:00Z" },
    { text: "2019-03-14T05:28:50.123", at: "2019-03-14T05:28:50.123Z" },
    { text: "2019-03-14T05:28:50.123456789", at: "2019-03-14T05:28:50.123Z" },
    { text: "2019-03-14T05:28:50.5", at: "2019-03-14T05:28:50.5Z" },
    { text: "2024-02-29 00:00:00", at: "2024-02-29T00:00:00Z" },
  ])("$text is read", ({ text, at }) => {
    expect(wallClock(text)).toBe(utc(at));
  });

  test.each([
    "",
    "0000-00-00 00:00:00",
    "0001-01-01 00:00:00",
    "2023-02-29 00:00:00",
    "2019-13-01 00:00:00",
    "2019-00-10 00:00:00",
    "2019-01-00 00:00:00",
    "2019-04-31 00:00:00",
    "2019-03-14 24:00:00",
    "2019-03-14 05:60:00",
    "2019-03-14 05:28:60",
    "2019-03-14",
    "14/03/2019 05:28:50",
    "2019-03-14 05:28:50 +0800",
    "20190314052850",
  ])("%j is no time", (text) => {
    expect(wallClock(text)).toBeNull();
  });
});

describe("a zone's clock", () => {
  test.each([
    { zone: "Asia/Shanghai", wall: "2017-02-08 16:46:34", at: "2017-02-08T08:46:34Z" },
    { zone: "Asia/Shanghai", wall: "1988-07-01 12:00:00", at: "1988-07-01T03:00:00Z" },
    { zone: "Asia/Shanghai", wall: "1988-12-01 12:00:00", at: "1988-12-01T04:00:00Z" },
    { zone: "UTC", wall: "2017-02-08 16:46:34", at: "2017-02-08T16:46:34Z" },
    { zone: "Asia/Kathmandu", wall: "2020-01-01 05:45:00", at: "2020-01-01T00:00:00Z" },
    { zone: "Europe/Berlin", wall: "2024-03-31 01:59:59", at: "2024-03-31T00:59:59Z" },
    { zone: "Europe/Berlin", wall: "2024-03-31 12:00:00", at: "2024-03-31T10:00:00Z" },
    { zone: "Europe/Berlin", wall: "2024-10-27 12:00:00", at: "2024-10-27T11:00:00Z" },
    { zone: "America/New_York", wall: "2024-07-01 00:00:00", at: "2024-07-01T04:00:00Z" },
    { zone: "America/New_York", wall: "2024-01-01 00:00:00", at: "2024-01-01T05:00:00Z" },
  ])("$zone reads and writes $wall", ({ zone, wall, at }) => {
    const clock = zoneClock(zone);
    expect(clock.toInstant(wallClock(wall) ?? Number.NaN)).toBe(utc(at));
    expect(clock.format(utc(at))).toBe(wall);
  });

  test("a time shown twice is the earlier instant", () => {
    const wall = wallClock("2024-10-27 02:30:00") ?? Number.NaN;
    expect(zoneClock("Europe/Berlin").toInstant(wall)).toBe(utc("2024-10-27T00:30:00Z"));
  });

  test("a time that is skipped is read with the offset from before the skip", () => {
    const wall = wallClock("2024-03-31 02:30:00") ?? Number.NaN;
    expect(zoneClock("Europe/Berlin").toInstant(wall)).toBe(utc("2024-03-31T01:30:00Z"));
  });

  test("the text of an instant divides times as they are read: from it on, none is earlier", () => {
    const zones = ["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 86_400, max: 2_500_000_000 }),
        (zone, seconds) => {
          const clock = zoneClock(zone);
          const instant = seconds * 1000;
          const shown = wallClock(clock.format(instant)) ?? Number.NaN;
          expect(clock.toInstant(shown)).toBeGreaterThanOrEqual(instant);
          expect(clock.toInstant(shown - 1000)).toBeLessThan(instant);
        },
      ),
      runs(200),
    );
  });

  test.each([
    // A repeated hour, a repeated half hour, and midnight shown twice.
    ["Europe/Berlin", "2026-10-25T01:20:00Z", "2026-10-25 03:00:00"],
    ["Europe/Berlin", "2026-10-25T00:20:00Z", "2026-10-25 02:20:00"],
    ["Europe/Berlin", "2026-10-25T02:00:00Z", "2026-10-25 03:00:00"],
    ["Australia/Lord_Howe", "2026-04-04T15:10:00Z", "2026-04-05 02:00:00"],
    ["America/Santiago", "2026-04-05T03:30:00Z", "2026-04-05 00:00:00"],
  ])("in %s, %s begins at %s, although the clock repeats times", (zone, instant, shown) => {
    expect(zoneClock(zone).format(utc(instant))).toBe(shown);
  });

  test("is made once", () => {
    expect(zoneClock("Europe/Berlin")).toBe(zoneClock("Europe/Berlin"));
  });

  test("an unknown zone is refused", () => {
    expect(() => zoneClock("Mars/Olympus")).toThrow(RangeError);
  });
});
