import { request } from "undici";
import { onTestFinished, describe, expect, test } from "vitest";
import type { Gateway, GatewayParts } from "../../src/app.js";
import type { Clouds, CloudsOptions } from "../../src/clouds/clouds.js";
import type { S3Account, S3Bucket } from "../../src/domain/account.js";
import type { Backup } from "../../src/domain/backup.js";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import { ANYONE } from "../../src/domain/principal.js";
import { BACKUPS, gatewayOver, readsOf, walkPages } from "./gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

const HOUR = 3_600_000;
const PRODUCT = "S3_RDB";

interface Setup {
  readonly clouds: Clouds;
  readonly gateway: Gateway;
}

/** A gateway over the account of S3 alone. */
async function start(
  options: CloudsOptions = {},
  account: Partial<S3Account> = {},
  parts: Partial<GatewayParts> = {},
): Promise<Setup> {
  const clouds = await startStillClouds(options);
  onTestFinished(() => clouds.close());
  const gateway = gatewayOver(clouds, {
    accounts: [{ ...accountOf(clouds), ...account }],
    ...parts,
  });
  onTestFinished(() => gateway.close());
  return { clouds, gateway };
}

function accountOf({ accounts }: Clouds): S3Account {
  const account = accounts.find(({ vendor }) => vendor === "s3") as S3Account;
  return { ...account, upstream: { ...account.upstream, rate: 10_000 } };
}

const factOf = (row: {
  instanceNativeId: string;
  nativeId: string;
  startedAt: number;
  status: string;
  sizeBytes: number | null;
  shardCount: number | null;
}) =>
  [
    row.startedAt,
    row.instanceNativeId,
    row.nativeId,
    row.status,
    row.sizeBytes,
    row.shardCount,
  ].join(" ");

const truthOf = ({ estate }: Clouds): string[] =>
  estate
    .truth()
    .filter(({ product }) => product === PRODUCT)
    .map(factOf)
    .sort();

const walk = async (
  gateway: Gateway,
  way: { size: number; backwards?: boolean },
): Promise<Backup[]> => {
  const pages = await walkPages(gateway, {}, way);
  expect(pages.flatMap(({ issues }) => issues)).toEqual([]);
  return pages.flatMap(({ edges }) => edges.map(({ node }) => node));
};

const instancesOf = async (gateway: Gateway) => {
  const query = {
    parent: { type: "Query" },
    page: wanted({ first: 200 }),
    filter: EVERY_INSTANCE,
  } as const;
  const list = await readsOf(gateway).instances({ ...query, onSourceError: "PARTIAL" });
  expect(list.issues).toEqual([]);
  return list.edges.map(({ node }) => node);
};

const backupsOf = async (gateway: Gateway, nativeId: string, first = 200) => {
  const instance = (await instancesOf(gateway)).find((one) => one.nativeId === nativeId);
  if (instance === undefined) throw new Error(`No instance ${nativeId}.`);
  const query = { ...BACKUPS, parent: { type: "Instance", instance } as const };
  return readsOf(gateway).backups({ ...query, page: wanted({ first }) });
};

describe.each(["aws", "minio", "ceph"] as const)("the buckets of the demo in %s", (store) => {
  test.each([{ size: 200 }, { size: 7, backwards: true }])(
    "give exactly the truth: %j",
    async (way) => {
      const { clouds, gateway } = await start();
      clouds.knobs.set("s3", { store });
      const rows = await walk(gateway, way);
      expect(rows.map(factOf).sort()).toEqual(truthOf(clouds));
    },
  );

  test("give exactly the truth one instance at a time, with short pages", async () => {
    const { clouds, gateway } = await start(
      {},
      {},
      {
        settings: { ttlMs: 30_000, staleIfErrorMs: 0, scanRows: 200, cacheRows: 200_000 },
      },
    );
    clouds.knobs.set("s3", { store, pageCap: 90 });
    const names = (await instancesOf(gateway)).map(({ nativeId }) => nativeId);
    expect(names).toContain("rate limits & quotas");
    expect(names).not.toContain("README.md");
    for (const name of names.filter((one) => one !== "ticker")) {
      const { edges, issues } = await backupsOf(gateway, name);
      expect(issues).toEqual([]);
      const truth = clouds.estate
        .truth()
        .filter((one) => one.product === PRODUCT && one.instanceNativeId === name);
      expect(edges.map(({ node }) => factOf(node)).sort()).toEqual(truth.map(factOf).sort());
    }
  });
});

