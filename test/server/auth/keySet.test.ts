import { beforeAll, describe, expect, test } from "vitest";
import { makeTokenCheck } from "../../../src/server/auth/tokens.js";
import {
  bearer,
  CLAIMS,
  makeSigningKey,
  NOW,
  sign,
  startIssuer,
  type Issuer,
  type SigningKey,
} from "./issuer.js";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

let first: SigningKey;
let second: SigningKey;
beforeAll(async () => {
  first = await makeSigningKey("k1");
  second = await makeSigningKey("k2");
});

/** Checks tokens that outlive the test, against a clock that the test moves. */
function checking(issuer: Issuer, timeoutMs?: number) {
  const clock = { now: NOW };
  const faults: unknown[] = [];
  const check = makeTokenCheck(issuer.options, {
    now: () => clock.now,
    onFault: (error) => faults.push(error),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const ask = async (key: SigningKey): Promise<string> => {
    const token = await sign(key, { ...CLAIMS, exp: NOW / 1000 + 10 * 24 * 3_600 });
    return check(bearer(token)).then(
      ({ name }) => name,
      (error: { code: string }) => error.code,
    );
  };
  return { clock, faults, ask };
}

describe("the issuer's keys", () => {
  test("are fetched once for concurrent tokens, and kept", async () => {
    const issuer = await startIssuer(first);
    const { ask } = checking(issuer);
    const names = await Promise.all(Array.from({ length: 20 }, () => ask(first)));
    expect(new Set(names)).toEqual(new Set(["user-7"]));
    await ask(first);
    expect(issuer.asked()).toBe(1);
  });

  test("are fetched again for an unknown key, at most once in 30 seconds", async () => {
    const issuer = await startIssuer(first);
    const { clock, ask } = checking(issuer);
    await ask(first);
    issuer.keys = [second];
    clock.now += 29 * SECOND;
    expect(await ask(second)).toBe("UNAUTHENTICATED");
    expect(issuer.asked()).toBe(1);
    clock.now += 1 * SECOND;
    expect(await ask(second)).toBe("user-7");
    expect(issuer.asked()).toBe(2);
    expect(await ask(first)).toBe("UNAUTHENTICATED");
    for (let i = 0; i < 10; i += 1) await ask({ ...first, kid: `made-up-${i}` });
    expect(issuer.asked()).toBe(2);
  });

  test("stay valid for a day while the issuer is down", async () => {
    const issuer = await startIssuer(first);
    const { clock, faults, ask } = checking(issuer);
    await ask(first);
    await issuer.close();
    for (const hours of [1, 12, 23.9]) {
      clock.now = NOW + hours * HOUR;
      expect(await ask(first)).toBe("user-7");
    }
    await expect.poll(() => faults.length).toBeGreaterThan(0);
    clock.now = NOW + 24 * HOUR + SECOND;
    expect(await ask(first)).toBe("UNAUTHENTICATED");
  });

  test("are refreshed in the background when they are ten minutes old", async () => {
    const issuer = await startIssuer(first);
    const { clock, ask } = checking(issuer);
    await ask(first);
    issuer.keys = [second];
    clock.now += 601 * SECOND;
    expect(await ask(first)).toBe("user-7");
    await expect.poll(issuer.asked).toBe(2);
    await expect.poll(() => ask(first)).toBe("UNAUTHENTICATED");
  });

  test("that were never fetched verify nothing, and a failed fetch is not repeated for every token", async () => {
    const issuer = await startIssuer(first);
    const { clock, faults, ask } = checking(issuer);
    issuer.failsWith = 503;
    for (let i = 0; i < 5; i += 1) expect(await ask(first)).toBe("UNAUTHENTICATED");
    expect(issuer.asked()).toBe(1);
    expect(faults).toHaveLength(1);
    issuer.failsWith = null;
    expect(await ask(first)).toBe("UNAUTHENTICATED");
    clock.now += 30 * SECOND;
    expect(await ask(first)).toBe("user-7");
  });

  test.each([
    "<html>",
    "[]",
    "null",
    '{"keys": 5}',
    '{"keys": []}',
    '{"keys": [{"kty": "oct", "k": "AAAA"}]}',
  ])("that read %s verify nothing", async (says) => {
    const issuer = await startIssuer(first);
    issuer.says = says;
    expect(await checking(issuer).ask(first)).toBe("UNAUTHENTICATED");
  });

  test.each([
    [524_288, "user-7"],
    [524_289, "UNAUTHENTICATED"],
  ])("in a response of %i bytes give %s", async (bytes, name) => {
    const issuer = await startIssuer(first);
    issuer.says = JSON.stringify({ keys: [first.jwk] }).padEnd(bytes, " ");
    const { faults, ask } = checking(issuer);
    expect(await ask(first)).toBe(name);
    expect(faults).toHaveLength(name === "user-7" ? 0 : 1);
  });

  test("in a response that never ends are given up when the time is over", async () => {
    const issuer = await startIssuer(first);
    issuer.hangs = true;
    const { faults, ask } = checking(issuer, 50);
    expect(await ask(first)).toBe("UNAUTHENTICATED");
    expect(faults).toHaveLength(1);
  });

  test("are not fetched from the target of a redirect", async () => {
    const issuer = await startIssuer(first);
    const elsewhere = await startIssuer(first);
    issuer.redirectsTo = elsewhere.options.jwksUri;
    expect(await checking(issuer).ask(first)).toBe("UNAUTHENTICATED");
    expect([issuer.asked(), elsewhere.asked()]).toEqual([1, 0]);
  });
});
