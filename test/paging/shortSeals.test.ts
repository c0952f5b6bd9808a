import { createDecipheriv, createSecretKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Ghash } from "../../src/paging/ghash.js";
import { SHORT_BYTES, ShortSeals } from "../../src/paging/shortSeals.js";

const NONCE = 12;
const TAG = 16;
const bytes = (maxLength: number, minLength = 0) =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));

function sealed(seals: ShortSeals, plain: Buffer): Buffer {
  const into = Buffer.alloc(NONCE + plain.length + TAG);
  seals.seal(plain, { into, at: 0 });
  return into;
}

/** What the library makes of it. @throws where the tag is wrong. */
function opened(key: Buffer, additional: Buffer, text: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, text.subarray(0, NONCE));
  decipher.setAAD(additional);
  decipher.setAuthTag(text.subarray(-TAG));
  return Buffer.concat([decipher.update(text.subarray(NONCE, -TAG)), decipher.final()]);
}

test("what is sealed here is what the library opens as AES-256-GCM", () => {
  fc.assert(
    fc.property(
      bytes(32, 32),
      bytes(16),
      fc.array(bytes(SHORT_BYTES), { maxLength: 5 }),
      (key, additional, plains) => {
        const seals = new ShortSeals(createSecretKey(key), additional);
        for (const plain of plains)
          expect(opened(key, additional, sealed(seals, plain)).equals(plain)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test("the library opens nothing of which a bit was changed", () => {
  const key = randomBytes(32);
  const additional = Buffer.of(1);
  const seals = new ShortSeals(createSecretKey(key), additional);
  const text = sealed(seals, randomBytes(31));
  for (let bit = 0; bit < 8 * text.length; bit += 1) {
    const changed = Buffer.from(text);
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(() => opened(key, additional, changed)).toThrow();
  }
});

test("no two texts get the same nonce, however many are sealed", () => {
  const key = randomBytes(32);
  const seals = new ShortSeals(createSecretKey(key), Buffer.of(1));
  const plain = Buffer.from("always the same");
  const texts = Array.from({ length: 1_000 }, () => sealed(seals, plain));
  expect(new Set(texts.map((text) => text.toString("hex", 0, NONCE))).size).toBe(texts.length);
  for (const text of texts) expect(opened(key, Buffer.of(1), text).equals(plain)).toBe(true);
});

// Source: McGrew and Viega, The Galois/Counter Mode of Operation, test cases 1 and 2.
test.each([
  ["", "00000000000000000000000000000000"],
  ["0388dace60b6a392f328c2b971b2fe78", "f38cbb1ad69223dcc3457ae5b6b0f885"],
])("GHASH of %s is that of the published vector", (text, hash) => {
  const key = Buffer.from("66e94bd4ef8a2c3b884cfa59ca342b2e", "hex");
  const into = Buffer.concat([Buffer.from(text, "hex"), Buffer.alloc(TAG)]);
  new Ghash(key, Buffer.alloc(0)).write(into, 0, into.length - TAG);
  expect(into.toString("hex", into.length - TAG)).toBe(hash);
});