test("a bucket in the host is read as one in the path", async () => {
  const { clouds } = await start();
  const account = accountOf(clouds);
  const buckets = account.buckets.map((bucket): S3Bucket => ({ ...bucket, addressing: "virtual" }));
  const endpoint = clouds.endpoints.s3.replace("127.0.0.1", "localhost");
  const asked: string[] = [];
  const gateway = gatewayOver(clouds, {
    accounts: [{ ...account, buckets, endpoint }],
    // Names below localhost do not resolve everywhere.
    transport: {
      send: async ({ url, headers }) => {
        const { host, port, pathname, search } = new URL(url);
        asked.push(host);
        const answer = await request(`http://127.0.0.1:${port}${pathname}${search}`, {
          headers: { ...headers, host },
        });
        return { status: answer.statusCode, headers: {}, body: await answer.body.text() };
      },
      forget: () => undefined,
      close: async () => undefined,
    },
  });
  onTestFinished(() => gateway.close());
  expect((await walk(gateway, { size: 200 })).map(factOf).sort()).toEqual(truthOf(clouds));
  expect(new Set(asked.map((host) => host.split(":")[0]))).toEqual(
    new Set(["redis-dumps.localhost", "redis-clusters.localhost", "redis-exports.localhost"]),
  );
});

describe("an instance with more objects than limits.scanRows", () => {
  const begin = () =>
    start(
      // A backup a day, so that some are older than clouds keep any.
      { estate: { instances: 1, backupsEach: 3_500 } },
      {},
      {
        settings: { ttlMs: 30_000, staleIfErrorMs: 0, scanRows: 2_000, cacheRows: 200_000 },
      },
    );

  test.each([{ size: 200 }, { size: 200, backwards: true }])(
    "is read window by window: %j",
    async (way) => {
      const { clouds, gateway } = await begin();
      expect((await walk(gateway, way)).map(factOf).sort()).toEqual(truthOf(clouds));
      // Some calls find out that neither the bucket nor the instance can be read whole.
      expect(clouds.calls.count({ vendor: "s3" })).toBeLessThan(30);
    },
  );

  test("is judged by its newest backup", async () => {
    const { gateway } = await begin();
    const { entries, complete } = await readsOf(gateway).coverage(48 * HOUR, EVERY_INSTANCE);
    expect(entries.map(({ coverage }) => coverage.state)).toEqual(["PROTECTED"]);
    expect(complete).toBe(true);
  });
});

describe("calls", () => {
  const asked = (clouds: Clouds) => clouds.calls.count({ vendor: "s3" });

  test("one for a thousand objects, whatever the number of instances", async () => {
    const { clouds, gateway } = await start({ estate: { instances: 90, backupsEach: 11 } });
    expect(await walk(gateway, { size: 100 })).toHaveLength(990);
    expect(asked(clouds)).toBe(1);
  });

  test("one for a page of one instance, whatever the bucket holds", async () => {
    const { clouds, gateway } = await start({ estate: { instances: 3, backupsEach: 2_500 } });
    await instancesOf(gateway);
    clouds.calls.reset();
    const page = await backupsOf(gateway, "rdb-00000001", 50);
    expect([page.complete, page.edges.length]).toEqual([true, 50]);
    // Whether the list fits a page is asked first, then its newest window.
    expect(asked(clouds)).toBe(2);
  });

  test("none for links, which open", async () => {
    const { clouds, gateway } = await start();
    const page = await backupsOf(gateway, "café+bar");
    clouds.calls.reset();
    const [row] = page.edges.map(({ node }) => node);
    const [link, ...more] = await readsOf(gateway).downloads(row as Backup);
    expect(asked(clouds)).toBe(0);
    expect(more).toEqual([]);
    const answer = await request(link?.url ?? "");
    expect(answer.statusCode).toBe(200);
    expect(await answer.body.text()).toContain("REDIS0011");
    const forged = await request((link?.url ?? "").replace("Expires=900", "Expires=901"));
    expect(forged.statusCode).toBe(403);
    await forged.body.dump();
  });
});

