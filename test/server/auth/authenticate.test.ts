import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ANYONE, type AuthOptions } from "../../../src/domain/principal.js";
import { forReaders, makeAuthenticate } from "../../../src/server/auth/authenticate.js";
import { bearer, CLAIMS, makeSigningKey, NOW, sign, startIssuer } from "./issuer.js";

const ports = { now: () => NOW };
const keyWith = (...scopes: "backups:read"[]): AuthOptions => ({
  mode: "apiKey",
  apiKeys: [
    { name: "k", sha256: createHash("sha256").update("key").digest("hex"), scopes, accounts: null },
  ],
});

describe("the caller", () => {
  test("is anyone without authentication", async () => {
    expect(await makeAuthenticate({ mode: "none" }, ports)({})).toBe(ANYONE);
  });

  test("is identified by an API key", async () => {
    const options: AuthOptions = keyWith("backups:read");
    const authenticate = makeAuthenticate(options, ports);
    expect(await authenticate({ "x-api-key": "key" })).toMatchObject({ name: "k" });
    await expect(authenticate({})).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("is identified by a token", async () => {
    const key = await makeSigningKey("k1");
    const { options: jwt } = await startIssuer(key);
    const authenticate = makeAuthenticate({ mode: "jwt", jwt }, ports);
    expect(await authenticate(bearer(await sign(key)))).toMatchObject({ name: "user-7" });
  });

  test("needs the scope backups:read to read backups", async () => {
    const reader = forReaders(makeAuthenticate(keyWith("backups:read"), ports));
    expect(await reader({ "x-api-key": "key" })).toMatchObject({ name: "k" });
    const other = forReaders(makeAuthenticate(keyWith(), ports));
    await expect(other({ "x-api-key": "key" })).rejects.toMatchObject({
      code: "FORBIDDEN",
      extensions: { scope: "backups:read" },
    });
    await expect(other({})).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("may not read backups with a token that has no scopes", async () => {
    const key = await makeSigningKey("k1");
    const { options: jwt } = await startIssuer(key);
    const reader = forReaders(makeAuthenticate({ mode: "jwt", jwt }, ports));
    const token = await sign(key, { ...CLAIMS, scope: undefined });
    await expect(reader(bearer(token))).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
