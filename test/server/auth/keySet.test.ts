import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, type AddressInfo, type Server } from "node:net";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { KeySetPorts } from "../../../src/server/auth/keySet.js";
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
import { authority, key, other } from "../../http/certificates.js";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

let first: SigningKey;
let second: SigningKey;
beforeAll(async () => {
  first = await makeSigningKey("k1");
  second = await makeSigningKey("k2");
});

/** Checks tokens that outlive the test, against a clock that the test moves. */
function checking(issuer: Pick<Issuer, "options">, ports: Partial<KeySetPorts> = {}) {
  const clock = { now: NOW };
  const faults: unknown[] = [];
  const check = makeTokenCheck(issuer.options, {
    now: () => clock.now,
    onFault: (error) => faults.push(error),
    ...ports,
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

  test("are fetched again for an unknown key although the clock was set back", async () => {
    const issuer = await startIssuer(first);
    const { clock, ask } = checking(issuer);
    await ask(first);
    issuer.keys = [second];
    clock.now -= HOUR;
    expect(await ask(second)).toBe("user-7");
  });

  test("are fetched again in the background after the clock was set back", async () => {
    const issuer = await startIssuer(first);
    const { clock, ask } = checking(issuer);
    await ask(first);
    clock.now -= HOUR;
    expect(await ask(first)).toBe("user-7");
    await expect.poll(() => issuer.asked()).toBe(2);
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
    const { faults, ask } = checking(issuer, { timeoutMs: 50 });
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

  test("are those of an earlier config while the issuer is down, if it is reached in the same way", async () => {
    const issuer = await startIssuer(first);
    const kept: KeySetPorts["kept"] = new Map();
    expect(await checking(issuer, { kept }).ask(first)).toBe("user-7");
    await issuer.close();
    expect(await checking(issuer, { kept }).ask(first)).toBe("user-7");
    const network = { httpProxy: "", httpsProxy: "", noProxy: "", ca: authority };
    expect(await checking(issuer, { kept, network }).ask(first)).toBe("UNAUTHENTICATED");
  });

  test("are fetched through the proxy of vendors, and with their authority", async () => {
    const body = JSON.stringify({ keys: [first.jwk] });
    const issuer = await portOf(
      createHttpsServer({ cert: other, key }, (_, response) => void response.end(body)),
    );
    const asked: unknown[] = [];
    const proxy = createHttpServer();
    proxy.on("connect", ({ url }, socket) => {
      asked.push(url);
      const target = connect(issuer, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connected\r\n\r\n");
        socket.pipe(target).pipe(socket);
      });
      for (const end of [socket, target]) end.on("error", () => undefined);
    });
    const httpsProxy = `http://127.0.0.1:${await portOf(proxy)}`;
    const { options } = await startIssuer();
    const behind = { options: { ...options, jwksUri: "https://other.example/keys" } };
    const network = { httpProxy: "", httpsProxy, noProxy: "", ca: authority };
    expect(await checking(behind, { network }).ask(first)).toBe("user-7");
    expect(asked).toEqual(["other.example:443"]);
    const { faults, ask } = checking(behind, { network: { ...network, ca: null } });
    expect(await ask(first)).toBe("UNAUTHENTICATED");
    expect(String(faults[0])).toBe("Error: The request for the issuer's keys failed (tls).");
  });
});

/** The port of a server on the loopback, which is closed when the test ends. */
async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