test.each(["", "<html><body>Moved</body></html>"])(
  "a redirect whose header names another region says so, whatever its body is: %j",
  async (body) => {
    const transport: GatewayParts["transport"] = {
      send: async () => ({ status: 301, headers: { "x-amz-bucket-region": "us-west-2" }, body }),
      forget: () => undefined,
      close: async () => undefined,
    };
    const { gateway } = await start({}, {}, { transport });
    const { issues } = await readsOf(gateway).backups({ ...BACKUPS, page: wanted({}) });
    expect(issues.map(({ code }) => code)).toEqual(["NOT_FOUND"]);
    expect(issues[0]?.message).toContain("is in the region us-west-2.");
  },
);

describe("links", () => {
  test("expire no later than the credentials that signed them", async () => {
    const clouds = await startStillClouds();
    onTestFinished(() => clouds.close());
    const { credentials } = accountOf(clouds);
    const expiringIn = async (lifeMs: number | null): Promise<unknown> => {
      const keys = {
        Version: 1,
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        ...(lifeMs !== null && { Expiration: new Date(MOMENT + lifeMs).toISOString() }),
      };
      const command = ["printf", "%s", JSON.stringify(keys)];
      const credentialSource = { command, environment: [], folder: "." };
      const gateway = gatewayOver(clouds, {
        accounts: [{ ...accountOf(clouds), credentialSource }],
      });
      onTestFinished(() => gateway.close());
      const { edges } = await backupsOf(gateway, "café+bar");
      const links = await readsOf(gateway).downloads(edges[0]?.node as Backup);
      return links.map(({ expiresAt }) => (expiresAt ?? 0) - MOMENT);
    };
    const MINUTE = 60_000;
    expect(await expiringIn(5 * MINUTE)).toEqual([5 * MINUTE]);
    expect(await expiringIn(HOUR)).toEqual([15 * MINUTE]);
    expect(await expiringIn(null)).toEqual([15 * MINUTE]);
  });

  test("are one for each shard, none of archived, empty and incomplete backups", async () => {
    const { gateway } = await start();
    const rows = [
      ...(await backupsOf(gateway, "orders")).edges,
      ...(await backupsOf(gateway, "ledger")).edges,
    ].map(({ node }) => node);
    const reads = readsOf(gateway);
    for (const row of rows) {
      const links = await reads.downloads(row);
      const archived = ["GLACIER", "DEEP_ARCHIVE"].includes(row.vendorStatus);
      const expected = row.status !== "SUCCEEDED" || archived ? 0 : (row.shardCount ?? 1);
      expect([row.nativeId, links.length]).toEqual([row.nativeId, expected]);
      expect(links.map(({ shard }) => shard)).toEqual(
        row.shardCount === null ? links.map(() => null) : links.map((_, shard) => String(shard)),
      );
    }
  });
});

