import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Gateway, GatewayParts } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { CLOUD_PRODUCTS } from "../../src/clouds/estate/regions.js";
import type { AlibabaInstance } from "../../src/clouds/estate/types.js";
import type { Instance } from "../../src/domain/instance.js";
import { ANYONE } from "../../src/domain/principal.js";
import { EVERY_BACKUP } from "../../src/domain/filter.js";
import { BoundedOperation } from "../../src/listing/operation.js";
import { Planner } from "../../src/engine/planner.js";
import type { ProviderRuntime } from "../../src/providers/provider.js";
import type { Dated } from "../../src/index/readThrough.js";
import type { InstanceList } from "../../src/providers/instanceList.js";
import type { EngineSettings } from "../../src/index/sliceStore.js";
import { entitiesOf } from "../graphql/federation/entity.js";
import { askGateway } from "./askGateway.js";
import { answerAtOnce, askedOf, leastByAction, sumOf } from "./callsLeast.js";
import { BACKUPS, gatewayOver, inOneRegion, readsOf } from "./gateway.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

const UNBOUNDED = { deadline: Number.MAX_SAFE_INTEGER, vendorCalls: 1000 };
const SIZE = { instances: 4, backupsEach: 3 };
/** One for each product, and one more for the groups and the clusters of ElastiCache. */
const INSTANCE_CALLS = CLOUD_PRODUCTS.length + 1;
const SETTINGS: EngineSettings = {
  ttlMs: 30_000,
  // A round that waits for another one's calls fails, and nothing stands in for it.
  staleIfErrorMs: 0,
  scanRows: 20_000,
  cacheRows: 200_000,
};
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let clouds: Clouds;
let ahead = 0;
const now = (): number => MOMENT + ahead;
const open: Gateway[] = [];
beforeEach(async () => {
  ahead = 0;
  clouds = await startStillClouds({
    now,
    estate: { ...SIZE, regions: 1 },
    // Longer than a test: one that waits for what it should not never ends.
    upstream: { retries: 0, rate: 10_000, concurrency: 64, timeoutMs: 120_000 },
  });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.close()));
  await clouds.close();
});

/** A gateway that has read nothing. */
function start(parts: Partial<GatewayParts> = {}): Gateway {
  const gateway = gatewayOver(clouds, {
    accounts: inOneRegion(clouds),
    now,
    settings: SETTINGS,
    ...parts,
  });
  open.push(gateway);
  return gateway;
}

/** Nothing that was read before is fresh any more. */
function expire(): void {
  ahead += 60_000;
  clouds.calls.reset();
}

/** A gateway that has read all, and for which it is not fresh any more. */
async function begin(
  settings: Partial<EngineSettings> = {},
  parts: Partial<GatewayParts> = {},
): Promise<Gateway> {
  const gateway = start({ settings: { ...SETTINGS, ...settings }, ...parts });
  await askGateway(gateway, EVERYTHING);
  expire();
  return gateway;
}

const EVERYTHING = `{ instances(first: 200) { nodes { id backups(first: 50) { nodes { id } } } } }`;

const pageOf = (gateway: Gateway, more: object = {}) =>
  readsOf(gateway).backups({ ...BACKUPS, page: wanted({ first: 100 }), ...more });

/** The calls for lists of backups, by action. */
const backupCalls = (): Record<string, number> =>
  Object.fromEntries(
    Object.entries(askedOf(clouds)).filter(([action]) => action in leastByAction(SIZE)),
  );

/** The same as they should be where instances are listed too: those of a bucket have the same action. */
const leastWithInstances = (): Record<string, number> => {
  const least = leastByAction(SIZE);
  return { ...least, ListObjectsV2: (least["ListObjectsV2"] ?? 0) + 1 };
};

const allCalls = (): number => sumOf(clouds.calls.counts());

/** The global ids of instances. */
async function idsOf(gateway: Gateway, filter: string): Promise<readonly string[]> {
  const query = `{ instances(filter: { ${filter} }) { nodes { id } } }`;
  const { data } = await askGateway(gateway, query);
  return (data as { instances: { nodes: { id: string }[] } }).instances.nodes.map(({ id }) => id);
}

const alibabaInstances = () => clouds.estate.instances("ALIBABA_KVSTORE", "cn-hangzhou");

