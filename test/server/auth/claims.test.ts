import { describe, expect, test } from "vitest";
import { principalOf } from "../../../src/server/auth/claims.js";

const NAMES = { scopesClaim: "scope", accountsClaim: "accounts" };
const of = (claims: Record<string, unknown>, names = NAMES) => principalOf("u", claims, names);

describe("the scopes of a token", () => {
  test.each<[unknown, string[]]>([
    ["backups:read", ["backups:read"]],
    ["openid backups:read  raw:read", ["backups:read", "raw:read"]],
    [
      ["backups:download", "metrics:read", "profile"],
      ["backups:download", "metrics:read"],
    ],
    ["", []],
    ["backups:read,raw:read", []],
    ["BACKUPS:READ", []],
    [["backups:read", 5], []],
    [[["backups:read"]], []],
    [{ "backups:read": true }, []],
    [true, []],
    [null, []],
    [undefined, []],
  ])("read as %j are %j", (scope, scopes) => {
    expect([...of({ scope }).scopes]).toEqual(scopes);
  });
});

describe("the accounts of a token", () => {
  test.each<[unknown, string[]]>([
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [[], []],
    ["a", []],
    ["*", []],
    [["a", null], []],
    [[["a"]], []],
    [{ 0: "a", length: 1 }, []],
    [null, []],
    [undefined, []],
  ])("read as %j are %j, and never all", (accounts, seen) => {
    expect(of({ accounts }).accounts).toEqual(seen);
  });
});

test("a claim that every object inherits is no claim", () => {
  const names = { scopesClaim: "constructor", accountsClaim: "__proto__" };
  expect(of({}, names)).toEqual({ name: "u", scopes: new Set(), accounts: [] });
});
