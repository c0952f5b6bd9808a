import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EVERY_INSTANCE, EVERY_BACKUP } from "../../src/domain/filter.js";
import type { CoverageOrder } from "../../src/domain/coverage.js";
import type { AccountHealth } from "../../src/domain/observation.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import type { Provider, ProviderHealth } from "../../src/domain/provider.js";
import type { Reads } from "../../src/domain/reads.js";
import type { Connection, SourceIssue, WantedPage } from "../../src/domain/connection.js";
import { EngineReads } from "../../src/lists/reads.js";
import { BACKUPS, gatewayOver, readsOf, UNCACHED } from "../estate/gateway.js";
import { MOMENT, startClock, startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

const PROVIDER: Provider = {
  key: "ops/umem",
  vendor: "UCLOUD",
  product: "UCLOUD_UMEM",
  account: "ops",
};

/** A provider's health, by what is known of its account. */
function healthOf(known: Partial<AccountHealth>): Promise<ProviderHealth> {
  const health: AccountHealth = {
    breaker: "closed",
    lastSuccessAt: null,
    lastFailure: null,
    isFailing: false,
    callsLeft: null,
    ...known,
  };
  const asked = (account: string) => {
    expect(account).toBe("ops");
    return health;
  };
  const context = {
    providers: new Map([[PROVIDER.key, { account: { id: "ops" } }]]),
    parts: { engine: { ports: { http: { health: asked } } } },
    settled: async () => undefined,
  };
  return new EngineReads(context as never).health(PROVIDER);
}

describe("a provider's health", () => {
  test.each<[string, Partial<AccountHealth>, ProviderHealth["state"]]>([
    ["nothing was asked yet", {}, "UNKNOWN"],
    ["the last call succeeded", { lastSuccessAt: 2, lastFailure: "TIMEOUT" }, "HEALTHY"],
    ["the last call failed", { lastSuccessAt: 1, isFailing: true }, "DEGRADED"],
    ["every call failed", { isFailing: true }, "DEGRADED"],
    ["the breaker is open", { lastSuccessAt: 2, breaker: "open" }, "DOWN"],
    ["the breaker lets one find out", { lastSuccessAt: 2, breaker: "halfOpen" }, "DEGRADED"],
  ])("where %s, %o, is %s", async (_, known, state) => {
    expect((await healthOf(known)).state).toBe(state);
  });

  test("shows the last success, the last issue and the calls left", async () => {
    const known = { lastSuccessAt: 5, lastFailure: "THROTTLED", callsLeft: 7 };
    expect(await healthOf(known)).toEqual({
      state: "HEALTHY",
      lastSuccessAt: 5,
      lastIssue: "THROTTLED",
      callsLeft: 7,
    });
  });

  test("shows no issue that the schema has no word for", async () => {
    expect((await healthOf({ lastFailure: "SOMETHING" })).lastIssue).toBeNull();
  });
});

describe("a provider's health over the embedded clouds", () => {
  let clouds: Clouds;
  beforeAll(async () => {
    clouds = await startStillClouds();
  });
  beforeEach(() => clouds.knobs.reset());
  afterAll(() => clouds.close());

  test("goes from unknown to healthy, down, degraded and back", async () => {
    const clock = { ahead: 0, now: startClock() };
    const gateway = gatewayOver(clouds, {
      now: () => clock.now() + clock.ahead,
      settings: UNCACHED,
      accounts: clouds.accounts.map((account) => ({
        ...account,
        upstream: { ...account.upstream, rate: 1_000, retries: 0 },
      })),
    });
    const read = () =>
      readsOf(gateway).backups({ ...BACKUPS, parent: { type: "Provider", provider: tencent.key } });
    const health = () => readsOf(gateway).health(tencent);
    const tencent = readsOf(gateway)
      .providers()
      .find(({ vendor }) => vendor === "TENCENT") as Provider;
    expect(await health()).toEqual({
      state: "UNKNOWN",
      lastSuccessAt: null,
      lastIssue: null,
      callsLeft: null,
    });

    expect((await read()).complete).toBe(true);
    expect(await health()).toMatchObject({ state: "HEALTHY", lastIssue: null });
    expect((await health()).lastSuccessAt).toBeGreaterThanOrEqual(MOMENT);
    expect((await health()).callsLeft).toBeGreaterThan(0);
    expect((await health()).callsLeft).toBeLessThan(1_000);

    const fault = clouds.knobs.faults.add({ vendor: "tencent", effect: { kind: "reset" } });
    while ((await health()).state !== "DOWN") expect((await read()).complete).toBe(false);
    expect((await health()).lastIssue).toBe("UNAVAILABLE");

    // The breaker lets one call find out after fifteen seconds.
    clock.ahead += 15_000;
    expect((await health()).state).toBe("DEGRADED");
    clouds.knobs.faults.clear(fault);
    expect((await read()).complete).toBe(true);
    expect(await health()).toMatchObject({ state: "HEALTHY", lastIssue: "UNAVAILABLE" });
    await gateway.close();
  });
});

describe("what the lists of one operation lack", () => {
  let clouds: Clouds;
  beforeAll(async () => {
    clouds = await startStillClouds({ estate: { instances: 2, backupsEach: 2, regions: 1 } });
  });
  afterEach(() => clouds.knobs.reset());
  afterAll(() => clouds.close());

  type ReadList = { readonly complete: boolean; readonly issues: readonly SourceIssue[] };
  const statistics = { filter: EVERY_BACKUP, by: ["VENDOR"] as const, timeZone: "UTC" };
  const kinds: readonly (readonly [string, (reads: Reads) => Promise<ReadList>])[] = [
    ["backups", (reads) => reads.backups(BACKUPS)],
    ["instances", (reads) => reads.instances({ ...BACKUPS, filter: EVERY_INSTANCE })],
    ["coverage", (reads) => reads.coverage(1, EVERY_INSTANCE)],
    ["statistics", (reads) => reads.backupStats(statistics)],
  ];

  test.each(kinds)("is nothing for %s that are whole, and their issues if not", async (_, read) => {
    const whole = gatewayOver(clouds);
    const reads = readsOf(whole);
    await read(reads);
    expect(reads.lists).toMatchObject({ complete: true, issues: 0, late: new Map() });
    await whole.close();
    clouds.knobs.faults.add({ vendor: "tencent", effect: { kind: "status", status: 403 } });
    const partial = gatewayOver(clouds);
    const others = readsOf(partial);
    const { complete, issues } = await read(others);
    expect([complete, issues.length > 0]).toEqual([false, true]);
    await read(others);
    expect(others.lists).toMatchObject({ complete: false, issues: 2 * issues.length });
    await partial.close();
  });
});

describe("the row of a cursor", () => {
  let clouds: Clouds;
  beforeAll(async () => {
    clouds = await startStillClouds({ estate: { instances: 2, backupsEach: 2, regions: 1 } });
  });
  afterAll(() => clouds.close());

  type Paged = Pick<
    Connection<unknown>,
    "edges" | "hasNextPage" | "hasPreviousPage" | "startCursor" | "endCursor"
  >;
  const inReport =
    (order: CoverageOrder) =>
    async (reads: Reads, page: WantedPage): Promise<Paged> =>
      reads.coverageInstances(
        await reads.coverage(null, EVERY_INSTANCE),
        { state: null, order },
        page,
      );
  const kinds: readonly (readonly [string, (reads: Reads, page: WantedPage) => Promise<Paged>])[] =
    [
      ["instances", (reads, page) => reads.instances({ ...BACKUPS, filter: EVERY_INSTANCE, page })],
      ["instances of a report", inReport("INSTANCE")],
      ["instances by age", inReport("AGE_DESC")],
      ["instances by name", inReport("NAME")],
      ["backups, newest first", (reads, page) => reads.backups({ ...BACKUPS, page })],
      [
        "backups, oldest first",
        (reads, page) => reads.backups({ ...BACKUPS, order: "STARTED_AT_ASC", page }),
      ],
    ];

  test.each(kinds)("lies behind the page that begins at it: %s", async (_, read) => {
    const gateway = gatewayOver(clouds);
    const page = (args: Parameters<typeof wanted>[0]) => read(readsOf(gateway), wanted(args));
    for (const ends of [{ first: 200 }, { last: 200 }]) {
      const { edges } = await page(ends);
      expect(edges.length).toBeGreaterThan(2);
      const cursors = [edges[0], edges.at(-1)].map((edge) => edge?.cursor ?? "");
      for (const cursor of cursors) {
        const [after, before] = [
          { first: 1, after: cursor },
          { last: 1, before: cursor },
        ];
        expect(await (await page(after)).hasPreviousPage()).toBe(true);
        expect(await (await page(before)).hasNextPage()).toBe(true);
      }
    }
    await gateway.close();
  });
});
