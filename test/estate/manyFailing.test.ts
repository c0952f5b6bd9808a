import { describe, expect, test } from "vitest";
import { EVERY_INSTANCE, EVERY_BACKUP } from "../../src/domain/filter.js";
import { ANYONE } from "../../src/domain/principal.js";
import { buildGatewaySchema } from "../../src/graphql/schema.js";
import { makeProgress } from "../../src/engine/engine.js";
import { EngineReads } from "../../src/lists/reads.js";
import { makeLoaders } from "../../src/loaders/loaders.js";
import { answerOf } from "../execution.js";
import { ModelEstate, PLAIN_LIST } from "../model/modelEstate.js";
import { EPOCH } from "../model/scenarios.js";
import { ModelGateway, SETTINGS, UNBOUNDED, visitPage } from "../model/walker.js";
import { sized } from "../runs.js";
import { wanted } from "../wantedPage.js";

const DAY = 86_400_000;
const FAILING = 10_000;
const HEALTHY = 20;

const schema = buildGatewaySchema();

/** 10,000 instances whose backups cannot be read, and a few others; or another number of both. */
const manyFailing = (failing = FAILING, firstHealthy = 0, healthy = HEALTHY, stride = 1) =>
  new ModelEstate(
    [
      {
        own: PLAIN_LIST,
        wide: null,
        refusesWide: false,
        instanceList: {
          ...PLAIN_LIST,
          shape: {
            ...PLAIN_LIST.shape,
            page: { style: "offset", offset: "o", limit: "l", max: 5_000, aligned: false },
            defaultSize: 5_000,
          },
        },
        extent: { oldest: EPOCH - DAY, newest: EPOCH - 60_000, order: "newestFirst", grain: 1 },
        regions: 1,
        instances: Array.from({ length: failing + healthy }, () => ({
          region: 0,
          ageMs: null,
          listed: true,
        })),
        rows: Array.from({ length: healthy / stride }, (_, i) => ({
          instance: firstHealthy + i * stride,
          start: (i * stride) / healthy,
          lasts: null,
        })),
      },
    ],
    EPOCH,
  );

test.each([
  { code: "FORBIDDEN" as const, pageInfo: "hasNextPage hasPreviousPage startCursor endCursor" },
  // Pending sources make a cursor long, so that an answer has room for one.
  { code: "UNAVAILABLE" as const, pageInfo: "hasNextPage hasPreviousPage endCursor" },
])("an answer over 10,000 sources that fail with $code stays under 64 kB", async (given) => {
  const estate = manyFailing();
  estate.script.failing = ({ action, instance }) =>
    action === "ListBackups" && Number(String(instance).slice(1)) > HEALTHY ? given.code : null;
  const gateway = new ModelGateway(estate, { scanRows: 20_000 });
  const reads = new EngineReads(gateway.open());
  const answer = await answerOf({
    schema,
    source: `{ backups(first: 10) {
      nodes { id } complete pageInfo { ${given.pageInfo} }
      issues { code count instanceNativeId instanceNativeIds vendorCode message }
    } }`,
    contextValue: {
      reads,
      loaders: makeLoaders(reads),
      principal: ANYONE,
      requestId: "r",
      operation: {},
      limits: { first: 200 },
    },
  });
  const text = JSON.stringify(answer);
  expect(answer).toMatchObject({
    data: {
      backups: {
        complete: false,
        pageInfo: { hasNextPage: true, endCursor: expect.any(String) as string },
        issues: [{ code: given.code, count: FAILING, instanceNativeId: null }],
      },
    },
  });
  const { backups } = answer.data as {
    backups: { nodes: unknown[]; issues: { instanceNativeIds: string[] }[] };
  };
  expect(backups.nodes).toHaveLength(10);
  expect(backups.issues[0]?.instanceNativeIds).toHaveLength(20);
  expect(Buffer.byteLength(text)).toBeLessThan(65_536);
});

