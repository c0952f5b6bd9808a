import { expect, test } from "vitest";
import { hmac, sha1Hex, sha256Hex } from "../../../src/http/sign/digest.js";

test("SHA-1 and SHA-256 of the empty text are the published ones", () => {
  expect(sha1Hex("")).toBe("da39a3ee5e6b4b0d3255bfef95601890afd80709");
  expect(sha256Hex("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("text is hashed as UTF-8", () => {
  expect(sha1Hex("备份")).toBe(sha1Hex(Buffer.from("备份", "utf8").toString("utf8")));
  expect(sha256Hex("é")).not.toBe(sha256Hex("e"));
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
