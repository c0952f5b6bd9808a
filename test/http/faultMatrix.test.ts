import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  drip,
  flood,
  headOf,
  raw,
  rawEnd,
  rawReset,
  reply,
  serve,
  silent,
  type Answer,
  type FaultServer,
} from "./faultServer.js";
import { CANARY, contextFor, failureOf, makeHarness, type Harness } from "./harness.js";

const BODY = '{"Rows":[1,2,3]}';
const good = reply(BODY);
const chunked = { "transfer-encoding": "chunked" };
const close = { connection: "close" };

const unhandled: unknown[] = [];
const note = (reason: unknown): number => unhandled.push(reason);
let stops: (() => Promise<void>)[] = [];

beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

async function start(answers: Answer[], harness = makeHarness()): Promise<[FaultServer, Harness]> {
  const server = await serve(...answers);
  stops.push(
    () => harness.client.close(),
    () => server.stop(),
  );
  return [server, harness];
}

/** For tests of what time ends: it passes only when they say so, however long the machine takes. */
function stopTime(): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
  afterEach(() => void vi.useRealTimers());
}

/** Lets time pass for each of so many attempts, once the server has its request. */
async function pass({ seen }: FaultServer, ms: number, attempts = 1): Promise<void> {
  for (let count = 1; count <= attempts; count += 1) {
    await seen(count);
    // The client reads what the server has answered so far.
    await sleep(20);
    vi.advanceTimersByTime(ms);
  }
}

/** Every attempt has its own signature, and no note quotes what was sent or received. */
function expectCleanAttempts({ moments, attempts }: Harness, requests: FaultServer["requests"]) {
  expect(new Set(moments.map(({ nonce }) => nonce)).size).toBe(moments.length);
  expect(requests.map(({ body }) => body)).toEqual(moments.map((moment) => JSON.stringify(moment)));
  expect(JSON.stringify(attempts)).not.toContain(CANARY);
}

describe("a fault that passes is retried, and the answer comes", () => {
  test.each<[string, Answer]>([
    ["a reset before the answer", rawReset("")],
    ["an orderly end before the answer", rawEnd("")],
    ["a reset inside the head", rawReset("HTTP/1.1 200 OK\r\ncontent-le")],
    [
      "a reset inside a body with a length",
      rawReset(headOf(200, { "content-length": "16" }) + "{"),
    ],
    ["half a body with a length", rawEnd(headOf(200, { "content-length": "16" }) + '{"Rows":')],
    [
      "half a body with a length on a closing connection",
      rawEnd(headOf(200, { "content-length": "16", ...close }) + '{"Rows":'),
    ],
    [
      "a reset inside a body on a closing connection",
      rawReset(headOf(200, { "content-length": "16", ...close }) + '{"Rows":'),
    ],
    ["half a chunked body", rawEnd(headOf(200, chunked) + '8\r\n{"Rows":\r\n')],
    [
      "half a chunked body on a closing connection",
      rawEnd(headOf(200, { ...chunked, ...close }) + '8\r\n{"Rows":\r\n'),
    ],
    ["half a body that its connection ends", rawEnd(headOf(200, close) + '{"Rows":')],
    ["half a character at the end of such a body", rawEnd(headOf(200, close) + '{"Rows":"\xe4')],
    ["a 500 with an unreadable body", reply("<html>", { status: 500 })],
    ["a 502", reply("", { status: 502 })],
    ["a 503", reply('{"error":"busy"}', { status: 503 })],
    ["a 504 with a body that looks right", reply(BODY, { status: 504 })],
    ["a vendor code that may pass, inside 200", reply('{"Code":"Busy"}')],
    ["a vendor code that throttles, inside 400", reply('{"Code":"SlowDown"}', { status: 400 })],
    ["a 429 with a page", reply("<html>", { status: 429 })],
    ["an unsolicited 100", rawEnd("HTTP/1.1 100 Continue\r\n\r\n")],
  ])("%s", async (_, fault) => {
    const [server, harness] = await start([fault, good]);
    const sent = harness.client.send(harness.call(server.origin), contextFor());
    expect(await sent).toEqual({ Rows: [1, 2, 3] });
    expect(server.requests).toHaveLength(2);
    expectCleanAttempts(harness, server.requests);
  });
});

