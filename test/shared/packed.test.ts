import fc from "fast-check";
import { expect, test } from "vitest";
import { pack, unpack } from "../../src/shared/packed.js";
import { runs } from "../runs.js";

test("a text comes out as it went in, whatever is in it and however long it is", async () => {
  const texts = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 100 }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 50 }).map((part) => part.repeat(2_000)),
  );
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      expect(await unpack(await pack(text))).toBe(text);
    }),
    runs(50),
  );
});

test("a long list of rows that are alike takes a tenth of its length", async () => {
  const row = (n: number) => ({ backupId: `b-${n}`, status: "Success", sizeBytes: n * 4_096 });
  const text = JSON.stringify(Array.from({ length: 5_000 }, (_, n) => row(n)));
  expect((await pack(text)).length).toBeLessThan(text.length / 5);
});

test.each(["", "x", "znot base64 of anything deflated", "z"])("%j is nothing", async (packed) => {
  expect(await unpack(packed)).toBeNull();
});
