import { expect, test } from "vitest";
import { withTexts } from "../../src/clouds/texts.js";

test("numbers and booleans become text at every depth, and nothing else changes", () => {
  const row = { a: 1, b: true, c: "x", d: null, e: [{ f: -2.5 }, 3], g: undefined };
  expect(withTexts(row)).toEqual({
    a: "1",
    b: "true",
    c: "x",
    d: null,
    e: [{ f: "-2.5" }, "3"],
    g: undefined,
  });
});
