import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import type { Principal } from "../../src/domain/principal.js";
import { ClientError } from "../../src/errors.js";
import type { Reads } from "../../src/domain/reads.js";
import type { RunningOperation } from "../../src/server/options.js";
import { BACKUPS } from "../graphql/fakeEstate.js";
import { fakeReads, pageOf } from "../graphql/fakeReads.js";
import { ask, codesOf, exchange, heldBackups, later, serve } from "./harness.js";
import { wanted } from "../wantedPage.js";

/** Reads whose `backups` waits for the operation's signal, and then does what the test wants. */
const waiting = (then: (operation: RunningOperation) => ReturnType<Reads["backups"]>) => {
  const begun = later<RunningOperation>();
  const makeReads = (_: Principal, operation: RunningOperation): Reads =>
    fakeReads({
      backups: async () => {
        begun.resolve(operation);
        const { signal } = operation;
        // On a busy machine, the deadline may pass before.
        if (!signal.aborted) await new Promise((go) => signal.addEventListener("abort", go));
        return then(operation);
      },
    }).reads;
  return { begun: begun.promise, makeReads };
};

const QUESTION = "{ backups { complete } providers { key } }";
/** The grace period for reads that heed their signal: no test waits for its end. */
const LONG_MS = 120_000;
const NEWER = { accept: "application/graphql-response+json" };

describe("an operation's life", () => {
  test("passes its deadline to its reads", async () => {
    const made: RunningOperation[] = [];
    const { url } = await serve({
      now: () => 1_000,
      deadlineMs: 7_000,
      makeReads: (_, operation) => (made.push(operation), fakeReads().reads),
    });
    await ask(url, "{ __typename }", { "x-request-id": "r-1" });
    expect(made).toMatchObject([{ deadline: 8_000, requestId: "r-1" }]);
    expect(made[0]?.signal.aborted).toBe(false);
  });

  test("past the deadline, reads may still answer in part", async () => {
    const { makeReads } = waiting(() =>
      Promise.resolve(pageOf(BACKUPS, wanted({ first: 1 }), { complete: false })),
    );
    const { url } = await serve({ deadlineMs: 20, graceMs: LONG_MS, makeReads });
    const answer = await ask(url, QUESTION);
    expect(answer.body.errors).toBeUndefined();
    expect(answer.body.data?.["backups"]).toEqual({ complete: false });
  });

  test("past the deadline, reads that cannot answer fail their own field", async () => {
    const { makeReads } = waiting(({ signal }) => Promise.reject(signal.reason));
    const { url } = await serve({ deadlineMs: 20, graceMs: LONG_MS, makeReads });
    const answer = await ask(url, QUESTION, NEWER);
    expect(answer.status).toBe(200);
    expect(codesOf(answer)).toEqual(["DEADLINE_EXCEEDED"]);
    expect(answer.body.data?.["providers"]).toHaveLength(2);
  });

  test("reads that do not heed the deadline cannot hold the client", async () => {
    const never = (): Promise<never> => new Promise(() => undefined);
    const { url } = await serve({
      deadlineMs: 20,
      drainMs: 0,
      makeReads: () => fakeReads({ backups: never }).reads,
    });
    const newer = await ask(url, QUESTION, NEWER);
    expect([newer.status, codesOf(newer)]).toEqual([504, ["DEADLINE_EXCEEDED"]]);
    const plain = await ask(url, QUESTION);
    expect([plain.status, codesOf(plain)]).toEqual([200, ["DEADLINE_EXCEEDED"]]);
  });

  test("is aborted as soon as its client goes away", async () => {
    const ended = later<unknown>();
    const { begun, makeReads } = waiting(({ signal }) => {
      ended.resolve(signal.reason);
      return Promise.reject(signal.reason);
    });
    const { url } = await serve({ makeReads });
    const client = request(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
    });
    client.on("error", () => undefined);
    client.end(JSON.stringify({ query: QUESTION }));
    await begun;
    client.destroy();
    expect(await ended.promise).toMatchObject({ message: "The client disconnected." });
  });

  test("is visible in a signal that is created only afterwards", async () => {
    const made: RunningOperation[] = [];
    const { url } = await serve({
      makeReads: (_, operation) => {
        made.push(operation);
        return fakeReads({ backups: () => new Promise(() => undefined) }).reads;
      },
      deadlineMs: 10,
      graceMs: 10,
    });
    await ask(url, QUESTION);
    await expect.poll(() => made.length).toBe(1);
    const [operation] = made;
    expect(operation?.abortedBy).toMatchObject({ code: "DEADLINE_EXCEEDED" });
    expect(operation?.signal.aborted).toBe(true);
    expect(operation?.signal.reason).toBe(operation?.abortedBy);
  });

  test("does not outlive its answer", async () => {
    const made: RunningOperation[] = [];
    const { url, close } = await serve({
      makeReads: (_, operation) => (made.push(operation), fakeReads().reads),
    });
    await ask(url, QUESTION);
    await close();
    expect(made[0]?.signal.aborted).toBe(false);
  });
});