test("statistics reach the lists that can be read, however few calls a request has", async () => {
  // Those that fail are listed before the others.
  const estate = manyFailing(300, 300);
  estate.script.failing = ({ action, instance }) =>
    action === "ListBackups" && Number(String(instance).slice(1)) <= 300 ? "UNAVAILABLE" : null;
  const gateway = new ModelGateway(estate, { scanRows: 20_000 });
  const bounds = { ...UNBOUNDED, vendorCalls: 50 };
  const counts: number[] = [];
  for (let requests = 0; requests < 9; requests += 1) {
    const query = { filter: EVERY_BACKUP, by: ["STATUS" as const], timeZone: "UTC" };
    const { total, complete } = await new EngineReads(gateway.open(bounds)).backupStats(query);
    expect(complete).toBe(false);
    counts.push(total.count);
  }
  expect(counts[0]).toBe(0);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(counts.at(-1)).toBe(HEALTHY);
});

/** 4,000 in `.ci/run`. */
const LISTS = sized(400, 4_000);

describe(`a walk over ${LISTS} lists of which half fail`, () => {
  /** One in so many lists has a backup. */
  const STRIDE = 5;
  const BOUNDS = { ...UNBOUNDED, vendorCalls: LISTS / 2 };
  /** What a client may send in a cursor: half of the default of `limits.bodyBytes`. */
  const LONGEST = 131_072;
  const numberOf = (instance: string | null): number => Number(String(instance).slice(1));

  test.each([
    { how: "for good", backwards: false, kinds: ["FORBIDDEN", "NOT_FOUND"] as const },
    { how: "for a time", backwards: false, kinds: ["UNAVAILABLE", "TIMEOUT"] as const },
    { how: "for a time", backwards: true, kinds: ["THROTTLED", "BAD_RESPONSE"] as const },
    { how: "in both ways", backwards: true, kinds: ["FORBIDDEN", "UNAVAILABLE"] as const },
  ])(
    "$how, shows all others once and ends, backwards: $backwards",
    async ({ backwards, kinds }) => {
      const estate = manyFailing(0, 0, LISTS, STRIDE);
      const gateway = new ModelGateway(estate, { scanRows: 20_000, cacheRows: 200_000 });
      // A walk ends at a list that can be read, so that no refused list has rows beyond its end.
      const isFailing = (instance: number) => instance % 2 === (backwards ? 1 : 0);
      const kindOf = (instance: number) => kinds[instance % 4 < 2 ? 0 : 1];
      const isForGood = (instance: number) =>
        ["FORBIDDEN", "NOT_FOUND"].includes(kindOf(instance) ?? "");
      let isWell = false;
      const refusals = new Map<number, number>();
      estate.script.failing = ({ action, instance }) => {
        const number = numberOf(instance);
        if (isWell || action !== "ListBackups" || !isFailing(number)) return null;
        refusals.set(number, (refusals.get(number) ?? 0) + 1);
        return kindOf(number) ?? null;
      };
      const way = { order: "STARTED_AT_DESC" as const, backwards, filter: EVERY_BACKUP };
      const step = { size: 200, takes: 1, waitMs: 0, changes: [], bounds: BOUNDS };
      const seen: string[] = [];
      const cursors = new Set<string>();
      const startedAt = estate.world.now;
      let cursor: string | null = null;
      const take = async () => {
        // The model bounds the calls of short walks.
        estate.calls = 0;
        const { page, hasMore } = await visitPage(gateway, way, { step, cursor });
        seen.push(...page.edges.map(({ node }) => node.instanceNativeId));
        const end = backwards ? page.startCursor : page.endCursor;
        expect(end?.length ?? 0).toBeLessThanOrEqual(LONGEST);
        expect(cursors.has(end ?? ""), "a page comes twice").toBe(false);
        if (end !== null) cursors.add(end);
        expect(cursors.size, "the walk ends").toBeLessThan(40);
        cursor = end ?? cursor;
        return { page, hasMore };
      };
      let last = await take();
      while (last.hasMore) last = await take();
      const withRows = Array.from({ length: LISTS / STRIDE }, (_, i) => i * STRIDE + 1);
      const healthy = withRows.filter((i) => !isFailing(i));
      expect(seen.map(numberOf).sort((a, b) => a - b)).toEqual(healthy);
      const named = last.page.issues.filter(({ code }) => code !== "CUT");
      expect(named.reduce((sum, { count }) => sum + count, 0)).toBe(LISTS / 2);
      expect(estate.world.now - startedAt).toBeLessThan(SETTINGS.ttlMs);
      for (const [instance, times] of refusals) if (isForGood(instance)) expect(times).toBe(1);
      // All that is pending is so from the same place on.
      expect(String(cursor).length).toBeLessThanOrEqual(8_000);
      isWell = true;
      estate.world.now += 60_000;
      const pending = withRows.filter((i) => isFailing(i) && !isForGood(i));
      if (pending.length === 0) return;
      do last = await take();
      while (last.hasMore || !last.page.complete);
      expect(seen.map(numberOf).sort((a, b) => a - b)).toEqual(
        [...healthy, ...pending].sort((a, b) => a - b),
      );
    },
  );
});

