import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { makeKeyCheck } from "../../../src/server/auth/credentials.js";

const digestOf = (key: string): string => createHash("sha256").update(key).digest("hex");
const KEYS = [
  { name: "dashboards", sha256: digestOf("key-1"), scopes: ["backups:read"], accounts: ["a"] },
  { name: "operators", sha256: digestOf("key-2"), scopes: ["raw:read"], accounts: null },
  { name: "français", sha256: digestOf("clé"), scopes: ["raw:read"], accounts: null },
];
const check = makeKeyCheck(KEYS);
const refusal = { code: "UNAUTHENTICATED", message: "The API key is missing or unknown." };

describe("an API key", () => {
  test.each([
    [{ authorization: "Bearer key-1" }, "dashboards", ["a"]],
    [{ authorization: "bearer   key-1 " }, "dashboards", ["a"]],
    [{ "x-api-key": "key-2" }, "operators", null],
    [{ "x-api-key": "key-2", authorization: "Basic dXNlcjpwYXNz" }, "operators", null],
    [{ "x-api-key": "", authorization: "Bearer key-2" }, "operators", null],
    // UTF-8, as Node decodes it.
    [{ "x-api-key": Buffer.from("clé").toString("latin1") }, "français", null],
  ])("in %j is that of %s, who sees %j", (headers, name, accounts) => {
    expect(check(headers)).toMatchObject({ name, accounts });
  });

  test.each([
    [{}],
    [{ authorization: "key-1" }],
    [{ authorization: "Bearer key-3" }],
    [{ authorization: `Bearer ${Buffer.from("clé").toString("latin1")}` }],
    [{ authorization: "Bearer key-1 key-2" }],
    [{ authorization: `Bearer ${digestOf("key-1")}` }],
    [{ "x-api-key": "key-" }],
    [{ "x-api-key": "KEY-1" }],
    [{ "x-api-key": "key-3", authorization: "Bearer key-1" }],
    [{ "x-api-key": "x".repeat(16_000) }],
  ])("in %.80j is none, in the same words", (headers) => {
    expect(() => check(headers)).toThrow(expect.objectContaining(refusal));
  });

  test("that is the empty text is none, though its digest be listed", () => {
    const empty = makeKeyCheck([
      { name: "e", sha256: digestOf(""), scopes: ["backups:read"], accounts: null },
    ]);
    for (const headers of [{}, { "x-api-key": "" }, { authorization: "Bearer " }])
      expect(() => empty(headers)).toThrow(expect.objectContaining(refusal));
  });
});
