import { describe, expect, test } from "vitest";
import { isLoopback } from "../../src/domain/loopback.js";

describe("isLoopback", () => {
  test.each(["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LOCALHOST"])(
    "%s is this machine",
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  test.each([
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "128.0.0.1",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.example.com",
    "",
  ])("'%s' is not", (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
