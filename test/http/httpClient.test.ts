import { afterEach, describe, expect, test } from "vitest";
import { SourceError } from "../../src/errors.js";
import { reply, serve, silent, type Answer, type FaultServer } from "./faultServer.js";
import { settle } from "./fakeClock.js";
import { contextFor, failureOf, makeHarness } from "./harness.js";

const good = reply('{"Rows":[]}');

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

async function start(...answers: Answer[]): Promise<FaultServer> {
  const server = await serve(...answers);
  stops.push(() => server.stop());
  return server;
}

describe("accounts", () => {
  test("share neither connections, quota nor breaker", async () => {
    const server = await start(good);
    const { client, call } = makeHarness({ rate: 0.001 });
    stops.push(() => client.close());
    await client.send(call(server.origin, { account: "a" }), contextFor());
    // The connection is free for another call a moment after its answer.
    await settle();
    // With the quota of the first, it would have no token for a thousand seconds.
    await client.send(call(server.origin, { account: "b" }), contextFor());
    expect(server.connections()).toBe(2);
    expect(client.health("a").callsLeft).toBe(0);
    expect(client.health("c").callsLeft).toBeNull();
  });
});

test("a call of an account that was removed is rejected", async () => {
  const { client, call } = makeHarness(
    {},
    {
      settingsOf: () => {
        throw new SourceError("UNAVAILABLE", "The account was removed from the config.");
      },
    },
  );
  const sent = client.send(call("http://127.0.0.1:1"), contextFor());
  expect((await failureOf(sent)).message).toBe("The account was removed from the config.");
});

describe("health", () => {
  test("knows when an account last succeeded, and what failed last", async () => {
    const server = await start(good, reply('{"Code":"NotYours"}', { status: 403 }));
    const { client, call } = makeHarness();
    stops.push(() => client.close());
    const before = Date.now();
    await client.send(call(server.origin), contextFor());
    await failureOf(client.send(call(server.origin), contextFor()));
    const health = client.health("ops");
    expect(health).toMatchObject({ breaker: "closed", lastFailure: "FORBIDDEN", callsLeft: 998 });
    expect(health.lastSuccessAt).toBeGreaterThanOrEqual(before);
    const states = ["ops", "b"].map((id) => client.state(id).isFailing);
    expect([health.isFailing, ...states]).toEqual([true, true, false]);
  });
});

describe("closing", () => {
  test("ends running calls and all connections", async () => {
    const server = await start(silent);
    const { client, call } = makeHarness();
    const sent = failureOf(client.send(call(server.origin), contextFor()));
    await server.seen(1);
    const closed = new Promise((resolve) => server.requests[0]?.socket.on("close", resolve));
    await client.close();
    expect((await sent).kind).toBe("CUT");
    await closed;
    expect(server.requests).toHaveLength(1);
  });
});

test("a call that is not retried needs no randomness and no sleep", async () => {
  const server = await start(good);
  let asked = 0;
  const { client, call } = makeHarness(
    {},
    {
      random: () => (asked += 1),
      sleep: async () => void (asked += 1),
    },
  );
  stops.push(() => client.close());
  await client.send(call(server.origin), contextFor());
  expect(asked).toBe(0);
});