/** 10,000 in `.ci/run`, with the default limit of vendor calls. */
const INSTANCES = sized(1_000, 10_000);
const CALLS = INSTANCES / 5;

describe(`${INSTANCES} instances and ${CALLS} calls a request`, () => {
  const ROWS = 200;
  /** One in so many instances has a backup. */
  const STRIDE = INSTANCES / ROWS;

  function start() {
    const estate = manyFailing(0, 0, INSTANCES, STRIDE);
    const gateway = new ModelGateway(estate, { scanRows: 20_000, cacheRows: 200_000 });
    const open = () =>
      new EngineReads(gateway.open({ vendorCalls: CALLS, deadlineMs: 25_000, scanRows: 20_000 }));
    return { open, progress: makeProgress(gateway.engine, () => estate.world.now) };
  }

  test("are walked to the end, and pages that are cut say what /health/ready says", async () => {
    const { open, progress } = start();
    const ids: string[] = [];
    const figures: string[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const page = await open().backups({
        parent: { type: "Query" },
        page: wanted({ first: 100, after }),
        filter: EVERY_BACKUP,
        order: "STARTED_AT_DESC",
        onSourceError: "PARTIAL",
      });
      const { read, lists, retryAfterMs } = progress();
      for (const issue of page.issues) {
        expect(issue.code).toBe("CUT");
        expect(issue.message).toContain(` ${read} of ${lists} lists have been read.`);
        expect(issue.retryAfterMs).toBe(retryAfterMs);
      }
      if (page.issues.length > 0) figures.push(`${read} of ${lists}`);
      ids.push(...page.edges.map(({ node }) => node.id));
      more = await page.hasNextPage();
      after = page.endCursor;
      expect(figures.length).toBeLessThan((2 * INSTANCES) / CALLS);
    }
    const [read, lists] = figures[0]?.split(" of ").map(Number) ?? [];
    expect(lists).toBe(INSTANCES);
    expect(read).toBeGreaterThanOrEqual(CALLS / 2);
    expect(read).toBeLessThan(CALLS);
    expect(new Set(figures).size).toBe(figures.length);
    expect([ids.length, new Set(ids).size]).toEqual([ROWS, ROWS]);
  });

  test("have coverage and statistics that are complete after as few requests", async () => {
    const { open } = start();
    let requests = 0;
    const until = async <T extends { readonly complete: boolean }>(ask: () => Promise<T>) => {
      for (;;) {
        const answer = await ask();
        requests += 1;
        if (answer.complete) return answer;
        expect(requests).toBeLessThan((2 * INSTANCES) / CALLS);
      }
    };
    const { entries } = await until(() => open().coverage(DAY, EVERY_INSTANCE));
    expect(entries).toHaveLength(INSTANCES);
    const { total } = await until(() =>
      open().backupStats({ filter: EVERY_BACKUP, by: ["STATUS"], timeZone: "UTC" }),
    );
    expect(total.count).toBe(ROWS);
    expect(requests).toBeLessThanOrEqual(INSTANCES / CALLS + 2);
  });
});
