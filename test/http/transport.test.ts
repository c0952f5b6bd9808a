import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ExchangeLimits } from "../../src/http/exchange.js";
import { makeTransport, splitUrl, type Transport } from "../../src/http/transport.js";
import { rawEnd, headOf, reply, serve, silent, type FaultServer } from "./faultServer.js";

const LIMITS: ExchangeLimits = {
  account: "ops",
  connections: 4,
  timeoutMs: 120_000,
  onTimeout: "timeout",
  maxResponseBytes: 1_000,
};
const headers = { "content-type": "text/plain" };

let transport: Transport;
let servers: FaultServer[] = [];
beforeEach(() => {
  transport = makeTransport();
});
afterEach(async () => {
  await transport.close();
  for (const server of servers) await server.stop();
  servers = [];
});

async function start(...answers: Parameters<typeof serve>): Promise<FaultServer> {
  const server = await serve(...answers);
  servers.push(server);
  return server;
}

const never = new AbortController().signal;

describe("a request", () => {
  test("is sent as it was built, without a request for compression", async () => {
    const server = await start(reply("ok"));
    const url =
      `${server.origin}/v2/index.php?a=~%2F*'(%E5%90%8D)&b=%7e#not-this`.split("#")[0] ?? "";
    await transport.send({ method: "POST", url, headers, body: "名" }, LIMITS, never);
    const [seen] = server.requests;
    expect(seen).toMatchObject({
      method: "POST",
      target: "/v2/index.php?a=~%2F*'(%E5%90%8D)&b=%7e",
      headers: {
        "accept-encoding": "identity",
        "content-length": "3",
        "content-type": "text/plain",
        host: `127.0.0.1:${server.port}`,
      },
      body: Buffer.from("名").toString("latin1"),
    });
  });

  test("keeps a host header that was signed", async () => {
    const server = await start(reply("ok"));
    const request = {
      method: "GET",
      url: server.origin,
      headers: { host: "redis.example" },
    } as const;
    await transport.send(request, LIMITS, never);
    expect(server.requests[0]).toMatchObject({ target: "/", headers: { host: "redis.example" } });
  });
});

describe("an answer", () => {
  test("has lower-case header names, and repeated headers joined", async () => {
    const server = await start(reply("ok", { headers: { "X-A": "1\r\nx-a: 2", Date: "now" } }));
    const answer = await transport.send(
      { method: "GET", url: server.origin, headers },
      LIMITS,
      never,
    );
    expect(answer).toEqual({
      status: 200,
      headers: { "content-length": "2", "x-a": "1, 2", date: "now" },
      body: "ok",
    });
  });

  test("says when only its connection ended it", async () => {
    const server = await start(rawEnd(headOf(200, { connection: "close" }) + "ok"));
    const answer = await transport.send(
      { method: "GET", url: server.origin, headers },
      LIMITS,
      never,
    );
    expect(answer).toMatchObject({ body: "ok", endedByClose: true });
  });
});

describe("the end of the time", () => {
  test.each([
    ["timeout", "TIMEOUT"],
    ["cut", "CUT"],
  ] as const)("is named as the caller chooses: %s", async (onTimeout, kind) => {
    const server = await start(silent);
    const limits = { ...LIMITS, timeoutMs: 30, onTimeout };
    const sent = transport.send({ method: "GET", url: server.origin, headers }, limits, never);
    await expect(sent).rejects.toMatchObject({ kind });
  });

  test("of a signal that has aborted before comes before any connection", async () => {
    const server = await start(reply("ok"));
    const signal = AbortSignal.abort();
    const sent = transport.send({ method: "GET", url: server.origin, headers }, LIMITS, signal);
    await expect(sent).rejects.toMatchObject({ kind: "CUT" });
    expect(server.connections()).toBe(0);
  });
});

test("closing ends an exchange as closed", async () => {
  const server = await start(silent);
  const sent = transport.send({ method: "GET", url: server.origin, headers }, LIMITS, never);
  const ended = expect(sent).rejects.toMatchObject({ kind: "CUT", fault: "closed" });
  await server.seen(1);
  await transport.close();
  await ended;
});

test.each(["https://redis.example:port/", "https://re%zzdis.example/", "ftp://redis.example/"])(
  "%s is no host to ask",
  async (url) => {
    const sent = transport.send({ method: "GET", url, headers }, LIMITS, never);
    await expect(sent).rejects.toMatchObject({ kind: "UNAVAILABLE", fault: "request" });
  },
);

describe("a URL", () => {
  test.each([
    ["https://redis.example/?Action=List&a=%2B", "https://redis.example", "/?Action=List&a=%2B"],
    ["http://127.0.0.1:9001", "http://127.0.0.1:9001", "/"],
    ["https://redis.example?a=1", "https://redis.example", "/?a=1"],
    ["https://[::1]:8443/v2/index.php", "https://[::1]:8443", "/v2/index.php"],
  ])("%s is split by its text", (url, origin, path) => {
    expect(splitUrl(url)).toEqual({ origin, path });
  });

  test.each([
    "ftp://redis.example/",
    "https://key:secret@redis.example/",
    "https://redis.example\\@other.example/",
    "https:///path",
    "https://redis.example/a b",
    "https://redis.example/#part",
    "redis.example/",
    "",
  ])("%j is refused", (url) => {
    expect(() => splitUrl(url)).toThrow("The request could not be sent.");
  });
});

test("connections of a forgotten account close when their exchange has ended, and others take their place", async () => {
  const held: Socket[] = [];
  const server = await start((socket) => void held.push(socket), reply("second"));
  const request = { method: "GET", url: server.origin, headers } as const;
  const first = transport.send(request, LIMITS, never);
  await server.seen(1);
  transport.forget("another");
  transport.forget("ops");
  const [socket] = held as [Socket];
  const closed = once(socket, "close");
  expect(socket.destroyed).toBe(false);
  socket.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst");
  expect(await first).toMatchObject({ body: "first" });
  await closed;
  expect(await transport.send(request, LIMITS, never)).toMatchObject({ body: "second" });
  expect(server.connections()).toBe(2);
});
