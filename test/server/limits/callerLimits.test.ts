import { beforeEach, afterEach, describe, expect, test, vi } from "vitest";
import { ANYONE, type Principal } from "../../../src/domain/principal.js";
import {
  CallerLimits,
  networkOf,
  type CountedPoints,
  type SharedPoints,
} from "../../../src/server/limits/callerLimits.js";
import { ask, codesOf, exchange } from "../harness.js";
import { asCaller, keyNamed, serveGated } from "../gated.js";

const NOW = Date.UTC(2026, 10, 29, 12);
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

const named = (name: string): Principal => ({ name, scopes: new Set(), accounts: null });

/** The milliseconds that a caller has to wait; 0 for a request that passes. */
const waitOf = (charging: Promise<unknown>): Promise<number> =>
  charging.then(
    () => 0,
    (error: { code: string; extensions: { retryAfterMs: number } }) =>
      error.code === "RATE_LIMITED" ? error.extensions.retryAfterMs : -1,
  );

function limiting(perMinute: number, shared: SharedPoints | null = null) {
  const callers = new CallerLimits(perMinute, { shared, now: Date.now });
  let headers: Record<string, string> = {};
  const sink = { headers: (values: Record<string, string>) => (headers = values) };
  const admit = (name = "a") => callers.admit(named(name), "127.0.0.1", sink);
  return {
    callers,
    admit,
    wait: (name?: string): Promise<number> => waitOf(admit(name)),
    from: (address: string): Promise<number> => waitOf(callers.admit(ANYONE, address, sink)),
    left: (): number => Number(headers["ratelimit-remaining"]),
    headers: () => headers,
  };
}

