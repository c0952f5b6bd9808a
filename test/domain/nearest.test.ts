import { describe, expect, test } from "vitest";
import { closest, nearest, nearestText, quoted } from "../../src/domain/nearest.js";

const KNOWN = ["host", "port", "cursorKey", "introspection"];

describe("the closest name", () => {
  test.each([
    { word: "prot", guess: "port" },
    { word: "Host", guess: "host" },
    { word: "cursor_key", guess: "cursorKey" },
    { word: "introspect", guess: "introspection" },
    { word: "banana", guess: null },
    { word: "", guess: null },
    { word: "port".repeat(100), guess: null },
  ])("to '$word' is $guess", ({ word, guess }) => {
    expect(closest(word, KNOWN)).toBe(guess);
  });

  test("does not exist if no name is known", () => {
    expect(closest("host", [])).toBeNull();
  });
});

test("all names are ranked by edits, and keep their order where they are equally near", () => {
  expect(nearest("cn-bj9", ["hk", "cn-sh2", "cn-bj2", "cn-bj1"])).toEqual([
    "cn-bj2",
    "cn-bj1",
    "cn-sh2",
    "hk",
  ]);
});

test("a name without a slash is compared with the parts of names with slashes, too", () => {
  const keys = ["demo-s3/rdb", "demo-aws/elasticache-serverless", "demo-aws/memorydb"];
  expect(nearest("demo-aws", keys)[0]).toBe("demo-aws/elasticache-serverless");
  expect(nearest("demo-aw", keys).at(-1)).toBe("demo-s3/rdb");
  expect(nearest("memorydb", keys)[0]).toBe("demo-aws/memorydb");
  expect(nearest("demo-aws/rdb", keys)[0]).toBe("demo-s3/rdb");
});

test("long names are compared by their beginnings only", () => {
  const long = "cn-bj2".repeat(500_000);
  expect(nearest("cn-bj2", [long, "hk"])[1]).toBe(long);
  expect(nearest("cn-bj2".repeat(20), ["hk", long])[0]).toBe(long);
  expect(closest("cn-bj2", [long])).toBeNull();
});

test("a sentence lists at most five names and counts the others", () => {
  expect(nearestText("b", ["a", "b"])).toBe("Known: b, a.");
  expect(nearestText("r1", ["r1", "r2", "r3", "r4", "r5", "r6", "r77"])).toBe(
    "Nearest: r1, r2, r3, r4, r5 and 2 more.",
  );
  expect(nearestText("r1", [])).toBe("None exists.");
});

test("a message quotes only the start of a long name", () => {
  expect(quoted('a"b')).toBe('"a\\"b"');
  expect(quoted("n".repeat(100_000))).toBe(`"${"n".repeat(64)}…"`);
});