describe("while instances are listed again", () => {
  test("a merged page is read in one round of calls", async () => {
    const gateway = await begin();
    // Regions that are read as a whole need no list of instances.
    const narrow = 2;
    answerAtOnce(clouds, narrow + sumOf(leastByAction(SIZE)));
    const page = await pageOf(gateway);
    expect([page.complete, page.edges.length]).toEqual([true, CLOUD_PRODUCTS.length * 4 * 3]);
    expect(backupCalls()).toEqual(leastByAction(SIZE));
  });

  test.each([
    "nodes { backups(first: 5) { nodes { id } } }",
    "edges { node { backups(first: 5) { nodes { id } } } }",
    "... @include(if: true) { nodes { ... on Node { ... on Instance { backups { complete } } } } }",
    "nodes { latestBackup { id } }",
    'nodes { coverage(rpo: "P1D") { state } }',
    "nodes { a: backups(first: 5) { nodes { id } } b: backups(first: 1, filter: { statuses: [FAILED] }) { nodes { id } } }",
    "a: nodes { id } b: nodes { latestBackup { id } }",
  ])("lists of each instance are read in the same round: %s", async (selection) => {
    const gateway = await begin();
    answerAtOnce(clouds, INSTANCE_CALLS + sumOf(leastByAction(SIZE)));
    await askGateway(gateway, `{ instances(first: 200) { ${selection} } }`);
    expect(backupCalls()).toEqual(leastWithInstances());
  });

  test("a provider's lists are", async () => {
    const gateway = await begin();
    answerAtOnce(clouds, 1 + SIZE.instances);
    await askGateway(
      gateway,
      `{ provider(key: "demo-alibaba/kvstore") { instances { nodes { latestBackup { id } } } } }`,
    );
    expect(backupCalls()).toEqual({ DescribeBackups: SIZE.instances });
  });

  test.each([
    (id: string) => `instance(id: "${id}") { backups(first: 5) { complete } }`,
    (id: string) => `node(id: "${id}") { id ... on Instance { latestBackup { id } } }`,
    (id: string) => `nodes(ids: ["${id}"]) { ... on Instance { backups { complete } } }`,
  ])("so are those of one instance: %s", async (query) => {
    const gateway = await begin();
    const [id = ""] = await idsOf(gateway, "vendors: [ALIBABA]");
    expire();
    answerAtOnce(clouds, 2);
    await askGateway(gateway, `{ ${query(id)} }`);
    expect(backupCalls()).toEqual({ DescribeBackups: 1 });
  });

  test.each(["id", "nativeId"])("so are those of entities by their %s", async (key) => {
    const gateway = await begin();
    const ids = await idsOf(gateway, "vendors: [ALIBABA]");
    const place = { vendor: "ALIBABA", region: "cn-hangzhou" };
    const representations =
      key === "id"
        ? ids.map((id) => ({ __typename: "Instance", id }))
        : alibabaInstances().map(({ nativeId }) => ({
            __typename: "Instance",
            ...place,
            nativeId,
          }));
    expire();
    answerAtOnce(clouds, 1 + SIZE.instances);
    const selection = "... on Instance { latestBackup { id } }";
    const { errors } = await entitiesOf(readsOf(gateway), representations, selection);
    expect([errors, backupCalls()]).toEqual([[], { DescribeBackups: SIZE.instances }]);
  });

  test("the coverage of all is read in the same round", async () => {
    const gateway = await begin();
    answerAtOnce(clouds, INSTANCE_CALLS + sumOf(leastByAction(SIZE)));
    const { data } = await askGateway(
      gateway,
      `{ coverage(rpo: "P1D") { protectedCount unknownCount } }`,
    );
    expect(data).toEqual({
      coverage: { protectedCount: CLOUD_PRODUCTS.length * 4, unknownCount: 0 },
    });
  });

  test("what was asked early counts as asked and not as found", async () => {
    const gateway = await begin();
    const { calls } = await askGateway(gateway, EVERYTHING);
    // The instances of a bucket have the action of its backups, and are found more than once.
    const ofBackups = calls.filter(
      ({ action }) => action in leastByAction(SIZE) && action !== "ListObjectsV2",
    );
    expect(ofBackups.map(({ cached }) => cached)).toEqual(CLOUD_PRODUCTS.slice(1).map(() => 0));
  });
});

