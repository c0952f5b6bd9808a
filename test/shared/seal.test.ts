import { describe, expect, test } from "vitest";
import { Seal } from "../../src/shared/seal.js";

const [ours, older, theirs] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte)) as [
  Buffer,
  Buffer,
  Buffer,
];
const seal = new Seal([ours], "1.0.0");

describe("a name", () => {
  test("is the same on every replica, and another for every part, key and release", () => {
    expect(new Seal([ours, older], "1.0.0").name(["a", "b"])).toBe(seal.name(["a", "b"]));
    const others = [
      seal.name(["ab"]),
      seal.name(["a", "b", ""]),
      seal.name(["b", "a"]),
      new Seal([ours], "1.0.1").name(["a", "b"]),
      new Seal([older, ours], "1.0.0").name(["a", "b"]),
    ];
    expect(new Set([...others, seal.name(["a", "b"])]).size).toBe(6);
  });

  test("tells nothing of its parts", () => {
    expect(seal.name(["canary-secret"])).toMatch(/^[\w-]{22}$/);
  });
});

describe("a value", () => {
  const value = seal.seal("name", "t{}.text");

  test("is opened by all who have its key", () => {
    expect(seal.open("name", value)).toBe("t{}.text");
    expect(new Seal([older, ours], "1.0.0").open("name", value)).toBe("t{}.text");
  });

  test("is nothing to those who have not", () => {
    expect(new Seal([theirs], "1.0.0").open("name", value)).toBeNull();
  });

  test.each([
    { what: "under another name", name: "other", text: value },
    { what: "with another text", name: "name", text: `${value}x` },
    { what: "of an older version", name: "name", text: value.replace(/^1\./, "0.") },
    { what: "without a proof", name: "name", text: "1..t{}.text" },
    { what: "cut short", name: "name", text: value.slice(0, 10) },
    { what: "of somebody else", name: "name", text: "OK" },
    { what: "that is empty", name: "name", text: "" },
  ])("$what is nothing", ({ name, text }) => {
    expect(seal.open(name, text)).toBeNull();
  });
});

test("sharing without a key is refused", () => {
  expect(() => new Seal([], "1.0.0")).toThrow("Sharing needs a key.");
});
