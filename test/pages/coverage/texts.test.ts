import { describe, expect, test } from "vitest";
import {
  cellText,
  counted,
  durationText,
  isEarly,
  sizeText,
  vendorText,
} from "../../../src/pages/coverage/texts.js";

const DAY = Date.parse("2026-06-09T00:00:00Z");

describe("texts", () => {
  test.each([
    [null, "–"],
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1_610_612_736, "1.5 GiB"],
    [536_870_912_000, "500 GiB"],
    [9_007_199_254_740_991, "8.0 PiB"],
  ])("a size of %s is %s", (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });

  test.each([
    [null, "–"],
    ["PT0S", "0 s"],
    ["PT2M40.5S", "2 min 40 s"],
    ["PT1H5M10S", "1 h 5 min"],
    ["P7D", "7 d"],
    ["P1DT2H", "1 d 2 h"],
    ["-PT5S", "-PT5S"],
  ])("a duration of %s is %s", (duration, text) => {
    expect(durationText(duration)).toBe(text);
  });

  test("a day is described by its outcome and its backups", () => {
    const counts = { SUCCEEDED: 1, FAILED: 1 };
    expect(cellText({ day: DAY, outcome: "good", counts }, null)).toBe(
      "9 Jun: good (1 good, 1 failed)",
    );
    expect(cellText({ day: DAY, outcome: "pending", counts: {} }, null)).toBe("9 Jun: being read");
  });

  test.each([
    ["2026-06-08T12:00:00Z", false],
    ["2026-06-09T12:00:00Z", false],
    ["2026-06-10T00:00:00Z", true],
  ])("a day without backups is not missed of an instance created at %s: %s", (at, early) => {
    const cell = { day: DAY, outcome: "none", counts: {} } as const;
    expect(isEarly(cell, Date.parse(at))).toBe(early);
    expect(cellText(cell, Date.parse(at))).toBe(
      early ? "9 Jun: none (created later)" : "9 Jun: none",
    );
    expect(isEarly({ ...cell, outcome: "unknown" }, Date.parse(at))).toBe(false);
    expect(isEarly({ ...cell, counts: { EXPIRED: 1 } }, Date.parse(at))).toBe(false);
  });

  test("counts agree with their noun, and a vendor that came later keeps the schema's word", () => {
    expect([counted(1, "instance"), counted(1000, "instance")]).toEqual([
      "1 instance",
      "1,000 instances",
    ]);
    expect([vendorText("UCLOUD"), vendorText("constructor")]).toEqual(["UCloud", "constructor"]);
  });
});