describe("nothing is asked early", () => {
  /** Lists of Alibaba's instances that a query asks. */
  async function asked(query: string, gateway?: Gateway): Promise<number> {
    await askGateway(gateway ?? (await begin()), query);
    return askedOf(clouds)["DescribeBackups"] ?? 0;
  }

  const ALIBABA = "filter: { vendors: [ALIBABA] }";

  test.each([
    ["that is not selected", `nodes { id }`, 0],
    ["that is skipped", `nodes { id backups @skip(if: true) { nodes { id } } }`, 0],
    ["that is left out", `nodes { id ... @include(if: false) { latestBackup { id } } }`, 0],
    ["of no rows", `nodes { backups(first: 0) { complete } }`, 0],
    ["of another vendor", `nodes { backups(filter: { vendors: [TENCENT] }) { complete } }`, 0],
  ])("%s", async (_, selection, calls) => {
    expect(await asked(`{ instances(${ALIBABA}) { ${selection} } }`)).toBe(calls);
  });

  test("of instances beyond the page", async () => {
    const list = `instances(first: 2, ${ALIBABA}) { nodes { latestBackup { id } } }`;
    expect(await asked(`{ ${list} }`)).toBe(2);
  });

  test("of instances that the filter does not leave", async () => {
    const [{ nativeId } = { nativeId: "" }] = alibabaInstances();
    const list = `instances(filter: { nativeIds: ["${nativeId}"] }) { nodes { latestBackup { id } } }`;
    expect(await asked(`{ ${list} }`)).toBe(1);
  });

  test("of one instance that a list of backups is about", async () => {
    const gateway = await begin();
    const [first = ""] = await idsOf(gateway, "vendors: [ALIBABA]");
    expire();
    const filter = { ...EVERY_BACKUP, instanceIds: [first] };
    answerAtOnce(clouds, 2);
    const page = await pageOf(gateway, { filter });
    expect(page.edges).toHaveLength(SIZE.backupsEach);
    expect(askedOf(clouds)["DescribeBackups"]).toBe(1);
  });

  test("of instances that a list of each does not show", async () => {
    const gateway = await begin();
    const [first] = await idsOf(gateway, "vendors: [ALIBABA]");
    expire();
    const own = `backups(filter: { instanceIds: ["${first}"] }) { complete }`;
    expect(await asked(`{ instances(${ALIBABA}) { nodes { ${own} } } }`, gateway)).toBe(1);
  });

  test("of instances behind a list that was not read before", async () => {
    const gateway = start();
    await askGateway(gateway, `{ instances(filter: { vendors: [TENCENT] }) { nodes { id } } }`);
    expire();
    await askGateway(
      gateway,
      `{ instances(first: 2) { nodes { provider { key } latestBackup { id } } } }`,
    );
    // The instances of the bucket are listed with those of the other vendors.
    expect(backupCalls()).toEqual({ DescribeBackups: 2, ListObjectsV2: 1 });
  });

  test("beyond the beginning of a list", async () => {
    const accounts = inOneRegion(clouds).map((account) => ({ ...account, lookbackMs: 2 * DAY }));
    const gateway = await begin({}, { accounts });
    const list = `instances(${ALIBABA}) { nodes { latestBackup(status: FAILED) { id } } }`;
    expect(await asked(`{ ${list} }`, gateway)).toBe(SIZE.instances);
  });

  test("of instances that were listed an hour ago", async () => {
    const gateway = await begin();
    for (const { nativeId } of alibabaInstances())
      clouds.estate.deleteInstance("ALIBABA_KVSTORE", nativeId);
    ahead += HOUR;
    const list = `instances(${ALIBABA}) { nodes { latestBackup { id } } }`;
    expect(await asked(`{ ${list} }`, gateway)).toBe(0);
  });
});

