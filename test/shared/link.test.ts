import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { COMMAND_MS, RedisLink, type LinkState, type RedisClient } from "../../src/shared/link.js";
import { FakeClock, settle } from "../http/fakeClock.js";
import { SharedServer } from "./harness.js";
import { describeWithRedis } from "./redisServer.js";

/** A client whose server answers when the test wants. */
class FakeClient extends EventEmitter {
  status = "ready";
  readonly asked: { name: string; answer: (value: unknown) => void }[] = [];

  readonly ping = (): Promise<unknown> => this.#ask("ping");
  readonly getrangeBuffer = (name: string): Promise<unknown> => this.#ask(name);
  readonly disconnect = (): void => undefined;

  #ask(name: string): Promise<unknown> {
    return new Promise((answer) => this.asked.push({ name, answer }));
  }

  answer(value: unknown): void {
    for (const { answer } of this.asked.splice(0)) answer(value);
  }
}

function make() {
  const client = new FakeClient();
  const clock = new FakeClock();
  const states: LinkState[] = [];
  const link = new RedisLink(client as unknown as RedisClient, clock, (state) =>
    states.push(state),
  );
  const get = (name = "a") => link.run((redis) => redis.getrangeBuffer(name, 0, 9));
  return { client, clock, states, link, get };
}

async function makeUp() {
  const made = make();
  made.client.emit("ready");
  await settle();
  return made;
}

/** Waits, and lets run what checks again afterwards. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  await clock.advance(ms);
  for (let turn = 0; turn < 5; turn += 1) await settle();
}

describe("a link", () => {
  test("gives what the server answers", async () => {
    const { client, get, link } = await makeUp();
    const answers = Promise.all([get(), get()]);
    await settle();
    client.answer("value");
    expect(await answers).toEqual(["value", "value"]);
    link.close();
  });

  test("gives null for a command that fails, and goes on", async () => {
    const { client, get, link, states } = await makeUp();
    expect(await link.run(() => Promise.reject(new Error("WRONGTYPE")))).toBeNull();
    const answer = get();
    await settle();
    client.answer("value");
    expect(await answer).toBe("value");
    expect(states).toEqual(["up"]);
    link.close();
  });

  test("waits for a server that is not there yet, though no longer than for a command", async () => {
    const { clock, get, states, link } = make();
    const answer = get();
    await pass(clock, COMMAND_MS - 1);
    expect(states).toEqual([]);
    await pass(clock, 1);
    expect(await answer).toBeNull();
    expect(states).toEqual(["lost"]);
    expect(link.isUp).toBe(false);
    link.close();
  });

  test("does not count a server as lost before the first command, however long it takes to start", async () => {
    const { client, clock, get, states, link } = make();
    await pass(clock, 10 * COMMAND_MS);
    expect(states).toEqual([]);
    client.emit("ready");
    const answer = get();
    await settle();
    client.answer("value");
    expect([await answer, states]).toEqual(["value", ["up"]]);
    link.close();
  });

  test("is lost at once if the first connection is refused", async () => {
    const { client, get, states, link } = make();
    const answer = get();
    client.emit("close");
    expect(await answer).toBeNull();
    expect(states).toEqual(["lost"]);
    link.close();
  });

  test("gives up all commands with the first that is late, and waits for no further one", async () => {
    const { client, clock, get, states, link } = await makeUp();
    const early = get("early");
    await pass(clock, COMMAND_MS / 2);
    const late = get("late");
    await pass(clock, COMMAND_MS / 2);
    expect(await Promise.all([early, late])).toEqual([null, null]);
    expect(states).toEqual(["up", "lost"]);
    const asked = client.asked.length;
    expect(await Promise.all([get(), get(), get()])).toEqual([null, null, null]);
    expect(client.asked).toHaveLength(asked);
    link.close();
  });

  test("sends a lost server one ping after each rest, each rest twice as long, and no command waits for it", async () => {
    const { client, clock, get, states, link } = await makeUp();
    void get();
    await pass(clock, COMMAND_MS);
    client.asked.splice(0);
    const pings: number[] = [];
    for (let second = 0; second < 40; second += 1) {
      await pass(clock, 1_000);
      expect(await Promise.all([get(), get()])).toEqual([null, null]);
      pings.push(client.asked.splice(0).filter(({ name }) => name === "ping").length);
    }
    expect(pings.every((count) => count <= 1)).toBe(true);
    expect(pings.flatMap((count, second) => (count === 1 ? [second] : []))).toEqual([
      0, 2, 4, 7, 12, 21, 32,
    ]);
    expect(states).toEqual(["up", "lost"]);
    link.close();
  });

  test("is up again when a ping is answered", async () => {
    const { client, clock, get, states, link } = await makeUp();
    void get();
    await pass(clock, COMMAND_MS);
    await pass(clock, 1_000);
    expect(await get()).toBeNull();
    client.answer("PONG");
    await settle();
    expect(states).toEqual(["up", "lost", "up"]);
    const answer = get();
    await settle();
    client.answer("value");
    expect(await answer).toBe("value");
    link.close();
  });

  test("runs at most 32 commands at once, and forgets none", async () => {
    const { client, get, link } = await makeUp();
    const answers = Promise.all(Array.from({ length: 100 }, () => get()));
    const under: number[] = [];
    while (under.reduce((sum, count) => sum + count, 0) < 100) {
      await settle();
      under.push(client.asked.length);
      client.answer("value");
    }
    expect(Math.max(...under)).toBe(32);
    expect(new Set(await answers)).toEqual(new Set(["value"]));
    link.close();
  });

  test("gives null to everybody once it is closed", async () => {
    const { get, link } = await makeUp();
    const answers = Array.from({ length: 40 }, () => get());
    await settle();
    link.close();
    expect(new Set(await Promise.all(answers))).toEqual(new Set([null]));
    expect(await get()).toBeNull();
  });
});

describeWithRedis("a link to a real server", () => {
  const shared = new SharedServer();

  test("loses a server that is frozen after one late command, and finds it again", async () => {
    const { link, clock, next, states } = shared.link();
    expect(await link.run((redis) => redis.set("a", "1"))).toBe("OK");
    shared.server.freeze();
    let commands = 0;
    const get = () =>
      link.run((redis) => {
        commands += 1;
        return redis.getrangeBuffer("a", 0, 9);
      });
    const answers = await Promise.all(Array.from({ length: 20 }, get));
    expect(answers).toEqual(answers.map(() => null));
    expect([commands, states]).toEqual([20, ["up", "lost"]]);
    expect(await Promise.all(Array.from({ length: 20 }, get))).toEqual(answers);
    expect(commands).toBe(20);
    shared.server.thaw();
    const up = next("up");
    clock.skip(10_000);
    await get();
    await up;
    expect(String(await get())).toBe("1");
  });

  test("loses a server that is killed, and finds the one that takes its place", async () => {
    const { link, next, states } = shared.link();
    expect(await link.run((redis) => redis.ping())).toBe("PONG");
    const lost = next("lost");
    await shared.server.kill();
    await lost;
    expect(await link.run((redis) => redis.ping())).toBeNull();
    const up = next("up");
    await shared.server.revive();
    await up;
    expect(await link.run((redis) => redis.ping())).toBe("PONG");
    expect(states).toEqual(["up", "lost", "up"]);
  });
});