describe("a fault that stays ends the call after its retries", () => {
  test.each<[string, Answer, string]>([
    ["resets", rawReset(""), "UNAVAILABLE"],
    ["half bodies", rawEnd(headOf(200, { "content-length": "16" }) + '{"Rows":'), "UNAVAILABLE"],
    ["500s", reply("", { status: 500 }), "UNAVAILABLE"],
    ["vendor throttling inside 200", reply('{"Code":"SlowDown"}'), "THROTTLED"],
    ["429s", reply("", { status: 429 }), "THROTTLED"],
  ])("%s", async (_, fault, kind) => {
    const [server, harness] = await start([fault]);
    const error = await failureOf(harness.client.send(harness.call(server.origin), contextFor()));
    expect(error.kind).toBe(kind);
    expect(server.requests).toHaveLength(3);
    expect(harness.attempts.map(({ outcome }) => outcome)).toEqual([kind, kind, kind]);
    expectCleanAttempts(harness, server.requests);
  });

  test("half bodies that only their connection ends are requested once more", async () => {
    const [server, harness] = await start([rawEnd(headOf(200, close) + '{"Rows":')]);
    const error = await failureOf(harness.client.send(harness.call(server.origin), contextFor()));
    expect(error.kind).toBe("BAD_RESPONSE");
    expect(server.requests).toHaveLength(2);
  });

  test("no call has more than its retries", async () => {
    const harness = makeHarness({ retries: 0 });
    const [server] = await start([rawReset("")], harness);
    await failureOf(harness.client.send(harness.call(server.origin), contextFor()));
    expect(server.requests).toHaveLength(1);
  });
});

describe("an answer that no second question betters is BAD_RESPONSE at once", () => {
  test.each<[string, Answer]>([
    ["a page", reply("<html>canary-in-body</html>", { headers: { "content-type": "text/html" } })],
    ["an empty body", reply("")],
    ["null", reply("null")],
    ["a list", reply("[]")],
    ["a byte order mark", reply("\ufeff" + BODY)],
    ["another charset", reply(Buffer.from([0x22, 0xc4, 0xe3, 0x22]))],
    ["a 204", raw("HTTP/1.1 204 No Content\r\n\r\n")],
    ["a body that is announced too large", reply(Buffer.alloc(100_001, 0x20))],
    ["an endless body", flood(headOf(200, close), Buffer.alloc(65_536, 0x20))],
    [
      "an endless chunked body",
      flood(headOf(200, chunked), Buffer.from(`1000\r\n${" ".repeat(0x1000)}\r\n`)),
    ],
    [
      "a gzip bomb",
      reply(gzipSync(Buffer.alloc(20_000_000)), { headers: { "content-encoding": "gzip" } }),
    ],
    ["broken gzip", reply("no gzip", { headers: { "content-encoding": "gzip" } })],
    ["an unknown encoding", reply(BODY, { headers: { "content-encoding": "exi" } })],
    ["no HTTP", rawEnd("220 mail.example ESMTP\r\n")],
    [
      "a head without end",
      flood("HTTP/1.1 200 OK\r\n", Buffer.from(`x-a: ${"b".repeat(999)}\r\n`)),
    ],
    ["one huge header", raw(headOf(200, { "x-huge": "b".repeat(40_000) }))],
  ])("%s", async (_, fault) => {
    const [server, harness] = await start([fault]);
    const error = await failureOf(harness.client.send(harness.call(server.origin), contextFor()));
    expect(error.kind).toBe("BAD_RESPONSE");
    expect(error.message).not.toMatch(/html|canary|mail|Rows|127/);
    expect(server.requests).toHaveLength(1);
    expectCleanAttempts(harness, server.requests);
  });
});

describe("an unusual but complete response is read", () => {
  test.each<[string, Answer]>([
    [
      "chunks and trailers",
      raw(headOf(200, chunked) + `10\r\n${BODY}\r\n0\r\nx-trailer: 1\r\n\r\n`),
    ],
    ["HTTP/1.0", rawEnd(`HTTP/1.0 200 OK\r\n\r\n${BODY}`)],
    ["a body that its connection ends", rawEnd(headOf(200, close) + BODY)],
    [
      "a hint before the answer",
      raw("HTTP/1.1 103 Early Hints\r\n\r\n" + headOf(200, { "content-length": "16" }) + BODY),
    ],
    [
      "gzip that was not asked for",
      reply(gzipSync(BODY), { headers: { "content-encoding": "gzip" } }),
    ],
    [
      "a length and a repeated header",
      reply(BODY, { headers: { "set-cookie": "a\r\nset-cookie: b" } }),
    ],
  ])("%s", async (_, answer) => {
    const [server, harness] = await start([answer]);
    const sent = harness.client.send(harness.call(server.origin), contextFor());
    expect(await sent).toEqual({ Rows: [1, 2, 3] });
    expect(server.requests).toHaveLength(1);
  });
});