describe("the new list decides", () => {
  const ALIBABA = { ...EVERY_BACKUP, vendors: ["ALIBABA"] as const };

  test("an instance that has gone costs a call and is not shown", async () => {
    const gateway = await begin();
    const [gone] = alibabaInstances();
    clouds.estate.deleteInstance("ALIBABA_KVSTORE", gone?.nativeId ?? "");
    const page = await pageOf(gateway, { filter: ALIBABA });
    expect([page.complete, page.edges.length]).toEqual([true, 3 * 3]);
    expect(clouds.calls.counts()).toEqual({
      "alibaba DescribeInstances": 1,
      "alibaba DescribeBackups": 4,
    });
    expire();
    await pageOf(gateway, { filter: ALIBABA });
    expect(askedOf(clouds)["DescribeBackups"]).toBe(3);
  });

  test("an instance that has gone is not waited for", async () => {
    const gateway = await begin();
    const [{ nativeId } = { nativeId: "" }] = alibabaInstances();
    clouds.estate.deleteInstance("ALIBABA_KVSTORE", nativeId);
    clouds.knobs.faults.add({ vendor: "alibaba", instance: nativeId, effect: { kind: "hang" } });
    const page = await pageOf(gateway, { filter: ALIBABA });
    expect([page.complete, page.edges.length]).toEqual([true, 3 * 3]);
    expect(askedOf(clouds)["DescribeBackups"]).toBe(4);
  });

  test("an instance that the vendor does not know is looked for in the list that is read just then", async () => {
    const { engine } = await begin();
    const [gone] = alibabaInstances();
    const runtime = engine.providers.get("demo-alibaba/kvstore") as ProviderRuntime;
    const region = { id: "cn-hangzhou", endpoint: null };
    const known = runtime.instanceList(region).peek({ notBefore: 0 })?.value.byNativeId;
    const instance = known?.get(gone?.nativeId ?? "") as Instance;
    clouds.estate.deleteInstance("ALIBABA_KVSTORE", instance.nativeId);
    const operation = new BoundedOperation({ ...UNBOUNDED, signal: new AbortController().signal });
    const freshness = { notBefore: now() };
    const walkStart = now();
    const question = { instant: Infinity, direction: "newestFirst", freshness, walkStart } as const;
    const listing = runtime.instanceList(region).read(freshness, operation);
    const source = engine.source({ runtime, region }, instance);
    const [reading] = new Planner(engine).read([{ source, question }], operation);
    const listed = (await listing) as Dated<InstanceList>;
    expect([await reading, listed.value.instances]).toMatchObject([{ rows: [] }, [{}, {}, {}]]);
    expect(askedOf(clouds)).toEqual({ DescribeInstances: 1, DescribeBackups: 1 });
  });

  test("an instance that has come is shown", async () => {
    const gateway = await begin();
    const [known] = alibabaInstances() as [AlibabaInstance];
    const nativeId = "r-bp1new";
    clouds.estate.insertInstance({ ...known, nativeId });
    clouds.estate.insertBackup({
      product: "ALIBABA_KVSTORE",
      instanceNativeId: nativeId,
      startedAt: Math.floor(now() / 1000) * 1000 - HOUR,
    });
    const page = await pageOf(gateway, { filter: ALIBABA });
    expect([page.complete, page.edges.length]).toEqual([true, 4 * 3 + 1]);
    expect(page.edges[0]?.node.instanceNativeId).toBe(nativeId);
  });

  test("an instance that has grown shards is read as one that has", async () => {
    const startedAt = Math.floor(now() / 1000) * 1000 - 8 * HOUR;
    const [plain] = alibabaInstances() as [AlibabaInstance];
    const cluster = { ...plain, nativeId: "r-bp1cluster", architecture: "cluster" } as const;
    const put = (shardCount: number): void => {
      clouds.estate.insertInstance({ ...cluster, shardCount });
      for (const node of [0, 1])
        clouds.estate.insertBackup({
          product: "ALIBABA_KVSTORE",
          instanceNativeId: cluster.nativeId,
          nativeId: String(900 + node),
          startedAt,
          shard: `${cluster.nativeId}-db-${node}`,
        });
    };
    const statusOf = async (gateway: Gateway) =>
      (await pageOf(gateway, { filter: ALIBABA })).edges.find(
        ({ node }) => node.instanceNativeId === cluster.nativeId,
      )?.node.status;
    put(2);
    const gateway = await begin();
    expect(await statusOf(gateway)).toBe("SUCCEEDED");
    put(3);
    ahead += 60_000;
    expect(await statusOf(gateway)).toBe("FAILED");
  });

  test("instances that cannot be listed are not shown by what is known of them", async () => {
    const gateway = await begin();
    fail("DescribeInstances");
    const page = await pageOf(gateway, { filter: ALIBABA });
    expect([page.complete, page.edges.length]).toEqual([false, 0]);
    expect(page.issues).toMatchObject([{ code: "UNAVAILABLE", instanceNativeId: null }]);
  });
});

