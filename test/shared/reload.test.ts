import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Gateway, GatewayParts, ReloadedParts } from "../../src/app.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import { BACKUPS, gatewayOver, readsOf } from "../estate/gateway.js";
import { describeWithRedis, RedisServer } from "./redisServer.js";
import { wanted } from "../wantedPage.js";

/** More lists than `ttl` allows reading at this many calls a second, so that the refresher has work. */
const RATE = 40;
const SETTINGS = { ttlMs: 100, staleIfErrorMs: 600_000, scanRows: 20_000, cacheRows: 200_000 };

describeWithRedis("a reload of a gateway that shares", () => {
  let server: RedisServer;
  let clouds: Clouds;
  const open: Gateway[] = [];
  let losses = 0;
  beforeAll(async () => {
    server = await RedisServer.start();
    clouds = await startClouds({
      estate: { instances: 8, backupsEach: 2, regions: 1 },
      upstream: { rate: 10_000, retries: 0 },
    });
  });
  async function reset(): Promise<void> {
    await Promise.all(open.splice(0).map((gateway) => gateway.close()));
    clouds.knobs.reset();
    clouds.calls.reset();
    while ((await connections()).length > 0) await wait(10);
    await server.inspector.flushall();
    losses = 0;
  }
  afterEach(reset);
  afterAll(async () => {
    await clouds.close();
    await server.close();
  });

  /** What holds if no replica loses the server, which a busy machine may answer late: then it is tried again. */
  const steadily = (body: () => Promise<void>) => async (): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      const error: unknown = await body().catch((thrown: unknown) => thrown);
      if (error === undefined) return;
      if (losses === 0 || tries === 20) throw error as Error;
      await reset();
    }
  };

  /** The accounts of some vendors at a number of calls a second. */
  const accountsOf = (rate: number, ...vendors: readonly string[]) =>
    clouds.accounts
      .filter(({ vendor }) => vendors.includes(vendor))
      .map((account) => ({ ...account, upstream: { ...account.upstream, rate } }));

  /** A replica, and how many lists of backups it has requested. */
  function replica(parts: Partial<GatewayParts>) {
    const made = { lists: 0 };
    const gateway = gatewayOver(clouds, {
      cacheUrl: server.url,
      onShared: (state) => (losses += state === "lost" ? 1 : 0),
      observer: {
        onAttempt: ({ action }) => {
          if (action === "DescribeBackups") made.lists += 1;
        },
      },
      ...parts,
    });
    open.push(gateway);
    return { gateway, made };
  }

  /** What a reload takes over, and what it leaves as it was. */
  const changed = (parts: Partial<ReloadedParts>): ReloadedParts => ({
    accounts: [],
    settings: SETTINGS,
    ...parts,
  });

  async function read(gateway: Gateway): Promise<readonly string[]> {
    const page = await readsOf(gateway).backups({ ...BACKUPS, page: wanted({ first: 200 }) });
    expect([page.complete, page.issues]).toEqual([true, []]);
    return page.edges.map(({ node }) => node.nativeId).sort();
  }

  const truthOf = (vendor: string): readonly string[] =>
    clouds.estate
      .truth()
      .filter(({ provider }) => provider.startsWith(`demo-${vendor}/`))
      .map(({ nativeId }) => nativeId)
      .sort();

  /** The connections of gateways to the server. */
  async function connections(): Promise<readonly string[]> {
    const list = String(await server.inspector.client("LIST"));
    const own = list.split("\n").filter((line) => line.includes("name=redis-backup-gateway"));
    return own.map((line) => line.split(" ")[0] ?? "");
  }

  const claims = (): Promise<string[]> => server.inspector.keys("backups:claim:*");

  /** Resolves when the refresher of a replica has requested this many more lists. */
  async function refreshed({ made }: ReturnType<typeof replica>, more = 10): Promise<void> {
    for (const from = made.lists; made.lists < from + more;) await wait(10);
  }

  test(
    "keeps its connection, and the readings of accounts that did not change",
    steadily(async () => {
      const settings = { ...SETTINGS, ttlMs: 60_000 };
      const accounts = accountsOf(10_000, "alibaba", "tencent");
      const { gateway } = replica({ accounts, settings });
      const before = await read(gateway);
      const opened = await connections();
      clouds.calls.reset();
      // Another limit empties the memory of an account. Its lists are still on the server.
      const [alibaba, tencent] = [accountsOf(5_000, "alibaba"), accountsOf(10_000, "tencent")];
      gateway.reload(changed({ accounts: [...alibaba, ...tencent], settings }))();
      expect(await read(gateway)).toEqual(before);
      expect(clouds.calls.count()).toBe(0);
      // Without the server, only the lists of the account that did not change are there.
      await server.inspector.flushall();
      gateway.reload(changed({ accounts, settings }))();
      expect(await read(gateway)).toEqual(before);
      expect(clouds.calls.count({ vendor: "alibaba" })).toBeGreaterThan(0);
      expect(clouds.calls.count({ vendor: "tencent" })).toBe(0);
      expect(await connections()).toEqual(opened);
    }),
  );

  test(
    "takes nothing from the server that other credentials have read",
    steadily(async () => {
      const accounts = accountsOf(10_000, "alibaba");
      const settings = { ...SETTINGS, ttlMs: 60_000 };
      const { gateway } = replica({ accounts, settings });
      await read(gateway);
      clouds.calls.reset();
      const key = { id: "next-id", secret: "next-secret", token: null };
      clouds.knobs.setKeys("alibaba", [key]);
      const credentials = { accessKeyId: key.id, accessKeySecret: key.secret, securityToken: null };
      const next = accounts.map((account) => ({ ...account, credentials }) as (typeof accounts)[0]);
      gateway.reload(changed({ accounts: next, settings }))();
      expect(await read(gateway)).toEqual(truthOf("alibaba"));
      expect(clouds.calls.count({ action: "DescribeBackups", outcome: "answered" })).toBe(8);
    }),
  );

  test(
    "lets its refresher continue with the new accounts, and end with those that are gone",
    steadily(async () => {
      const own = { settings: SETTINGS, refreshShare: 0.5 };
      const accounts = accountsOf(RATE, "alibaba");
      const first = replica({ ...own, accounts });
      first.gateway.refresher.start();
      await read(first.gateway);
      await refreshed(first);
      const opened = await connections();

      // Unchanged, then with another limit: the refresher of the same replica goes on.
      first.gateway.reload(changed({ ...own, accounts }))();
      await refreshed(first);
      first.gateway.reload(changed({ ...own, accounts: accountsOf(RATE - 1, "alibaba") }))();
      await refreshed(first);
      expect(await read(first.gateway)).toEqual(truthOf("alibaba"));
      expect(await connections()).toEqual(opened);

      // A second replica refreshes only once the first has given up its claim.
      const second = replica({ ...own, accounts });
      await read(second.gateway);
      second.gateway.refresher.start();
      first.gateway.reload(changed({ ...own, accounts: accountsOf(RATE, "tencent") }))();
      const ended = first.made.lists;
      await refreshed(second, 20);
      // Calls under way when it reloaded may still have ended.
      expect(first.made.lists - ended).toBeLessThanOrEqual(8);
      expect(await read(first.gateway)).toEqual(truthOf("tencent"));

      // No share is no refresher: nobody holds a claim in the end.
      second.gateway.reload(changed({ ...own, accounts, refreshShare: 0 }))();
      while ((await claims()).length > 0) await wait(10);
      const before = [first.made.lists, second.made.lists];
      await second.gateway.refresher.stop();
      expect([first.made.lists, second.made.lists]).toEqual(before);
    }),
  );

  test(
    "that follows another at once leaves one refresher, which ends when it is stopped",
    steadily(async () => {
      const own = { settings: SETTINGS, refreshShare: 0.5 };
      const accounts = accountsOf(RATE, "alibaba");
      const [first, second] = [replica({ ...own, accounts }), replica({ ...own, accounts })];
      first.gateway.refresher.start();
      await read(first.gateway);
      await refreshed(first);
      for (const rate of [RATE + 1, RATE + 2, RATE])
        first.gateway.reload(changed({ ...own, accounts: accountsOf(rate, "alibaba") }))();
      await refreshed(first);
      // Stopped while the refresher that it replaces still ends.
      first.gateway.reload(changed({ ...own, accounts: accountsOf(RATE + 1, "alibaba") }))();
      await first.gateway.refresher.stop();
      const { lists } = first.made;
      second.gateway.refresher.start();
      await read(second.gateway);
      await refreshed(second, 20);
      expect(first.made.lists).toBe(lists);
    }),
  );
});