describe("the requests of a caller", () => {
  test("pass up to the limit, and again in the next minute", async () => {
    const { wait, headers } = limiting(3);
    expect([await wait(), await wait(), await wait()]).toEqual([0, 0, 0]);
    expect(await wait()).toBe(60_000);
    vi.setSystemTime(NOW + 45_000);
    expect(await wait()).toBe(15_000);
    expect(headers()).toEqual({
      "ratelimit-policy": "3;w=60",
      "ratelimit-limit": "3",
      "ratelimit-remaining": "0",
      "ratelimit-reset": "15",
    });
    vi.setSystemTime(NOW + 60_000);
    expect([await wait(), await wait(), await wait()]).toEqual([0, 0, 0]);
    expect(await wait()).toBe(60_000);
  });

  test("leave those of other callers alone", async () => {
    const { wait } = limiting(1);
    expect([await wait("a"), await wait("b")]).toEqual([0, 0]);
    expect([(await wait("a")) > 0, (await wait("b")) > 0]).toEqual([true, true]);
  });

  test("have no limit and no headers at 0, and one as soon as it is set", async () => {
    const { callers, wait, headers } = limiting(0);
    for (let i = 0; i < 1_000; i += 1) expect(await wait()).toBe(0);
    expect(headers()).toEqual({});
    callers.perMinute = 1;
    expect([await wait(), (await wait()) > 0]).toEqual([0, true]);
  });

  test("are those of an address without authentication, and an IPv6 network is one caller", async () => {
    const { from } = limiting(1);
    expect([await from("192.0.2.1"), await from("192.0.2.2")]).toEqual([0, 0]);
    expect(await from("2001:db8::1")).toBe(0);
    expect(await from("2001:db8:0:0:ffff::2")).toBe(60_000);
    expect(await from("2001:db8:0:1::1")).toBe(0);
  });

  test("of more addresses than are counted separately share the points of one", async () => {
    const { from } = limiting(2);
    for (let i = 0; i < 50_000; i += 1) await from(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    expect([await from("192.0.2.1"), await from("192.0.2.2")]).toEqual([0, 0]);
    expect(await from("192.0.2.3")).toBe(60_000);
    // A caller that was counted before keeps its own points.
    expect(await from("10.0.0.1")).toBe(0);
    vi.setSystemTime(NOW + 60_000);
    expect([await from("192.0.2.1"), await from("192.0.2.3")]).toEqual([0, 0]);
  });
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:DB8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["::1", "0:0:0:0"],
  ["::", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["64:ff9b::192.0.2.1", "64:ff9b:0:0"],
  ["anything", "unknown"],
  ["", "unknown"],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe("the points of an operation", () => {
  test("are taken while enough are left, and a refused operation takes none", async () => {
    const { admit, left } = limiting(10);
    const charge = await admit();
    await charge(4);
    expect(left()).toBe(5);
    const next = await admit();
    expect(await waitOf(next(5))).toBe(60_000);
    expect(left()).toBe(4);
    await next(4);
    expect(left()).toBe(0);
    expect(await waitOf(admit())).toBe(60_000);
  });

  test("are never more than a caller has", async () => {
    const { admit, left } = limiting(10);
    await (
      await admit()
    )(1_000);
    expect(left()).toBe(0);
    const one = limiting(1);
    await (
      await one.admit()
    )(1_000);
    expect(one.left()).toBe(0);
  });

  test("follow its cost, over HTTP", async () => {
    const { url } = await serveGated({ gate: { limits: { requestsPerMinute: 20 } } });
    const cheap = await ask(url, "{ providers { key } }");
    expect(cheap.headers).toMatchObject({
      "ratelimit-policy": "20;w=60",
      "ratelimit-limit": "20",
      "ratelimit-remaining": "19",
      "ratelimit-reset": "60",
    });
    // 200 instances with 20 backups each: 4,400 objects and more.
    const costly = "{ instances(first: 200) { nodes { backups(first: 20) { nodes { id } } } } }";
    const answer = await ask(url, costly);
    const points = 19 - Number(answer.headers["ratelimit-remaining"]);
    expect(points).toBeGreaterThanOrEqual(5);
    expect(codesOf(answer)).not.toContain("RATE_LIMITED");
    await ask(url, costly);
    await ask(url, costly);
    const refused = await ask(url, costly);
    expect([refused.status, codesOf(refused)]).toEqual([429, ["RATE_LIMITED"]]);
    expect(refused.headers["retry-after"]).toBe("60");
    expect(refused.body.errors?.[0]?.message).toMatch(/^A caller has 20 points a minute, and /);
    expect((await ask(url, "{ providers { key } }")).status).toBe(200);
  });
});

describe("a caller over HTTP", () => {
  const auth = {
    mode: "apiKey" as const,
    apiKeys: [keyNamed("a", ["backups:read"]), keyNamed("b", ["backups:read"])],
  };

  test("who is not identified uses no points", async () => {
    const { url } = await serveGated({ gate: { auth, limits: { requestsPerMinute: 1 } } });
    for (let i = 0; i < 3; i += 1) {
      const { status, headers } = await ask(url, "{ providers { key } }");
      expect([status, headers["ratelimit-limit"]]).toEqual([401, undefined]);
    }
    expect((await ask(url, "{ providers { key } }", asCaller("a"))).status).toBe(200);
    const refused = await ask(url, "{ providers { key } }", asCaller("a"));
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "60"]);
    expect(refused.headers["ratelimit-remaining"]).toBe("0");
    expect((await ask(url, "{ providers { key } }", asCaller("b"))).status).toBe(200);
  });

  test("is the address that a trusted proxy names", async () => {
    const limits = { requestsPerMinute: 1 };
    const behind = await serveGated({ gate: { limits }, server: { trustProxy: true } });
    const from = async (url: string, address: string) =>
      (await ask(url, "{ providers { key } }", { "x-forwarded-for": address })).status;
    expect(await from(behind.url, "192.0.2.1")).toBe(200);
    expect(await from(behind.url, "192.0.2.2")).toBe(200);
    expect(await from(behind.url, "192.0.2.1")).toBe(429);
    const plain = await serveGated({ gate: { limits } });
    expect(await from(plain.url, "192.0.2.1")).toBe(200);
    expect(await from(plain.url, "192.0.2.2")).toBe(429);
  });

  test("can read the headers in a page of an allowed origin", async () => {
    const origin = "https://app.example";
    const { url } = await serveGated({ server: { corsOrigins: [origin] } });
    const { headers } = await exchange(url, { method: "POST", headers: { origin } });
    expect(headers["access-control-expose-headers"]).toBe(
      "x-request-id, retry-after, ratelimit-policy, ratelimit-limit, ratelimit-remaining, ratelimit-reset",
    );
  });
});

describe("a shared server", () => {
  const counting = (answer: (points: number) => CountedPoints | null) => {
    const asked: string[] = [];
    const add = async (caller: string, points: number): Promise<CountedPoints | null> => {
      asked.push(`${caller} ${points}`);
      return answer(points);
    };
    return { asked, add };
  };

  test("decides while it answers, and the count of this process while it does not", async () => {
    let answer: CountedPoints | null = { used: 9, resetMs: 20_000 };
    const shared = counting(() => answer);
    const { wait, left, headers } = limiting(10, shared);
    expect([await wait(), left(), headers()["ratelimit-reset"]]).toEqual([0, 1, "20"]);
    answer = { used: 11, resetMs: 19_000 };
    expect(await wait()).toBe(19_000);
    answer = null;
    expect([await wait(), left()]).toEqual([0, 7]);
    expect(shared.asked).toEqual(["name a 1", "name a 1", "name a 1"]);
  });

  test("that always allows cannot allow more than twice the points, nor that always refuses for longer than a minute", async () => {
    const open = counting(() => ({ used: -5, resetMs: 1e12 }));
    const { wait, left } = limiting(10, open);
    expect([await wait(), left()]).toEqual([0, 10]);
    for (let i = 1; i < 20; i += 1) expect(await wait()).toBe(0);
    expect(await wait()).toBe(60_000);
    const asked = open.asked.length;
    expect(await wait()).toBe(60_000);
    expect(open.asked).toHaveLength(asked);
    const closed = limiting(
      10,
      counting(() => ({ used: 1e15, resetMs: 1e12 })),
    );
    expect(await closed.wait()).toBe(60_000);
  });
});
