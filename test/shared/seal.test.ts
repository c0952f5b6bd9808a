import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pack, Seal, unpack } from "../../src/shared/seal.js";
import { runs } from "../runs.js";

const [ours, older, theirs] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte)) as [
  Buffer,
  Buffer,
  Buffer,
];
const seal = new Seal([ours], "1.0.0");

describe("a name", () => {
  test("is the same on every replica, and differs by part, key and release", () => {
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

  test("reveals nothing about its parts", () => {
    expect(seal.name(["canary-secret"])).toMatch(/^[\w-]{22}$/);
  });
});

describe("a value", () => {
  const plain = Buffer.from('{"rows":[{"id":"b-1"}]}');
  const value = seal.seal("name", plain);

  test("is read with its key, also after the key was replaced", () => {
    expect(seal.open("name", value)).toEqual(plain);
    expect(new Seal([older, ours], "1.0.0").open("name", value)).toEqual(plain);
  });

  test("cannot be read without its key", () => {
    expect(new Seal([theirs], "1.0.0").open("name", value)).toBeNull();
    expect(value.includes("b-1")).toBe(false);
  });

  test("differs each time it is written", () => {
    expect(seal.seal("name", plain)).not.toEqual(value);
  });

  test("opens to null under another name", () => {
    expect(seal.open("other", value)).toBeNull();
  });

  test("opens to null if any byte was changed", () => {
    for (let at = 0; at < value.length; at += 1) {
      const changed = Buffer.from(value);
      changed[at] = (changed[at] as number) ^ (1 << (at % 8));
      expect(seal.open("name", changed)).toBeNull();
    }
  });

  test("that no replica wrote is nothing", () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from([2, ...bytes])),
      fc.nat(value.length - 1).map((end) => value.subarray(0, end)),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        expect(seal.open("name", bytes)).toBeNull();
      }),
    );
  });
});

test("sharing without a key is refused", () => {
  expect(() => new Seal([], "1.0.0")).toThrow("Sharing needs a key.");
});

describe("a packed text", () => {
  test("is unpacked unchanged, whatever it contains and however long it is", async () => {
    const texts = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 100 }),
      fc
        .string({ unit: "grapheme", minLength: 1, maxLength: 50 })
        .map((part) => part.repeat(2_000)),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        expect(await unpack(await pack(text))).toBe(text);
      }),
      runs(20),
    );
  });

  test("that is a long list of similar rows takes a fifth of its length at most", async () => {
    const row = (n: number) => ({ backupId: `b-${n}`, status: "Success", sizeBytes: n * 4_096 });
    const text = JSON.stringify(Array.from({ length: 5_000 }, (_, n) => row(n)));
    expect((await pack(text)).length).toBeLessThan(text.length / 5);
  });

  test.each([[[]], [[7]], [[1]], [[1, 255, 255, 255]]])("%j is nothing", async (bytes) => {
    expect(await unpack(Buffer.from(bytes))).toBeNull();
  });
});