const fail = (action: string): string =>
  clouds.knobs.faults.add({ vendor: "alibaba", action, effect: { kind: "status", status: 500 } });

describe("while instances cannot be listed, the lists of those that are known", () => {
  const FILTER = { ...EVERY_BACKUP, vendors: ["ALIBABA"] as const };

  /** Lists of backups that one more page asks; some calls may still be on their way when it is there. */
  async function asked(gateway: Gateway, vendorCalls = 1000): Promise<number> {
    expire();
    const signal = new AbortController().signal;
    const reads = gateway.open(ANYONE, { signal, deadline: now() + HOUR, vendorCalls });
    await reads.backups({ ...BACKUPS, filter: FILTER });
    return reads.calls().find(({ action }) => action === "DescribeBackups")?.count ?? 0;
  }

  test("are asked once, and not again until they can", async () => {
    const gateway = await begin();
    const fault = fail("DescribeInstances");
    expect(await asked(gateway)).toBe(4);
    // Their answers say that the account is well.
    await expect.poll(() => gateway.http.state("demo-alibaba").isFailing).toBe(false);
    expect(await asked(gateway)).toBe(0);
    clouds.knobs.faults.clear(fault);
    expect([await asked(gateway), await asked(gateway)]).toEqual([4, 4]);
    fail("DescribeInstances");
    expect(await asked(gateway)).toBe(4);
  });

  test("open no breaker when they fail", async () => {
    const gateway = await begin();
    clouds.knobs.faults.add({ vendor: "alibaba", effect: { kind: "status", status: 503 } });
    for (let i = 0; i < 3; i += 1) await asked(gateway);
    expect(gateway.http.health("demo-alibaba")).toMatchObject({
      breaker: "closed",
      isFailing: true,
    });
    clouds.knobs.faults.clear();
    expect(await asked(gateway)).toBe(4);
  });

  test("are not asked where what was asked last had failed", async () => {
    const gateway = await begin();
    fail("DescribeBackups");
    expect(await asked(gateway)).toBe(4);
    fail("DescribeInstances");
    expect(await asked(gateway)).toBe(0);
  });

  test.each([
    { vendorCalls: 9, early: 4 },
    { vendorCalls: 7, early: 0 },
  ])("take no more than half of an operation's calls: %j", async ({ vendorCalls, early }) => {
    const gateway = await begin();
    fail("DescribeInstances");
    expect(await asked(gateway, vendorCalls)).toBe(early);
  });
});

describe("where nothing is kept", () => {
  const NOTHING = { ttlMs: 0 };
  const calls = INSTANCE_CALLS + sumOf(leastByAction(SIZE));

  test("one round of calls answers an operation that is alone", async () => {
    const gateway = await begin(NOTHING);
    answerAtOnce(clouds, calls);
    await askGateway(gateway, EVERYTHING);
    expect(allCalls()).toBe(calls);
  });

  test("operations that come together share calls instead, until a second has passed", async () => {
    const gateway = await begin(NOTHING);
    await Promise.all([askGateway(gateway, EVERYTHING), askGateway(gateway, EVERYTHING)]);
    ahead += 1;
    clouds.calls.reset();
    const begun = new Promise<void>((resolve) => (clouds.knobs.hook = () => resolve()));
    const first = askGateway(gateway, EVERYTHING);
    await begun;
    // The calls that have begun do not answer an operation that begins now.
    ahead += 1;
    await Promise.all([first, askGateway(gateway, EVERYTHING)]);
    expect(allCalls()).toBeLessThanOrEqual(calls + INSTANCE_CALLS);
    ahead += 2_000;
    clouds.calls.reset();
    answerAtOnce(clouds, calls);
    await askGateway(gateway, EVERYTHING);
    expect(allCalls()).toBe(calls);
  });
});
