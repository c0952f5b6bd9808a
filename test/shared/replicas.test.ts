import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Gateway, GatewayParts } from "../../src/app.js";
import { DEMO_KEYS } from "../../src/clouds/accounts.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { Account } from "../../src/domain/account.js";
import { ownVersion } from "../../src/ownPackage.js";
import { Seal } from "../../src/shared/seal.js";
import type { LinkState } from "../../src/shared/link.js";
import { startStillClouds } from "../stillClouds.js";
import { BACKUPS, gatewayOver, readsOf, UNCACHED } from "../estate/gateway.js";
import { describeWithRedis, RedisServer } from "./redisServer.js";
import { wanted } from "../wantedPage.js";

describeWithRedis("replicas over one server", () => {
  let server: RedisServer;
  let clouds: Clouds;
  const open: { readonly gateway: Gateway; readonly states: LinkState[] }[] = [];
  beforeAll(async () => {
    server = await RedisServer.start();
    clouds = await startStillClouds({
      estate: { instances: 6, backupsEach: 4 },
      upstream: { rate: 10_000, concurrency: 64 },
    });
  });
  async function reset(): Promise<void> {
    server.thaw();
    clouds.knobs.reset();
    await Promise.all(open.splice(0).map(({ gateway }) => gateway.close()));
    await server.inspector.flushall();
    clouds.calls.reset();
  }
  beforeEach(reset);
  afterEach(reset);
  afterAll(async () => {
    await clouds.close();
    await server.close();
  });

  function replica(parts: Partial<GatewayParts> = {}) {
    const states: LinkState[] = [];
    const onShared = (state: LinkState) => void states.push(state);
    const shared = { cacheUrl: server.url, onShared, ...server.clock() };
    const gateway = gatewayOver(clouds, { ...shared, ...parts });
    const made = { gateway, states };
    open.push(made);
    return made;
  }

  /**
   * What replicas share if none of them loses the server. On a busy machine, one may lose its connection for
   * a moment, and says so: then it is tried again.
   */
  const steadily =
    <A extends readonly unknown[]>(body: (...args: A) => Promise<void>) =>
    async (...args: A): Promise<void> => {
      for (let tries = 1; ; tries += 1) {
        const error: unknown = await body(...args).catch((thrown: unknown) => thrown);
        const isLost = open.some(({ states }) => states.includes("lost"));
        if (error === undefined) return;
        if (!isLost || tries === 20) throw error as Error;
        await reset();
      }
    };

  async function read({ gateway }: { readonly gateway: Gateway }) {
    const reads = readsOf(gateway);
    const page = await reads.backups({ ...BACKUPS, page: wanted({ first: 200 }) });
    const ids = page.edges.map(({ node }) => node.nativeId).sort();
    return { page, ids, calls: reads.calls() };
  }

  const truth = (): string[] =>
    clouds.estate
      .truth()
      .map(({ nativeId }) => nativeId)
      .sort();

  test(
    "make no call for what another has read, and report that the cache answered",
    steadily(async () => {
      const first = await read(replica());
      expect([first.page.complete, first.ids]).toEqual([true, truth()]);
      const asked = clouds.calls.count();
      const second = await read(replica());
      expect([second.page.complete, second.ids]).toEqual([true, truth()]);
      expect(clouds.calls.count()).toBe(asked);
      expect(second.calls.every(({ count, cached }) => count === 0 && cached > 0)).toBe(true);
    }),
  );

  test(
    "share the calls of one if all read at once",
    steadily(async () => {
      await read(replica());
      const alone = clouds.calls.counts();
      await server.inspector.flushall();
      clouds.calls.reset();
      const answers = await Promise.all([replica(), replica(), replica()].map(read));
      for (const { page, ids } of answers) expect([page.complete, ids]).toEqual([true, truth()]);
      expect(clouds.calls.counts()).toEqual(alone);
    }),
  );

  test("share nothing if their credentials or keys differ", async () => {
    await read(replica());
    const asked = clouds.calls.count();
    const other = { ...DEMO_KEYS.alibaba, secret: "not the right one" };
    const wrong = clouds.accounts.map((account) =>
      account.vendor === "alibaba"
        ? { ...account, credentials: { ...account.credentials, accessKeySecret: other.secret } }
        : account,
    );
    const { page } = await read(replica({ accounts: wrong }));
    expect(page.edges.some(({ node }) => node.provider === "demo-alibaba/kvstore")).toBe(false);
    expect(page.issues.map(({ code }) => code)).toContain("UNAUTHENTICATED");
    clouds.calls.reset();
    await read(replica({ cursorKeys: [Buffer.alloc(32, 9)] }));
    expect(clouds.calls.count()).toBe(asked);
  });

  describe("whose credentials are in the same file", () => {
    const file = join(mkdtempSync(join(tmpdir(), "shared-")), "keys.json");
    /** Another replica, once the file has other keys, and the calls that it makes. */
    async function next(vendor: "aws" | "alibaba", ids: readonly [string, string], accepted = 2) {
      const keys = ids.map((id) => ({ id, secret: `secret-of-${id}`, token: null }));
      clouds.knobs.setKeys(vendor, keys.slice(0, accepted));
      const source = { credentials: DEMO_EMPTY, credentialSource: { file } };
      const accounts = clouds.accounts
        .filter((account) => account.vendor === vendor)
        .map((account) => ({ ...account, ...source }) as Account);
      const pages = [];
      for (const { id, secret } of keys) {
        clouds.calls.reset();
        writeFileSync(
          file,
          JSON.stringify({ Version: 1, AccessKeyId: id, SecretAccessKey: secret }),
        );
        pages.push((await read(replica({ accounts }))).page);
      }
      const [first, second] = pages;
      expect([first?.complete, first?.edges.length]).toEqual([true, truthOf(vendor)]);
      return { page: second, calls: clouds.calls.count() };
    }
    const truthOf = (vendor: string): number =>
      clouds.estate.truth().filter(({ provider }) => provider.startsWith(`demo-${vendor}/`)).length;

    test(
      "share what they read with keys of the same AWS account",
      steadily(async () => {
        const { page, calls } = await next("aws", ["AKIAY34FZKBOAAAAAAAA", "AKIAY34FZKBOBBBBBBBB"]);
        expect([page?.complete, page?.edges.length, calls]).toEqual([true, truthOf("aws"), 0]);
      }),
    );

    test.each([
      { vendor: "aws", ids: ["AKIAY34FZKBOAAAAAAAA", "AKIAQNZGKIQYAAAAAAAA"] },
      { vendor: "alibaba", ids: ["LTAIone", "LTAIother"] },
    ] as const)("share nothing of $vendor if the keys are those of another", async (given) => {
      const other = await next(given.vendor, given.ids, 1);
      expect(other.page?.edges).toEqual([]);
      expect(new Set(other.page?.issues.map(({ code }) => code))).toEqual(
        new Set(["UNAUTHENTICATED"]),
      );
      await server.inspector.flushall();
      const replaced = await next(given.vendor, given.ids);
      expect([replaced.page?.complete, replaced.page?.edges.length]).toEqual([
        true,
        truthOf(given.vendor),
      ]);
      expect(replaced.calls).toBeGreaterThan(0);
    });
  });

  test("share nothing that failed", async () => {
    clouds.knobs.faults.add({ vendor: "tencent", effect: { kind: "html" } });
    const first = await read(replica());
    expect(first.page.complete).toBe(false);
    clouds.knobs.faults.clear();
    const second = await read(replica());
    expect([second.page.complete, second.ids]).toEqual([true, truth()]);
  });

  test.each([
    { code: "FORBIDDEN", vendorCode: "Forbidden.RAM", status: 403 },
    { code: "NOT_FOUND", vendorCode: "InvalidInstanceId.NotFound", status: 404 },
  ])(
    "make each call that is refused with $code once within `ttl`",
    steadily(async (refused) => {
      const { code, vendorCode, status } = refused;
      let ahead = 0;
      const clock = server.clock(() => ahead);
      const effect = { kind: "vendorError" as const, code: vendorCode, status };
      clouds.knobs.faults.add({ vendor: "alibaba", action: "DescribeBackups", effect });
      const asked = () => clouds.calls.count({ action: "DescribeBackups" });
      const others = clouds.estate.truth().filter((row) => row.provider !== "demo-alibaba/kvstore");
      const expectRefused = async (one: ReturnType<typeof replica>, calls: number) => {
        const { page, ids } = await read(one);
        expect(ids).toEqual(others.map(({ nativeId }) => nativeId).sort());
        const issues = page.issues.map((issue) => [issue.code, issue.vendorCode, issue.count]);
        // One for each region.
        expect(issues).toEqual([
          [code, vendorCode, 3],
          [code, vendorCode, 3],
        ]);
        expect(asked()).toBe(calls);
      };
      const [one, two] = [replica(clock), replica(clock)];
      await expectRefused(one, 6);
      await expectRefused(two, 6);
      await expectRefused(replica(clock), 6);
      ahead = 31_000;
      await expectRefused(two, 12);
      await expectRefused(one, 12);
      clouds.knobs.faults.clear();
      ahead = 62_000;
      const { page, ids } = await read(one);
      expect([page.complete, ids]).toEqual([true, truth()]);
    }),
  );

  test("put nothing on the server with a ttl of 0", async () => {
    await read(replica({ settings: UNCACHED }));
    expect(await server.inspector.keys("backups:value:*")).toEqual([]);
  });

  test("read by themselves what garbage has replaced", async () => {
    await read(replica());
    const asked = clouds.calls.count();
    for (const key of await server.inspector.keys("backups:value:*"))
      await server.inspector.set(key, '1.AAAAAAAAAAAAAAAAAAAAAA.t{"rows":[{"id":"forged"}]}');
    const second = await read(replica());
    expect([second.page.complete, second.ids]).toEqual([true, truth()]);
    expect(clouds.calls.count()).toBe(2 * asked);
  });

  test(
    "show as STALE what another read before the vendors failed",
    steadily(async () => {
      let ahead = 0;
      const clock = server.clock(() => ahead);
      await read(replica(clock));
      ahead = 31_000;
      for (const vendor of ["ucloud", "tencent", "alibaba"] as const)
        clouds.knobs.faults.add({ vendor, effect: { kind: "status", status: 500 } });
      const { page, ids } = await read(replica(clock));
      expect(ids.length).toBeGreaterThan(0);
      expect(page.complete).toBe(false);
      const stale = page.issues.filter(({ code }) => code === "STALE");
      expect(stale.every(({ asOf }) => asOf !== null && asOf < clock.now())).toBe(true);
    }),
  );

  test.each([
    { what: "killed", end: () => server.kill(), back: () => server.revive() },
    {
      what: "frozen",
      end: async () => server.freeze(),
      back: async () => server.thaw(),
    },
  ])("answer correctly and without an error while the server is $what", async ({ end, back }) => {
    let calls = 0;
    let ended: Promise<void> | null = null;
    clouds.knobs.hook = () => {
      calls += 1;
      if (calls === 5) ended = end();
    };
    const replicas = [replica(), replica(), replica()];
    const answers = await Promise.all(replicas.map(read));
    await ended;
    for (const { page, ids } of answers)
      expect([page.complete, page.issues, ids]).toEqual([true, [], truth()]);
    for (const { states } of replicas) expect(states.at(-1)).toBe("lost");
    const fresh = await read(replica());
    expect([fresh.page.complete, fresh.ids]).toEqual([true, truth()]);
    await back();
  });

  test("answer correctly if there never was a server", async () => {
    const { gateway, states } = replica({ cacheUrl: "redis://127.0.0.1:1" });
    const { page, ids } = await read({ gateway });
    expect([page.complete, ids]).toEqual([true, truth()]);
    expect(states).toEqual(["lost"]);
  });

  test(
    "put no credential, no link, and no name of an account or backup on the server",
    steadily(async () => {
      const one = replica();
      const { page, ids } = await read(one);
      const reads = readsOf(one.gateway);
      const links = await Promise.all(page.edges.map(({ node }) => reads.downloads(node)));
      const urls = links.flat().map(({ url }) => url);
      expect(urls.length).toBeGreaterThan(0);
      const signatures = urls.flatMap((url) => [...new URL(url).searchParams.values()]);
      const secrets = [
        ...clouds.accounts.flatMap(secretsOf),
        ...urls,
        ...signatures.filter(({ length }) => length >= 8),
        Buffer.alloc(32, 7).toString("base64"),
      ];
      const opened = await server.dump(new Seal([Buffer.alloc(32, 7)], ownVersion()));
      expect([...opened.values()].some((text) => text.includes(ids[0] as string))).toBe(true);
      for (const [key, text] of opened) {
        for (const secret of secrets) expect(`${key} ${text}`).not.toContain(secret);
        expect(text).not.toMatch(/https?:\/\//);
      }
      const dump = await server.dump();
      expect([...dump.keys()].some((key) => key.startsWith("backups:value:"))).toBe(true);
      for (const [key, value] of dump) {
        for (const { id } of clouds.accounts) expect(`${key} ${value}`).not.toContain(id);
        for (const id of ids) expect(`${key} ${value}`).not.toContain(id);
      }
    }),
  );
});

const DEMO_EMPTY = {
  accessKeyId: "",
  secretAccessKey: "",
  accessKeySecret: "",
  sessionToken: null,
  securityToken: null,
};

const secretsOf = ({ credentials }: Account): string[] =>
  Object.values(credentials).filter((value): value is string => typeof value === "string");
