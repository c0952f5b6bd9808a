import type { LookupFunction } from "node:net";
import { describe, expect, test } from "vitest";
import { checkHost, guardedLookup, isAllowed } from "../../src/http/connect.js";

describe("the addresses of a host", () => {
  test.each([
    ["redis.tencentcloudapi.com", "203.0.113.7", true],
    ["redis.tencentcloudapi.com", "10.1.2.3", true],
    ["redis.tencentcloudapi.com", "2001:db8::7", true],
    ["redis.tencentcloudapi.com", "127.0.0.1", false],
    ["redis.tencentcloudapi.com", "127.8.8.8", false],
    ["redis.tencentcloudapi.com", "::1", false],
    ["redis.tencentcloudapi.com", "0.0.0.0", false],
    ["redis.tencentcloudapi.com", "169.254.0.23", false],
    ["redis.tencentcloudapi.com", "169.254.169.254", false],
    ["redis.tencentcloudapi.com", "100.100.100.200", false],
    ["redis.tencentcloudapi.com", "100.80.80.80", false],
    ["redis.tencentcloudapi.com", "224.0.0.1", false],
    ["redis.tencentcloudapi.com", "255.255.255.255", false],
    ["redis.tencentcloudapi.com", "fe80::1", false],
    ["redis.tencentcloudapi.com", "fd00:ec2::254", false],
    ["redis.tencentcloudapi.com", "::ffff:169.254.169.254", false],
    ["redis.tencentcloudapi.com", "::ffff:127.0.0.1", false],
    ["localhost", "127.0.0.1", true],
    ["localhost", "::1", true],
    ["localhost", "203.0.113.7", false],
    ["clouds.localhost", "127.0.0.1", true],
    ["127.0.0.1", "127.0.0.1", true],
    ["::1", "::1", true],
    ["localhost.vendor.example", "127.0.0.1", false],
  ])("%s at %s: %s", (host, address, allowed) => {
    expect(isAllowed(host, address)).toBe(allowed);
  });
});

test.each(["127.0.0.1", "[::1]", "10.0.0.1", "redis.tencentcloudapi.com"])(
  "%s may be an endpoint",
  (host) => expect(() => checkHost(host)).not.toThrow(),
);

test.each(["169.254.169.254", "0.0.0.0", "[fe80::1]", "[::ffff:a9fe:a9fe]", "100.100.100.200"])(
  "%s may be no endpoint",
  (host) => expect(() => checkHost(host)).toThrow(/not allowed/),
);

describe("a lookup", () => {
  const found = (addresses: string[]): LookupFunction =>
    ((_, __, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      )) satisfies LookupFunction;
  const ask = (lookup: LookupFunction): Promise<Error | null> =>
    new Promise((resolve) =>
      guardedLookup(lookup)("redis.vendor.example", { all: true }, (error) => resolve(error)),
    );

  test("passes what is allowed", async () => {
    expect(await ask(found(["203.0.113.7", "203.0.113.8"]))).toBeNull();
  });

  test("fails if one of several addresses is not allowed", async () => {
    expect(await ask(found(["203.0.113.7", "127.0.0.1"]))).toMatchObject({ fault: "address" });
  });

  test("checks a single address too", async () => {
    const lookup: LookupFunction = (_, __, callback) => callback(null, "169.254.169.254", 4);
    expect(await ask(lookup)).toMatchObject({ fault: "address" });
  });

  test("passes its failure on", async () => {
    const failure = Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
    expect(await ask((_, __, callback) => callback(failure, []))).toBe(failure);
  });
});
