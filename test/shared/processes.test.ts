import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CallEntry } from "../../src/clouds/calls.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { configFile } from "../cli/harness.js";
import { startGateway, type GatewayProcess } from "../security/gatewayProcess.js";
import { describeWithRedis, RedisServer } from "./redisServer.js";
import { fileAccountOf } from "../fileAccount.js";

/** Calls a second for each action. */
const RATE = 5;
const QUERY = `{ backups(first: 100, filter: { vendors: [ALIBABA, TENCENT] }) {
  complete issues { code } nodes { nativeId }
} }`;

interface Answer {
  readonly complete: boolean;
  readonly issues: readonly { readonly code: string }[];
  readonly nodes: readonly { readonly nativeId: string }[];
}

describeWithRedis("three gateway processes", () => {
  let server: RedisServer;
  let clouds: Clouds;
  const running = new Set<GatewayProcess>();
  /** The gateways that reported that they lost the server. */
  const losers = new Set<GatewayProcess>();
  beforeAll(async () => {
    server = await RedisServer.start();
    clouds = await startClouds({ estate: { instances: 8, backupsEach: 3, regions: 1 } });
  });
  /** Ends the gateways, which write the last lines of their logs then. */
  async function endAll(): Promise<unknown[][]> {
    const ending = [...running];
    running.clear();
    for (const { child } of ending) child.kill("SIGTERM");
    const codes = await Promise.all(ending.map(({ ended }) => ended));
    for (const gateway of ending)
      if (gateway.written.stderr.includes('"state":"lost"')) losers.add(gateway);
    return codes;
  }
  async function reset(): Promise<void> {
    server.thaw();
    await endAll();
    await server.inspector.flushall();
    clouds.knobs.reset();
    clouds.calls.reset();
    losers.clear();
  }
  /** What holds if no gateway loses the server, which a busy machine may answer late: then it is tried again. */
  const steadily = (body: () => Promise<void>) => async (): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      const error: unknown = await body().catch((thrown: unknown) => thrown);
      // They write the last lines of their logs.
      await endAll();
      if (error === undefined) return;
      if (losers.size === 0 || tries === 20) throw error as Error;
      await reset();
    }
  };
  afterEach(reset);
  afterAll(async () => {
    await clouds.close();
    await server.close();
  });

  const fileOf = (cache: Record<string, unknown>, rate: number): string =>
    configFile({
      server: { port: 0, cursorKey: Buffer.alloc(32, 7).toString("base64"), logLevel: "warn" },
      upstream: { rate, retries: 0 },
      cache,
      accounts: clouds.accounts.map((account) => fileAccountOf(account)),
    });

  /** Starts a gateway, and gives its URL once it is ready. */
  async function start(config: string): Promise<string> {
    const gateway = await startGateway(config);
    running.add(gateway);
    return gateway.url;
  }

  const startThree = (config: string) => Promise.all([1, 2, 3].map(() => start(config)));

  async function ask(url: string): Promise<Answer> {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: QUERY }),
    });
    const { data, errors } = (await response.json()) as {
      data: { backups: Answer };
      errors?: unknown;
    };
    expect(errors).toBeUndefined();
    return data.backups;
  }

  const truth = (): string[] =>
    clouds.estate
      .truth()
      .filter(({ provider }) => /^demo-(alibaba|tencent)\//.test(provider))
      .map(({ nativeId }) => nativeId)
      .sort();

  function expectWhole(answers: readonly Answer[]): void {
    for (const { complete, issues, nodes } of answers) {
      expect([complete, issues]).toEqual([true, []]);
      expect(nodes.map(({ nativeId }) => nativeId).sort()).toEqual(truth());
    }
  }

  /** Watches the tokens that the server gives out: for each bucket, when, by its own clock. */
  async function watchTokens(): Promise<{ given: Map<string, number[]>; end: () => void }> {
    const given = new Map<string, number[]>();
    // ioredis takes a command that the server reports at once for a reply, so the inspector must be quiet.
    await server.inspector.ping();
    const monitor = await server.inspector.monitor();
    monitor.on("monitor", (_: string, [command, key = "", at]: readonly string[]) => {
      if (command?.toLowerCase() !== "lpush" || !key.startsWith("backups:quota:")) return;
      given.set(key, [...(given.get(key) ?? []), Number(at)]);
    });
    return { given, end: () => monitor.disconnect() };
  }

  /** One cold read by three gateways: the calls, and the tokens of each bucket. */
  async function readOnce(): Promise<{ calls: readonly CallEntry[]; tokens: number[][] }> {
    const tokens = await watchTokens();
    const urls = await startThree(fileOf({ ttl: "PT0S", url: server.url }, RATE));
    expectWhole(await Promise.all(urls.map(ask)));
    tokens.end();
    await endAll();
    return { calls: clouds.calls.entries(), tokens: [...tokens.given.values()] };
  }

  // A gateway that lost the server makes calls without its tokens.
  test(
    "make no more calls together than the quota of one",
    steadily(async () => {
      const { calls, tokens } = await readOnce();
      // No call is made without a token of the one server.
      expect(calls.length).toBe(tokens.flat().length);
      expect(Math.max(...tokens.map((starts) => starts.length))).toBe(24);
      for (const starts of tokens) expect(busiest(starts, 1_000)).toBeLessThanOrEqual(RATE);
      // On their way to the vendor calls may come closer to each other, by no more than they were late.
      const arrived = calls
        .filter(({ action }) => action === "DescribeBackups")
        .map(({ at }) => at);
      expect(busiest(arrived, 3_000)).toBeLessThanOrEqual(4 * RATE);
    }),
  );

  test("make more calls if they do not share a server", async () => {
    for (let most = 0; most <= 4 * RATE;) {
      await reset();
      const urls = await startThree(fileOf({ ttl: "PT0S" }, RATE));
      expectWhole(await Promise.all(urls.map(ask)));
      const calls = clouds.calls.entries().filter(({ action }) => action === "DescribeBackups");
      expect(calls).toHaveLength(24);
      // A busy machine may let one gateway begin when another has ended.
      most = busiest(
        calls.map(({ at }) => at),
        3_000,
      );
    }
  });

  test(
    "make the calls of one",
    steadily(async () => {
      const urls = await startThree(fileOf({ url: server.url }, 10_000));
      expectWhole(await Promise.all(urls.map(ask)));
      expect(clouds.calls.count({ action: "DescribeBackups" })).toBe(8);
      expect(clouds.calls.count({ action: "DescribeInstanceBackups" })).toBe(2);
      expectWhole(await Promise.all(urls.map(ask)));
      expect(clouds.calls.count({ action: "DescribeBackups" })).toBe(8);
    }),
  );

  test("answer while their server is frozen, and end cleanly", async () => {
    const urls = await startThree(fileOf({ url: server.url }, 10_000));
    let calls = 0;
    clouds.knobs.hook = () => {
      calls += 1;
      if (calls === 3) server.freeze();
    };
    expectWhole(await Promise.all(urls.map(ask)));
    expect(await endAll()).toEqual([1, 2, 3].map(() => [0, null]));
    expect(losers.size).toBe(3);
  });
});

/** The most instants within any time of that length. */
const busiest = (instants: readonly number[], ms: number): number =>
  Math.max(0, ...instants.map((at) => instants.filter((one) => one >= at && one < at + ms).length));
