import { createHmac, type KeyObject } from "node:crypto";
import { expect, test } from "vitest";
import { signingKey } from "../../../src/vendors/kit/request.js";

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();
const bytesOf = (key: KeyObject): string => key.export().toString("hex");

test("the key of a scope is the HMAC of its parts, one after the other", () => {
  const key = signingKey({}, "TC3secret", "2026-11-29/redis/tc3_request");
  const expected = hmac(hmac(hmac("TC3secret", "2026-11-29"), "redis"), "tc3_request");
  expect(bytesOf(key)).toBe(expected.toString("hex"));
});

test("without a scope the key is the secret", () => {
  expect(bytesOf(signingKey({}, "geheim 密"))).toBe(Buffer.from("geheim 密").toString("hex"));
});

test("the next day, and other credentials, have another key", () => {
  const [own, others] = [{}, {}];
  const days = ["2026-11-29/redis", "2026-11-30/redis", "2026-11-29/redis"];
  const [first, next, again] = days.map((scope) => bytesOf(signingKey(own, "secret", scope)));
  expect(again).toBe(first);
  expect(next).not.toBe(first);
  expect(bytesOf(signingKey(others, "new secret", days[0]))).not.toBe(first);
});
