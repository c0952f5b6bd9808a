import { createServer, type AddressInfo, type LookupFunction } from "node:net";
import { once } from "node:events";
import type { TlsOptions } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import type { AccountLimits } from "../../src/http/client.js";
import type { ConnectOptions } from "../../src/http/connect.js";
import { authority, expired, key, localhost, other, selfSigned } from "./certificates.js";
import { reply, serveTls, type FaultServer } from "./faultServer.js";
import { contextFor, failureOf, makeHarness, type Harness } from "./harness.js";

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

function harnessOf(connect: ConnectOptions, limits: Partial<AccountLimits> = {}): Harness {
  const harness = makeHarness(limits, { connect });
  stops.push(() => harness.client.close());
  return harness;
}

async function serveLocalhost(options: TlsOptions): Promise<FaultServer> {
  const server = await serveTls({ key, ...options }, reply('{"Rows":[]}'));
  stops.push(() => server.stop());
  return server;
}

/** Finds every name at 127.0.0.1. */
const toLoopback: LookupFunction = (_, options, callback) =>
  options.all === true
    ? callback(null, [{ address: "127.0.0.1", family: 4 }])
    : callback(null, "127.0.0.1", 4);

describe("a host that cannot be reached is UNAVAILABLE after every attempt", () => {
  test("because nothing listens", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const { client, call, attempts } = harnessOf({});
    const error = await failureOf(client.send(call(`http://127.0.0.1:${port}`), contextFor()));
    expect(error.kind).toBe("UNAVAILABLE");
    expect(attempts.map(({ fault }) => fault)).toEqual(["connect", "connect", "connect"]);
  });

  test("because its name is unknown", async () => {
    let asked = 0;
    const lookup: LookupFunction = (_, __, callback) => {
      asked += 1;
      callback(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), []);
    };
    const { client, call, attempts } = harnessOf({ lookup });
    const error = await failureOf(client.send(call("https://nowhere.example"), contextFor()));
    expect(error.kind).toBe("UNAVAILABLE");
    expect(attempts.map(({ fault }) => fault)).toEqual(["dns", "dns", "dns"]);
    expect(asked).toBe(3);
  });

  test("because connecting hangs, each time no longer than it may", async () => {
    const { client, call, attempts } = harnessOf(
      { lookup: () => undefined, connectTimeoutMs: 40 },
      { retries: 1 },
    );
    const error = await failureOf(client.send(call("https://hangs.example"), contextFor()));
    // Had the deadline ended it, it would be CUT.
    expect(error.kind).toBe("UNAVAILABLE");
    expect(attempts.map(({ fault }) => fault)).toEqual(["connect", "connect"]);
  });

  test("and a call that is aborted while connecting hangs ends at once", async () => {
    const { client, call } = harnessOf({ lookup: () => undefined });
    // Its deadline is after the end of any test, so only the abort can end the call.
    const context = contextFor(3_600_000);
    const sent = failureOf(client.send(call("https://hangs.example"), context));
    await new Promise((resolve) => setImmediate(resolve));
    context.abort();
    expect((await sent).kind).toBe("CUT");
  });
});

describe("a host whose TLS fails is UNAVAILABLE at once", () => {
  test.each<[string, TlsOptions, ConnectOptions, string]>([
    [
      "a self-signed certificate",
      { cert: selfSigned },
      {},
      "is signed by itself. If it is right, add it to `upstream.caFile`.",
    ],
    [
      "an unknown authority",
      { cert: localhost },
      {},
      "is not signed by a known authority. If your company or a proxy signed it, set `upstream.caFile`.",
    ],
    [
      "an expired certificate",
      { cert: expired },
      { ca: authority },
      "certificate of the vendor's host has expired.",
    ],
    ["another host's certificate", { cert: other }, { ca: authority }, "belongs to another host."],
    [
      "TLS 1.0",
      { cert: localhost, minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" },
      { ca: authority },
      "The TLS connection to the vendor's host failed.",
    ],
  ])("%s", async (_, options, connect, says) => {
    const server = await serveLocalhost(options);
    const { client, call, attempts } = harnessOf({ lookup: toLoopback, ...connect });
    const error = await failureOf(client.send(call(server.origin), contextFor()));
    expect(error.kind).toBe("UNAVAILABLE");
    expect(error.message).toContain(says);
    expect(error.retryable).toBe(false);
    expect(attempts.map(({ fault }) => fault)).toEqual(["tls"]);
    expect(server.connections()).toBe(1);
    expect(server.requests).toHaveLength(0);
  });

  test("while a certificate of a further authority is trusted", async () => {
    const server = await serveLocalhost({ cert: localhost });
    const { client, call } = harnessOf({ lookup: toLoopback, ca: authority });
    expect(await client.send(call(server.origin), contextFor())).toEqual({ Rows: [] });
  });
});

describe("an address where no vendor is gets no connection", () => {
  const finding =
    (address: string): LookupFunction =>
    (_, options, callback) => {
      const family = address.includes(":") ? 6 : 4;
      if (options.all === true) callback(null, [{ address, family }]);
      else callback(null, address, family);
    };

  test.each(["127.0.0.1", "169.254.169.254", "100.100.100.200", "::1"])(
    "a public name that is found at %s",
    async (address) => {
      const server = await serveLocalhost({ cert: localhost });
      const { client, call, attempts } = harnessOf({ lookup: finding(address) });
      const origin = `http://redis.vendor.example:${server.port}`;
      const error = await failureOf(client.send(call(origin), contextFor()));
      expect(error.kind).toBe("UNAVAILABLE");
      expect(attempts.map(({ fault }) => fault)).toEqual(["address"]);
      expect(server.connections()).toBe(0);
    },
  );

  test("an endpoint that is such an address itself", async () => {
    const { client, call, attempts } = harnessOf({});
    const error = await failureOf(client.send(call("http://169.254.169.254"), contextFor()));
    expect(error.kind).toBe("UNAVAILABLE");
    expect(attempts.map(({ fault }) => fault)).toEqual(["address"]);
  });
});
