import fc from "fast-check";
import { expect, test } from "vitest";
import {
  hmac,
  percentEncode,
  sortedFields,
  sortedNames,
  sortedPairs,
  sortedQuery,
} from "../../../src/http/sign/encode.js";

test.each([
  { text: "AZaz09-_.~", encoded: "AZaz09-_.~", what: "unreserved characters stay" },
  { text: "a b", encoded: "a%20b", what: "a space is no plus" },
  { text: "!'()*", encoded: "%21%27%28%29%2A", what: "what encodeURIComponent leaves is encoded" },
  {
    text: "a+b=c&d/e:f@g",
    encoded: "a%2Bb%3Dc%26d%2Fe%3Af%40g",
    what: "reserved ones are encoded",
  },
  { text: "备份", encoded: "%E5%A4%87%E4%BB%BD", what: "text is encoded as UTF-8" },
])("$what", ({ text, encoded }) => {
  expect(percentEncode(text)).toBe(encoded);
});

test("encoded text holds unreserved characters only, and decodes to itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const encoded = percentEncode(text);
      expect(encoded).toMatch(/^(?:[A-Za-z0-9\-_.~]|%[0-9A-F]{2})*$/);
      expect(decodeURIComponent(encoded)).toBe(text);
    }),
  );
});

test("names are put in byte order: capitals first, digits by digit", () => {
  const fields = { "b.2": "", a: "", B: "", "b.10": "", A: "" };
  expect(sortedFields(fields).map(([name]) => name)).toEqual(["A", "B", "a", "b.10", "b.2"]);
});

test("a query is encoded and pairs are raw, both in order", () => {
  const fields = { z: "1 2", "a b": "x&y" };
  expect(sortedQuery(fields)).toBe("a%20b=x%26y&z=1%202");
  expect(sortedPairs(fields)).toBe("a b=x&y&z=1 2");
});

test("names alone are joined in order", () => {
  expect(sortedNames({ "x-b": "1", host: "2", "x-a": "3" })).toBe("host;x-a;x-b");
});

test("HMAC agrees with test case 2 of RFC 2202 and RFC 4231", () => {
  const text = "what do ya want for nothing?";
  expect(hmac("sha1", "Jefe", text).toString("hex")).toBe(
    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
  );
  expect(hmac("sha256", Buffer.from("Jefe"), text).toString("hex")).toBe(
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});