describe("what changes", () => {
  test("while a list is read neither hides nor repeats a backup", async () => {
    const { clouds, gateway } = await start({ estate: { instances: 4, backupsEach: 120 } });
    clouds.knobs.set("s3", { pageCap: 50 });
    const before = new Set(truthOf(clouds));
    let calls = 0;
    const gone: string[] = [];
    clouds.knobs.hook = () => {
      calls += 1;
      const row = clouds.estate.truth().filter(({ product }) => product === PRODUCT)[calls * 7];
      if (row !== undefined && clouds.estate.deleteBackup(row)) gone.push(factOf(row));
      clouds.estate.insertBackup({
        product: PRODUCT,
        instanceNativeId: "rdb-00000002",
        startedAt: MOMENT - calls * 50 * HOUR,
        listedFrom: 0,
      });
    };
    const rows = (await walk(gateway, { size: 60 })).map(factOf);
    expect(calls).toBeGreaterThan(8);
    expect(new Set(rows).size).toBe(rows.length);
    const kept = [...before].filter((fact) => !gone.includes(fact));
    expect(rows.filter((fact) => before.has(fact) && !gone.includes(fact)).sort()).toEqual(kept);
  });

  test("makes a set of shards RUNNING for an hour, then FAILED, under one identity", async () => {
    let ahead = 0;
    const now = () => MOMENT + ahead;
    const clouds = await startStillClouds({ now });
    onTestFinished(() => clouds.close());
    const gateway = gatewayOver(clouds, { accounts: [accountOf(clouds)], now });
    onTestFinished(() => gateway.close());
    const newest = async () => {
      const page = wanted({ first: 20 });
      const bounds = {
        signal: new AbortController().signal,
        deadline: now() + HOUR,
        vendorCalls: 1_000,
      };
      const { edges } = await gateway.open(ANYONE, bounds).backups({ ...BACKUPS, page });
      return edges.map(({ node }) => node).find(({ nativeId }) => nativeId.includes("orders/"));
    };
    const first = await newest();
    expect(first).toMatchObject({ status: "RUNNING", shardCount: 2, finishedAt: null });
    ahead += HOUR;
    const later = await newest();
    expect(later).toMatchObject({ id: first?.id, status: "FAILED", shardCount: 2 });
  });
});

describe("what a bucket shows besides backups", () => {
  test("is counted in a note, and is no issue", async () => {
    const { gateway } = await start();
    await walk(gateway, { size: 200 });
    const reads = readsOf(gateway);
    const [provider] = reads.providers();
    if (provider === undefined) throw new Error("There is no provider.");
    expect(provider).toMatchObject({ key: "demo-s3/rdb", vendor: "S3", product: PRODUCT });
    const { notes, paging, maxPageSize } = await reads.capabilities(provider);
    expect([paging, maxPageSize]).toEqual(["TOKEN", 1_000]);
    expect(notes).toContain("3 keys do not match the template of the bucket, and are left out.");
    expect(notes.join()).toContain("redis-exports have no start");
  });
});

describe("a store that refuses", () => {
  test.each([
    {
      what: "moved the bucket",
      knobs: { movedTo: "us-west-2" },
      code: "NOT_FOUND",
      text: "region us-west-2",
    },
    {
      what: "throttles",
      knobs: { throttle: { perSecond: 0 } },
      code: "THROTTLED",
      text: "throttled",
    },
  ])("because it $what", async ({ knobs, code, text }) => {
    const { clouds, gateway } = await start({ upstream: { retries: 0 } });
    clouds.knobs.set("s3", knobs);
    const { issues, edges } = await readsOf(gateway).backups({
      ...BACKUPS,
      page: wanted({ first: 5 }),
    });
    expect(edges).toEqual([]);
    expect(issues).toMatchObject([{ code, message: expect.stringContaining(text) as string }]);
  });

  test.each([
    {
      what: "the region is wrong",
      account: { region: "eu-west-9" },
      code: "NOT_FOUND",
      text: "region eu-west-1",
    },
    {
      what: "the key is wrong",
      account: { credentials: { accessKeyId: "AKIDx", secretAccessKey: "y", sessionToken: null } },
      code: "UNAUTHENTICATED",
      text: "does not know the account's key",
    },
  ])("because $what", async ({ account, code, text }) => {
    const { gateway } = await start({}, account);
    const { issues } = await readsOf(gateway).backups({
      ...BACKUPS,
      page: wanted({ first: 5 }),
    });
    expect(issues).toMatchObject([{ code, message: expect.stringContaining(text) as string }]);
  });

  test("one of several buckets makes the list fail, and is named", async () => {
    const { clouds } = await start();
    const account = accountOf(clouds);
    const buckets = [...account.buckets, { ...(account.buckets[0] as S3Bucket), name: "missing" }];
    const gateway = gatewayOver(clouds, { accounts: [{ ...account, buckets }] });
    onTestFinished(() => gateway.close());
    const { issues } = await readsOf(gateway).backups({
      ...BACKUPS,
      page: wanted({ first: 5 }),
    });
    expect(issues).toMatchObject([
      { code: "NOT_FOUND", message: expect.stringContaining("missing") as string },
    ]);
  });
});
