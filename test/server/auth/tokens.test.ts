import { createHmac } from "node:crypto";
import { exportSPKI, type JWTPayload } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { makeTokenCheck, principalOf } from "../../../src/server/auth/tokens.js";
import {
  at,
  bearer,
  CLAIMS,
  makeSigningKey,
  NOW,
  sign,
  startIssuer,
  type SigningKey,
} from "./issuer.js";

const base64 = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

let key: SigningKey;
let otherKey: SigningKey;
beforeAll(async () => {
  key = await makeSigningKey("k1");
  otherKey = await makeSigningKey("k1");
});

async function checking() {
  const issuer = await startIssuer(key);
  const check = makeTokenCheck(issuer.options, { now: () => NOW });
  return { issuer, check };
}

const refusal = { code: "UNAUTHENTICATED", message: "The token is missing or not valid." };

describe("a bearer token", () => {
  test("that is valid identifies the caller, with scopes and accounts", async () => {
    const { check } = await checking();
    expect(await check(bearer(await sign(key)))).toEqual({
      name: "user-7",
      scopes: new Set(["backups:read", "raw:read"]),
      accounts: ["ops-ucloud"],
    });
  });

  test.each<[string, Partial<Record<keyof JWTPayload, unknown>>]>([
    ["whose expiry is 29 seconds ago", { exp: at(-29) }],
    ["that begins in 30 seconds", { nbf: at(30) }],
    ["for several audiences", { aud: ["others", "backups"] }],
  ])("%s passes", async (_, claims) => {
    const { check } = await checking();
    const token = await sign(key, { ...CLAIMS, ...claims } as JWTPayload);
    expect((await check(bearer(token))).name).toBe("user-7");
  });

  test.each<[string, Partial<Record<keyof JWTPayload, unknown>>]>([
    ["that has expired", { exp: at(-31) }],
    ["that never expires", { exp: undefined }],
    ["that begins later", { nbf: at(31) }],
    ["for another audience", { aud: "others" }],
    ["for no audience", { aud: undefined }],
    ["of another issuer", { iss: "https://evil.example.com/" }],
    ["of no issuer", { iss: undefined }],
    ["about nobody", { sub: undefined }],
    ["about an empty name", { sub: "" }],
    ["about something that is no name", { sub: 7 }],
  ])("%s is refused", async (_, claims) => {
    const { check } = await checking();
    const token = await sign(key, { ...CLAIMS, ...claims } as JWTPayload);
    await expect(check(bearer(token))).rejects.toMatchObject(refusal);
  });

  test("of an algorithm that is not listed is refused, though its key is published", async () => {
    const { issuer, check } = await checking();
    const ec = await makeSigningKey("k2", "ES256");
    issuer.keys = [key, ec];
    const token = await sign(ec, CLAIMS, { alg: "ES256" });
    await expect(check(bearer(token))).rejects.toMatchObject(refusal);
    const lenient = makeTokenCheck(
      { ...issuer.options, algorithms: ["RS256", "ES256"] },
      { now: () => NOW },
    );
    expect((await lenient(bearer(token))).name).toBe("user-7");
  });

  test("signed by another key of the same name is refused", async () => {
    const { check } = await checking();
    await expect(check(bearer(await sign(otherKey)))).rejects.toMatchObject(refusal);
  });

  test("without a signature, or signed with the public key as a secret, is refused", async () => {
    const { check } = await checking();
    const unsigned = `${base64({ alg: "none" })}.${base64(CLAIMS)}.`;
    const head = `${base64({ alg: "HS256", kid: "k1" })}.${base64(CLAIMS)}`;
    const pem = await exportSPKI(key.publicKey);
    const secrets = [pem, JSON.stringify(key.jwk), String(key.jwk["n"])];
    const confused = secrets.map(
      (secret) => `${head}.${createHmac("sha256", secret).update(head).digest("base64url")}`,
    );
    for (const token of [unsigned, ...confused])
      await expect(check(bearer(token))).rejects.toMatchObject(refusal);
  });

  test("that was changed anywhere is refused", async () => {
    const { check } = await checking();
    const token = await sign(key);
    const [head = "", claims = "", signature = ""] = token.split(".");
    const raised = base64({ ...CLAIMS, backup_accounts: ["all"] });
    for (const forged of [
      `${head}.${raised}.${signature}`,
      `${head}.${claims}.${signature.slice(0, -4)}`,
      `${head}.${claims}`,
      `${head}.${claims}.`,
      `${base64({ alg: "RS256", kid: "k1", crit: ["b64"], b64: false })}.${claims}.${signature}`,
      `${base64("no json")}.${claims}.${signature}`,
    ])
      await expect(check(bearer(forged))).rejects.toMatchObject(refusal);
  });

  test("that is huge is refused without asking the issuer for keys", async () => {
    const { issuer, check } = await checking();
    const token = await sign(key, { ...CLAIMS, padding: "x".repeat(8_192) });
    await expect(check(bearer(token))).rejects.toMatchObject(refusal);
    expect(issuer.asked()).toBe(0);
  });

  test.each([
    [{}],
    [{ authorization: "" }],
    [{ authorization: "Bearer" }],
    [{ authorization: "Bearer " }],
    [{ authorization: "Bearer a b" }],
    [{ authorization: "Bearer a.b.c" }],
    [{ authorization: "Bearer \u0000" }],
    [{ authorization: "Basic dXNlcjpwYXNz" }],
    [{ "x-api-key": "a.b.c" }],
  ])("is not what %j holds", async (headers) => {
    const { check } = await checking();
    await expect(check(headers)).rejects.toMatchObject(refusal);
  });

  test("whose key cannot be imported is refused, and the fault is reported", async () => {
    const issuer = await startIssuer({ ...key, jwk: { ...key.jwk, n: "AQAB" } });
    const faults: unknown[] = [];
    const check = makeTokenCheck(issuer.options, {
      now: () => NOW,
      onFault: (e) => faults.push(e),
    });
    await expect(check(bearer(await sign(key)))).rejects.toMatchObject(refusal);
    expect(faults).toHaveLength(1);
  });
});

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
