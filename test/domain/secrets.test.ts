import { expect, test } from "vitest";
import { makeScrub } from "../../src/domain/scrub.js";
import { secretsOf } from "../../src/domain/secrets.js";

const ACCOUNTS = [
  { credentials: { publicKey: "canary-public", privateKey: "canary-private" } },
  { credentials: { secretId: "canary-id", secretKey: "canary-key", token: null } },
  {
    credentials: {
      accessKeyId: "canary-ak",
      accessKeySecret: "canary-sk",
      securityToken: "canary-t",
    },
  },
];

test("every credential of every account is a secret, and an absent one is none", () => {
  expect(secretsOf({ accounts: ACCOUNTS })).toEqual([
    "canary-public",
    "canary-private",
    "canary-id",
    "canary-key",
    "canary-ak",
    "canary-sk",
    "canary-t",
  ]);
});

test.each([
  ["redis://user:canary%40pw@h.example/0", ["canary%40pw", "canary@pw"]],
  ["rediss://:canary%zz@h.example", ["canary%zz"]],
  ["redis://h.example", []],
  [null, []],
])("of the cache %s, the passwords %j are secrets", (cacheUrl, secrets) => {
  expect([...new Set(secretsOf({ accounts: [], cacheUrl }))]).toEqual(secrets);
});

test("a cursor key is one, however it is written", () => {
  const key = Buffer.alloc(32, 0xfb);
  const scrub = makeScrub(secretsOf({ accounts: [], cursorKeys: [key] }));
  for (const form of ["base64", "base64url", "hex"] as const)
    expect(scrub(`key ${key.toString(form)}.`)).toBe("key [redacted].");
});
