import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Calendar, zoneNamed } from "../../src/domain/calendar.js";
import { runs } from "../runs.js";

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);

describe("a calendar", () => {
  test.each([
    ["UTC", "2026-11-29T00:00:00Z", "2026-11-29", "2026-W48", "2026-11"],
    ["UTC", "2026-11-28T23:59:59.999Z", "2026-11-28", "2026-W48", "2026-11"],
    ["Asia/Shanghai", "2026-11-29T16:00:00Z", "2026-11-30", "2026-W49", "2026-11"],
    ["Pacific/Auckland", "2026-12-31T11:00:00Z", "2027-01-01", "2026-W53", "2027-01"],
    ["America/New_York", "2026-11-01T03:59:59Z", "2026-10-31", "2026-W44", "2026-10"],
    ["Asia/Kathmandu", "2026-05-31T18:15:00Z", "2026-06-01", "2026-W23", "2026-06"],
    ["UTC", "2021-01-03T12:00:00Z", "2021-01-03", "2020-W53", "2021-01"],
    ["UTC", "2024-12-30T12:00:00Z", "2024-12-30", "2025-W01", "2024-12"],
    ["UTC", "1970-01-01T00:00:00Z", "1970-01-01", "1970-W01", "1970-01"],
    ["UTC", "1969-12-28T00:00:00Z", "1969-12-28", "1969-W52", "1969-12"],
  ])("of %s names %s", (zone, instant, day, week, month) => {
    const names = (["DAY", "WEEK", "MONTH"] as const).map((span) =>
      new Calendar(zone, span).nameAt(at(instant)),
    );
    expect(names).toEqual([day, week, month]);
  });

  test.each([
    ["Europe/Berlin", "2026-03-29T01:00:00Z"],
    ["Europe/Berlin", "2026-10-25T01:00:00Z"],
    ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
    ["America/Sao_Paulo", "2018-11-04T03:00:00Z"],
    ["Pacific/Apia", "2011-12-30T10:00:00Z"],
  ])("of %s follows the clock through its change at %s to the millisecond", (zone, change) => {
    const calendar = new Calendar(zone, "DAY");
    const hours = Array.from({ length: 97 }, (_, index) => at(change) + (index - 48) * HOUR);
    for (const instant of hours.flatMap((hour) => [hour - 1, hour, hour + 1]))
      expect(calendar.nameAt(instant)).toBe(localDay(zone, instant));
  });

  test("agrees with the system for any zone and time", () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf("timeZone"));
    const instants = fc.array(
      fc.integer({ min: at("1990-01-01T00:00:00Z"), max: at("2040-01-01T00:00:00Z") }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(zones, instants, (zone, sample) => {
        const calendar = new Calendar(zone, "DAY");
        for (const instant of sample)
          expect(calendar.nameAt(instant)).toBe(localDay(zone, instant));
      }),
      runs(200),
    );
  });
});

/** The day of an instant, as a formatter of the system writes it. */
const localDay = (timeZone: string, instant: number): string =>
  new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(instant);

test.each([
  ["UTC", "UTC"],
  ["europe/berlin", "Europe/Berlin"],
  ["Mars", null],
  ["+08:00", null],
  ["", null],
  ["Europe/Berlin\n", null],
])("the zone named %j is %j", (text, zone) => {
  expect(zoneNamed(text)).toBe(zone);
});
