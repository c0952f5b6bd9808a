import { expect, test } from "vitest";
import { instantShown, instantText, sizeShown } from "../../src/cli/rows.js";

test.each([
  { bytes: null, shown: "" },
  { bytes: 0, shown: "0 B" },
  { bytes: 1023, shown: "1023 B" },
  { bytes: 1024, shown: "1.0 KiB" },
  { bytes: 1_288_490_189, shown: "1.2 GiB" },
  { bytes: 9_007_199_254_740_991, shown: "8.0 PiB" },
])("$bytes bytes read $shown", ({ bytes, shown }) => {
  expect(sizeShown(bytes)).toBe(shown);
});

test("instants are RFC 3339 for programs and whole seconds for people, in UTC", () => {
  const instant = Date.UTC(2026, 10, 1, 8, 30, 15, 250);
  expect(instantText(instant)).toBe("2026-11-01T08:30:15.250Z");
  expect(instantShown(instant)).toBe("2026-11-01 08:30:15Z");
  expect([instantText(null), instantShown(null)]).toEqual([null, ""]);
});
