import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fastMac } from "../../src/paging/cursor.js";

describe("the HMAC of a cursor", () => {
  test("is HMAC-SHA-256 for every key and text, also computed by hashes alone", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }),
        (key, texts) => {
          const mac = fastMac(key);
          for (const text of texts)
            expect(mac(text)).toEqual(createHmac("sha256", key).update(text).digest("binary"));
        },
      ),
    );
  });
});
