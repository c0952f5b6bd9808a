import { expect, test } from "vitest";
import { RedisBreakers } from "../../src/shared/redisBreakers.js";
import { Seal } from "../../src/shared/seal.js";
import { SharedServer } from "./harness.js";
import { describeWithRedis } from "./redisServer.js";

const ORIGIN = "https://api.example";
const seal = new Seal([Buffer.alloc(32, 7)], "1.0.0");

describeWithRedis("news of open breakers", () => {
  const shared = new SharedServer();

  function replica(name: string) {
    const { link, clock } = shared.link();
    const breakers = new RedisBreakers({ link, seal, clock, replica: name, callerOf: (id) => id });
    let doubts = 0;
    const breaker = { doubt: () => (doubts += 1) };
    return {
      share: async (state: "open" | "closed" | "halfOpen", origin = ORIGIN) => {
        breakers.share({ account: "ops", origin, state });
        await link.run((redis) => redis.ping());
      },
      /** Looks, and returns how often the breaker was doubted so far. */
      look: async (account = "ops", origin = ORIGIN) => {
        breakers.look(account, origin, breaker);
        await link.run((redis) => redis.ping());
        return doubts;
      },
      clock,
    };
  }

  test("make another replica doubt its breaker, once for each note", async () => {
    const [a, b] = [replica("a"), replica("b")];
    expect(await b.look()).toBe(0);
    await a.share("open");
    b.clock.skip(1_000);
    expect(await b.look()).toBe(1);
    b.clock.skip(1_000);
    expect(await b.look()).toBe(1);
    await a.share("open");
    b.clock.skip(1_000);
    expect(await b.look()).toBe(2);
  });

  test("are requested once a second", async () => {
    const [a, b] = [replica("a"), replica("b")];
    expect(await b.look()).toBe(0);
    await a.share("open");
    expect(await b.look()).toBe(0);
    b.clock.skip(1_000);
    expect(await b.look()).toBe(1);
  });

  test("are ignored by their writer, and for other accounts and hosts", async () => {
    const [a, b] = [replica("a"), replica("b")];
    await a.share("open");
    expect(await a.look()).toBe(0);
    expect(await b.look("other")).toBe(0);
    expect(await b.look("ops", "https://other.example")).toBe(0);
  });

  test("are ignored if they are repeated, forged or late", async () => {
    const [a, b] = [replica("a"), replica("b")];
    const { inspector } = shared;
    await a.share("open");
    const [key] = (await inspector.keys("*")) as [string];
    const first = (await inspector.getBuffer(key)) as Buffer;
    await a.share("open");
    expect(await b.look()).toBe(1);
    for (const forged of [first, "garbage", "", Buffer.alloc(100, 2)]) {
      await inspector.set(key, forged);
      b.clock.skip(1_000);
      expect(await b.look()).toBe(1);
    }
    await inspector.del(key);
    await inspector.lpush(key, "x");
    b.clock.skip(1_000);
    expect(await b.look()).toBe(1);
    // A note that is delivered too late is ignored, too.
    await inspector.del(key);
    await inspector.set(key, first);
    const late = replica("c");
    late.clock.skip(60_000);
    expect(await late.look()).toBe(0);
  });

  test("are withdrawn by the replica that finds the host up", async () => {
    const [a, b, c] = [replica("a"), replica("b"), replica("c")];
    await a.share("open");
    await b.share("halfOpen");
    expect(await b.look()).toBe(1);
    await b.share("closed");
    expect(await c.look()).toBe(0);
    expect(await shared.inspector.dbsize()).toBe(0);
  });

  test("expire if no replica withdraws them, and name no host", async () => {
    const [from] = await shared.inspector.time();
    await replica("a").share("open");
    const [[key]] = (await shared.server.dump()) as unknown as [[string]];
    expect(key).not.toContain("example");
    const left = await shared.inspector.pttl(key);
    const [until] = await shared.inspector.time();
    // By the server's clock, in whole seconds.
    expect(left).toBeGreaterThan(20_000 - (Number(until) - Number(from) + 1) * 1_000);
    expect(left).toBeLessThanOrEqual(20_000);
  });

  test("do not arrive while the server is down, and no call waits for them", async () => {
    const b = replica("b");
    await replica("a").share("open");
    expect(await b.look("first")).toBe(0);
    shared.server.freeze();
    b.clock.skip(1_000);
    expect(await b.look()).toBe(0);
  });
});