describe("a redirect is refused, and the other host gets no request", () => {
  test.each([301, 302, 303, 307, 308])("%i", async (status) => {
    const other = await serve(good);
    stops.push(() => other.stop());
    const location = `${other.origin}/stolen`;
    const [server, harness] = await start([reply("", { status, headers: { location } })]);
    const error = await failureOf(harness.client.send(harness.call(server.origin), contextFor()));
    expect(error.kind).toBe("BAD_RESPONSE");
    expect(server.requests).toHaveLength(1);
    expect(other.connections()).toBe(0);
  });
});

describe("an attempt's time is its own", () => {
  stopTime();

  test.each<[string, Answer]>([
    ["no answer", silent],
    ["half a head", raw("HTTP/1.1 200 OK\r\n")],
    ["a head without its body", raw(headOf(200, { "content-length": "16" }))],
    ["a body that drips", drip(headOf(200, { "content-length": "5000" }), "{", 5)],
  ])("%s is TIMEOUT after every attempt", async (_, fault) => {
    const harness = makeHarness({ timeoutMs: 600, retries: 1 });
    const [server] = await start([fault], harness);
    const failure = failureOf(harness.client.send(harness.call(server.origin), contextFor()));
    await pass(server, 600, 2);
    expect((await failure).kind).toBe("TIMEOUT");
    expect(server.requests).toHaveLength(2);
    expectCleanAttempts(harness, server.requests);
  });

  test("an answer after a timeout serves the call", async () => {
    const harness = makeHarness({ timeoutMs: 500 });
    const [server] = await start([silent, good], harness);
    const sent = harness.client.send(harness.call(server.origin), contextFor());
    await pass(server, 500);
    expect(await sent).toEqual({ Rows: [1, 2, 3] });
  });
});

describe("a caller that stops waiting ends the call", () => {
  test.each<[string, Answer]>([
    ["before the answer", silent],
    ["inside a body", drip(headOf(200, { "content-length": "5000" }), "{", 5)],
  ])("%s, and the server sees its socket close", async (_, fault) => {
    const [server, harness] = await start([fault]);
    // Its deadline is after the end of any test, so only the abort can end the call.
    const context = contextFor(3_600_000);
    const sent = failureOf(harness.client.send(harness.call(server.origin), context));
    await server.seen(1);
    const closed = new Promise((resolve) => server.requests[0]?.socket.on("close", resolve));
    context.abort();
    expect((await sent).kind).toBe("CUT");
    await closed;
    expect(server.requests).toHaveLength(1);
  });

  test("a context that has ended sends nothing", async () => {
    const [server, harness] = await start([good]);
    const context = contextFor();
    context.abort();
    expect((await failureOf(harness.client.send(harness.call(server.origin), context))).kind).toBe(
      "CUT",
    );
    expect(server.connections()).toBe(0);
  });

  describe("by its deadline", () => {
    stopTime();

    test("long before the attempt's timeout is CUT", async () => {
      const [server, harness] = await start([silent]);
      const failure = failureOf(harness.client.send(harness.call(server.origin), contextFor(60)));
      await pass(server, 60);
      expect((await failure).kind).toBe("CUT");
      expect(server.requests).toHaveLength(1);
      expect(harness.client.health("ops").lastFailure).toBeNull();
    });
  });
});

