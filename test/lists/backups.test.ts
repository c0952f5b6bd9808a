import { EVERY_BACKUP } from "../../src/domain/filter.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { listBackups } from "../../src/lists/backups.js";
import { ModelEstate, PLAIN_LIST, type AccountScenario } from "../model/modelEstate.js";
import { EPOCH } from "../model/scenarios.js";
import { ModelGateway, queryOf, SETTINGS } from "../model/walker.js";
import { type PageArgs, wanted } from "../wantedPage.js";

const DAY = 86_400_000;

const accountOf = (instances: number, rows: number): AccountScenario => ({
  own: PLAIN_LIST,
  wide: null,
  refusesWide: false,
  instanceList: PLAIN_LIST,
  extent: { oldest: EPOCH - 9 * DAY, newest: EPOCH, order: "newestFirst", grain: 1 },
  regions: 1,
  instances: Array.from({ length: instances }, () => ({ region: 0, ageMs: null, listed: true })),
  rows: Array.from({ length: rows }, (_, i) => ({ instance: i, start: i / rows, lasts: null })),
});

const LIST = queryOf({ order: "STARTED_AT_DESC", backwards: false, filter: EVERY_BACKUP });

const page = (gateway: ModelGateway, first: number, after: string | null, more = {}) =>
  listBackups(gateway.open(), { ...LIST, ...more, page: wanted({ first, after }) });

describe("a list of backups", () => {
  test("asks no vendor for a cursor that is none", async () => {
    const estate = new ModelEstate([accountOf(2, 5)], EPOCH);
    const gateway = new ModelGateway(estate);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String()), async (after) => {
        await expect(page(gateway, 3, after)).rejects.toMatchObject({ code: "CURSOR_INVALID" });
      }),
    );
    expect(estate.calls).toBe(0);
  });

  test("asks no vendor for a cursor of another order", async () => {
    const estate = new ModelEstate([accountOf(2, 5)], EPOCH);
    const gateway = new ModelGateway(estate);
    const { endCursor } = await page(gateway, 3, null);
    const before = estate.calls;
    const other = page(gateway, 3, endCursor, { order: "STARTED_AT_ASC" });
    await expect(other).rejects.toMatchObject({ code: "CURSOR_MISMATCH" });
    expect(estate.calls).toBe(before);
  });

  test("fails with the first issue's code where all or nothing is wanted", async () => {
    const estate = new ModelEstate([accountOf(1, 5)], EPOCH);
    estate.script.failures = [[], [], ["THROTTLED"]];
    const gateway = new ModelGateway(estate);
    await expect(page(gateway, 3, null, { onSourceError: "FAIL" })).rejects.toMatchObject({
      code: "UPSTREAM_FAILED",
      extensions: { issue: "THROTTLED", provider: "a0/model" },
    });
  });

  test("goes on in a new process with the same key", async () => {
    const estate = new ModelEstate([accountOf(3, 12)], EPOCH);
    const first = await page(new ModelGateway(estate), 5, null);
    const rest = await page(new ModelGateway(estate), 50, first.endCursor);
    const ids = [...first.edges, ...rest.edges].map(({ node }) => node.id);
    expect([ids.length, new Set(ids).size]).toEqual([12, 12]);
    expect((first.endCursor ?? "").length).toBeLessThan(200);
  });

  test("has no page before it where only backups outside its span are newer", async () => {
    const estate = new ModelEstate([accountOf(1, 6)], EPOCH);
    const gateway = new ModelGateway(estate, { ttlMs: 0 });
    const starts = estate.backups().map(({ row }) => row.startedAt);
    const startedBefore = [...starts].sort((a, b) => b - a)[2] as number;
    const filter = { ...EVERY_BACKUP, startedBefore };
    const first = await page(gateway, 1, null, { filter });
    const [region] = estate.regions;
    const list = region?.backups;
    list?.delete(list.rows.findIndex(({ key }) => key === first.edges[0]?.node.nativeId));
    const next = await page(gateway, 1, first.endCursor, { filter });
    expect([next.edges.length, await next.hasPreviousPage()]).toEqual([1, false]);
  });

  test.each([
    { order: "STARTED_AT_DESC" as const, backwards: false },
    { order: "STARTED_AT_DESC" as const, backwards: true },
    { order: "STARTED_AT_ASC" as const, backwards: false },
    { order: "STARTED_AT_ASC" as const, backwards: true },
  ])(
    "keeps the place of an empty page, so that rows which appear later are found: %j",
    async ({ order, backwards }) => {
      const estate = new ModelEstate([accountOf(1, 0)], EPOCH);
      const gateway = new ModelGateway(estate);
      const ask = (args: PageArgs) =>
        listBackups(gateway.open(), { ...LIST, order, page: wanted(args) });
      const empty = await ask(backwards ? { last: 3 } : { first: 3 });
      expect([empty.edges, empty.complete]).toEqual([[], true]);
      estate.startsAreFresh = true;
      const insert = { kind: "insert", place: "sorted", start: 0.5, lasts: null } as const;
      estate.change({ place: 0, instance: 0, what: insert });
      estate.world.now += 2 * SETTINGS.ttlMs;
      // Towards newer rows: all of them, once the list was read again.
      const newer =
        order === "STARTED_AT_ASC"
          ? await ask({ first: 3, after: empty.endCursor })
          : await ask({ last: 3, before: empty.startCursor });
      expect(newer.edges).toHaveLength(1);
    },
  );

  test("keeps the cursor it was asked with in an empty page, at both ends", async () => {
    const estate = new ModelEstate([accountOf(1, 4)], EPOCH);
    const gateway = new ModelGateway(estate);
    const all = await page(gateway, 50, null);
    const empty = await page(gateway, 50, all.endCursor);
    expect([empty.edges, empty.startCursor, empty.endCursor]).toEqual([
      [],
      all.endCursor,
      all.endCursor,
    ]);
  });
});
