import { describe, expect, test } from "vitest";
import { isHost, isOrigin, isRedisUrl, isSecureUrl } from "../../src/config/fields.js";

describe("isHost", () => {
  test.each([
    ["0.0.0.0", true],
    ["::", true],
    ["gateway.internal", true],
    ["a b", false],
    ["http://a", false],
    ["", false],
    ["x".repeat(254), false],
  ])("%s: %s", (text, expected) => {
    expect(isHost(text)).toBe(expected);
  });
});

describe("isOrigin", () => {
  test.each([
    ["https://api.example.com", true],
    ["https://api.example.com:8443/", true],
    ["http://localhost:9000", true],
    ["http://127.0.0.1:9000", true],
    ["http://internal.example", true],
    ["http://api.example.com", false],
    ["https://api.example.com/v2", false],
    ["https://api.example.com?", false],
    ["https://api.example.com#", false],
    ["https://k@api.example.com", false],
    ["https://", false],
    [" https://api.example.com", false],
    ["file:///etc/passwd", false],
  ])("%s: %s", (text, expected) => {
    expect(isOrigin(text, ["internal.example"])).toBe(expected);
  });
});

test("a secure URL is https, or http on this machine", () => {
  expect(isSecureUrl("https://id.example.com/keys?v=1")).toBe(true);
  expect(isSecureUrl("http://127.0.0.1:9000/keys")).toBe(true);
  expect(isSecureUrl("http://id.example.com/keys")).toBe(false);
  expect(isSecureUrl("https://k:s@id.example.com/keys")).toBe(false);
});

test("a Redis URL names a host, and may hold a password", () => {
  expect(isRedisUrl("redis://:word@cache.example:6379/2")).toBe(true);
  expect(isRedisUrl("rediss://cache.example")).toBe(true);
  expect(isRedisUrl("redis://")).toBe(false);
  expect(isRedisUrl("http://cache.example")).toBe(false);
});
