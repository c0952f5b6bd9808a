import { expect, test } from "vitest";
import { beijingInstantOf, beijingTextOf } from "../../src/clouds/beijingTime.js";

test("an instant is written eight hours ahead of UTC, and read back", () => {
  const at = Date.parse("2025-12-31T16:30:05Z");
  expect(beijingTextOf(at)).toBe("2026-01-01 00:30:05");
  expect(beijingInstantOf("2026-01-01 00:30:05")).toBe(at);
});

test.each(["", "2026-01-01", "2026-01-01T00:30:05Z", "2026-13-01 00:00:00", "0000-00-00 00:00:00"])(
  "%j names no instant",
  (text) => {
    expect(beijingInstantOf(text)).toBeNull();
  },
);
