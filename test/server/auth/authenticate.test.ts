import { createHash } from "node:crypto";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { AuthConfig } from "../../../src/config/config.js";
import { ANYONE, type Principal } from "../../../src/domain/principal.js";
import {
  forReaders,
  makeAuthenticate,
  rateLimited,
  type Authenticate,
  type AuthOptions,
} from "../../../src/server/auth/authenticate.js";
import { bearer, CLAIMS, makeSigningKey, NOW, sign, startIssuer } from "./issuer.js";

const ports = { now: () => NOW };
const keyWith = (...scopes: "backups:read"[]): AuthConfig => ({
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

describe("requests a minute", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
  afterEach(() => void vi.useRealTimers());

  /** Milliseconds that a caller is told to wait; 0 for a request that passes. */
  const limiting = (perMinute: number) => {
    const identify: Authenticate = async ({ host: name = "a" }): Promise<Principal> => ({
      name,
      scopes: new Set(),
      accounts: null,
    });
    const authenticate = rateLimited(identify, perMinute);
    return (caller = "a"): Promise<number> =>
      authenticate({ host: caller }).then(
        ({ name }) => (name === caller ? 0 : -1),
        (error: { code: string; extensions: { retryAfterMs: number } }) =>
          error.code === "RATE_LIMITED" ? error.extensions.retryAfterMs : -1,
      );
  };

  test("pass up to the limit, and again in the next minute", async () => {
    const wait = limiting(3);
    expect([await wait(), await wait(), await wait()]).toEqual([0, 0, 0]);
    expect(await wait()).toBe(60_000);
    vi.setSystemTime(NOW + 45_000);
    expect(await wait()).toBe(15_000);
    vi.setSystemTime(NOW + 60_000);
    expect([await wait(), await wait(), await wait()]).toEqual([0, 0, 0]);
    expect(await wait()).toBe(60_000);
  });

  test("are counted for each caller", async () => {
    const wait = limiting(1);
    expect([await wait("a"), await wait("b")]).toEqual([0, 0]);
    expect([(await wait("a")) > 0, (await wait("b")) > 0]).toEqual([true, true]);
  });

  test("have no limit at 0", async () => {
    const wait = limiting(0);
    for (let i = 0; i < 1_000; i += 1) expect(await wait()).toBe(0);
  });

  test("of a caller who is not identified are not counted", async () => {
    const authenticate = rateLimited(async () => Promise.reject(new Error("no")), 1);
    for (let i = 0; i < 3; i += 1) await expect(authenticate({})).rejects.toThrow("no");
  });
});

test("the rate limit keeps the names of callers, and neither their keys nor their tokens", async () => {
  const signing = await makeSigningKey("k1");
  const { options: jwt } = await startIssuer(signing);
  const token = await sign(signing);
  const consume = vi.spyOn(RateLimiterMemory.prototype, "consume");
  onTestFinished(() => consume.mockRestore());
  await rateLimited(makeAuthenticate(keyWith("backups:read"), ports), 5)({ "x-api-key": "key" });
  await rateLimited(makeAuthenticate({ mode: "jwt", jwt }, ports), 5)(bearer(token));
  expect(consume.mock.calls).toEqual([["k"], ["user-7"]]);
});