describe("the wait that the vendor demands is kept", () => {
  const later = new Date(Date.now() + 3_600_000).toUTCString();
  test.each<[string, Answer, string]>([
    [
      "429 with seconds",
      reply("", { status: 429, headers: { "retry-after": "3600" } }),
      "THROTTLED",
    ],
    [
      "503 with seconds",
      reply("", { status: 503, headers: { "retry-after": "3600" } }),
      "UNAVAILABLE",
    ],
    ["429 with a date", reply("", { status: 429, headers: { "retry-after": later } }), "THROTTLED"],
    [
      "503 with a date",
      reply("", { status: 503, headers: { "retry-after": later } }),
      "UNAVAILABLE",
    ],
  ])("%s beyond the deadline fails at once and names it", async (_, fault, kind) => {
    const [server, harness] = await start([fault]);
    const error = await failureOf(harness.client.send(harness.call(server.origin), contextFor()));
    expect(error.kind).toBe(kind);
    expect(error.details.retryAfterMs).toBeGreaterThan(3_000_000);
    expect(error.details.retryAfterMs).toBeLessThanOrEqual(3_600_000);
    expect(server.requests).toHaveLength(1);
  });

  test("one that passes within the deadline is waited for", async () => {
    const fault = reply("", { status: 503, headers: { "retry-after": "0" } });
    const [server, harness] = await start([fault, good]);
    expect(await harness.client.send(harness.call(server.origin), contextFor())).toBeTruthy();
    expect(server.requests).toHaveLength(2);
  });
});

describe("connections", () => {
  test("are kept between calls, and a race with the server's closing is not seen", async () => {
    const [server, harness] = await start([good, rawReset(""), good]);
    const { client, call } = harness;
    await client.send(call(server.origin), contextFor());
    // The second request finds its kept connection dead, as when the server closes it at that moment.
    expect(await client.send(call(server.origin), contextFor())).toEqual({ Rows: [1, 2, 3] });
    expect(server.requests).toHaveLength(3);
    expect(server.connections()).toBe(2);
  });

  test("that are closed while idle are replaced without an attempt", async () => {
    const [server, harness] = await start([good]);
    const { client, call } = harness;
    await client.send(call(server.origin), contextFor());
    const socket = server.requests[0]?.socket;
    const closed = new Promise((resolve) => socket?.on("close", resolve));
    socket?.end();
    await closed;
    expect(await client.send(call(server.origin), contextFor())).toEqual({ Rows: [1, 2, 3] });
    expect(server.requests).toHaveLength(2);
  });

  test("carry no more calls at once than the account allows", async () => {
    const harness = makeHarness({ concurrency: 3 });
    const held: (() => void)[] = [];
    let most = 0;
    const slow: Answer = (socket, seen) => {
      most = Math.max(
        most,
        held.push(() => good(socket, seen)),
      );
      // A fourth would have this long to come.
      if (held.length === 3)
        setTimeout(() => {
          for (const answer of held.splice(0)) answer();
        }, 10);
    };
    const [server] = await start([slow], harness);
    const calls = Array.from({ length: 12 }, () => harness.call(server.origin));
    await Promise.all(calls.map((call) => harness.client.send(call, contextFor())));
    expect(most).toBe(3);
    expect(server.connections()).toBe(3);
  });
});

describe("a vendor that hangs", () => {
  stopTime();
  // The default figures.
  const LIMITS = { timeoutMs: 10_000, retries: 2 };
  const DEADLINE_MS = 25_000;

  test("has timed out, and is noted as failing, before the deadline", async () => {
    const [server, { client, call }] = await start([silent], makeHarness(LIMITS));
    const failure = failureOf(client.send(call(server.origin), contextFor(DEADLINE_MS)));
    await pass(server, LIMITS.timeoutMs, 2);
    // Had the deadline ended it, it would be CUT.
    expect((await failure).kind).toBe("TIMEOUT");
    expect(client.health("ops")).toMatchObject({ isFailing: true, lastFailure: "TIMEOUT" });
    expect(server.requests).toHaveLength(2);
  });

  test("has timed out although the call began late and had less than its timeout", async () => {
    const [server, { client, call }] = await start([silent], makeHarness(LIMITS));
    const leftMs = 0.75 * LIMITS.timeoutMs;
    const failure = failureOf(client.send(call(server.origin), contextFor(leftMs)));
    await pass(server, leftMs);
    expect((await failure).kind).toBe("TIMEOUT");
    expect(client.health("ops").lastFailure).toBe("TIMEOUT");
  });

  test("is not blamed by a call that had no time for it", async () => {
    const [server, { client, call }] = await start([silent], makeHarness(LIMITS));
    const leftMs = 0.25 * LIMITS.timeoutMs;
    const failure = failureOf(client.send(call(server.origin), contextFor(leftMs)));
    await pass(server, leftMs);
    expect((await failure).kind).toBe("CUT");
    expect(client.health("ops").lastFailure).toBeNull();
  });
});