describe("closing", () => {
  test("waits for what is under way, answers it, and frees the port", async () => {
    const { makeReads, begun, release } = heldBackups();
    const { url, close } = await serve({ makeReads });
    const answer = ask(url, QUESTION);
    await begun;
    const closed = close();
    await expect(exchange(new URL("/health/ready", url).href)).rejects.toThrow();
    release();
    expect((await answer).body.data?.["backups"]).toEqual({ complete: true });
    await closed;
    await expect(exchange(url)).rejects.toThrow("ECONNREFUSED");
  });

  test.each([
    "",
    "GET / HTTP/1.1\r\nHo",
    "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /",
  ])("does not wait for a connection that has sent only %j", async (sent) => {
    const { url, close } = await serve({ drainMs: LONG_MS, graceMs: 10 });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    if (sent !== "") socket.write(sent);
    // So that the server has accepted the connection too.
    await ask(url, "{ __typename }");
    socket.resume();
    const ended = once(socket, "close");
    await close();
    await ended;
  });

  test("aborts what takes longer than it may, and still answers it", async () => {
    const { begun, makeReads } = waiting(({ signal }) => Promise.reject(signal.reason));
    const { url, close } = await serve({ makeReads, drainMs: 10, graceMs: LONG_MS });
    const answer = ask(url, QUESTION);
    await begun;
    await close();
    expect(codesOf(await answer)).toEqual(["OVERLOADED"]);
  });

  test("cuts off what does not heed the signal", async () => {
    const begun = later<void>();
    const { url, close } = await serve({
      drainMs: 10,
      makeReads: () =>
        fakeReads({
          backups: () => {
            begun.resolve();
            return new Promise(() => undefined);
          },
        }).reads,
    });
    const answer = ask(url, QUESTION).catch((error: Error) => error.message);
    await begun.promise;
    await close();
    expect(await answer).toBe("socket hang up");
  });
});

describe("who asks", () => {
  const reader: Principal = { name: "r", scopes: new Set(["backups:read"]), accounts: ["a"] };

  test("reaches the reads and guards fields", async () => {
    const asked: Principal[] = [];
    const { url } = await serve({
      authenticate: async (headers) => {
        if (headers.authorization === "Bearer k") return reader;
        throw new ClientError("UNAUTHENTICATED", "The key is missing or unknown.");
      },
      makeReads: (principal) => (asked.push(principal), fakeReads().reads),
    });
    const answer = await ask(url, "{ backups(first: 1) { nodes { nativeId raw } } }", {
      authorization: "Bearer k",
    });
    expect(asked).toEqual([reader]);
    expect(answer.body.data).toEqual({ backups: { nodes: [{ nativeId: "b-0", raw: null }] } });
    expect(codesOf(answer)).toEqual(["FORBIDDEN"]);
  });

  test.each([
    ["UNAUTHENTICATED", 401, "www-authenticate", "Bearer"],
    ["FORBIDDEN", 403, "x-request-id", expect.any(String)],
    ["RATE_LIMITED", 429, "retry-after", "3"],
    ["OVERLOADED", 503, "retry-after", "3"],
  ] as const)(
    "%s is refused with %i before the body is read",
    async (code, status, name, value) => {
      const { url, log } = await serve({
        authenticate: async () =>
          Promise.reject(new ClientError(code, "No.", { retryAfterMs: 2_001 })),
      });
      const answer = await exchange(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: "{ this is no JSON",
      });
      expect([answer.status, codesOf(answer)]).toEqual([status, [code]]);
      expect(answer.headers[name]).toEqual(value);
      expect(log).toEqual([]);
    },
  );

  test("may also be refused by a plugin, with the same status and headers", async () => {
    const refuse = () =>
      Promise.reject(new ClientError("RATE_LIMITED", "Slower.", { retryAfterMs: 60_000 }));
    const { url } = await serve({
      plugins: [{ didResolveOperation: refuse }],
    });
    const answer = await ask(url, QUESTION);
    expect([answer.status, codesOf(answer)]).toEqual([429, ["RATE_LIMITED"]]);
    expect(answer.headers["retry-after"]).toBe("60");
  });

  test("a fault in finding out is masked", async () => {
    const { url, log } = await serve({
      authenticate: async () => {
        throw new Error("canary-9");
      },
    });
    const answer = await ask(url, QUESTION);
    expect([answer.status, codesOf(answer)]).toEqual([500, ["INTERNAL_SERVER_ERROR"]]);
    expect(answer.text).not.toContain("canary");
    expect(log).toMatchObject([{ msg: "A request failed unexpectedly." }]);
  });
});
