import { describe, expect, test } from "vitest";
import { ConfigError, formatPath, shown, valueAt } from "../../src/config/fault.js";

describe("formatPath", () => {
  test.each([
    { path: [], text: "the file" },
    { path: ["accounts", 1, "credentials", "secretId"], text: "accounts[1].credentials.secretId" },
    { path: [0, "a"], text: "[0].a" },
    { path: ["$schema"], text: "$schema" },
    { path: ["a", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA"], text: "a.(a key of 36 characters)" },
    { path: ["a key"], text: "(a key of 5 characters)" },
  ])("writes $text", ({ path, text }) => {
    expect(formatPath(path)).toBe(text);
  });
});

test("a value is found by its path, and only where it was written", () => {
  const tree = { a: [{ b: 1 }] };
  expect(valueAt(tree, ["a", 0, "b"])).toBe(1);
  expect(valueAt(tree, ["a", 1, "b"])).toBeUndefined();
  expect(valueAt(tree, ["constructor"])).toBeUndefined();
});

test.each([
  { value: "abc", text: '"abc"' },
  { value: "https://k:s@h", text: "text of 13 characters" },
  { value: "x".repeat(61), text: "text of 61 characters" },
  { value: "AKIDz8krbsJ5yKBZ", text: "text of 16 characters" },
  { value: "ap-guangzhou-3", text: '"ap-guangzhou-3"' },
  { value: 5, text: "5" },
  { value: null, text: "an empty value" },
  { value: [1], text: "a list of 1" },
  { value: {}, text: "a map" },
])("shows $value as $text", ({ value, text }) => {
  expect(shown(value)).toBe(text);
});

test("an error counts and lists its faults", () => {
  const error = new ConfigError([{ path: "a", message: "is wrong" }], "gateway.yaml");
  expect(error.message).toBe("gateway.yaml has 1 fault:\n  a: is wrong");
  expect(error.name).toBe("ConfigError");
});
