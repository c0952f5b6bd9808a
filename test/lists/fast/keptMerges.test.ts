import { describe, expect, test } from "vitest";
import { EVERY_BACKUP } from "../../../src/domain/filter.js";
import type { Source } from "../../../src/sources/source.js";
import { listBackups } from "../../../src/lists/backups.js";
import { NO_MERGED_PAGES } from "../../../src/lists/fast/plain.js";
import type { ReadParts } from "../../../src/lists/readContext.js";
import { ModelEstate, PLAIN_LIST, type AccountScenario } from "../../model/modelEstate.js";
import { EPOCH } from "../../model/scenarios.js";
import { ModelGateway, queryOf, SETTINGS, UNBOUNDED } from "../../model/walker.js";
import { wanted } from "../../wantedPage.js";

const DAY = 86_400_000;

const accountOf = (wide: boolean): AccountScenario => ({
  own: PLAIN_LIST,
  wide: wide ? PLAIN_LIST : null,
  refusesWide: false,
  instanceList: PLAIN_LIST,
  extent: { oldest: EPOCH - 9 * DAY, newest: EPOCH - DAY, order: "newestFirst", grain: 1 },
  regions: 1,
  instances: [0, 1, 2].map(() => ({ region: 0, ageMs: null, listed: true })),
  rows: Array.from({ length: 12 }, (_, i) => ({ instance: i, start: i / 12, lasts: null })),
});

const LIST = queryOf({ order: "STARTED_AT_DESC", backwards: false, filter: EVERY_BACKUP });

/** A gateway that has merged its list. */
async function viewing(accounts: readonly AccountScenario[], settings = {}) {
  const estate = new ModelEstate(accounts, EPOCH);
  const gateway = new ModelGateway(estate, settings);
  const ask = async (visible: readonly number[] | null = null, first = 5) => {
    const context = gateway.open(UNBOUNDED, visible);
    const page = await listBackups(context, { ...LIST, page: wanted({ first }) });
    const ids = page.edges.map(({ node }) => node.nativeId);
    return { page, ids, calls: context.operation.calls.list() };
  };
  const insert = () => {
    const what = { kind: "insert", place: "sorted", start: 1, lasts: null } as const;
    estate.change({ place: 0, instance: 0, what });
  };
  await ask();
  await ask();
  return { estate, gateway, ask, insert };
}

describe.each([true, false])("a list that was merged (read as a whole: %s)", (wide) => {
  test("makes no call, and reports the same calls as its merge", async () => {
    const { estate, gateway, ask } = await viewing([accountOf(wide)]);
    const before = estate.calls;
    const viewed = await ask();
    gateway.kept.clear();
    const merged = await ask();
    expect([viewed.ids, viewed.calls]).toEqual([merged.ids, merged.calls]);
    expect(estate.calls).toBe(before);
  });

  test("gives the same page as long as nothing has changed, and counts again for each caller", async () => {
    const { estate, ask, insert } = await viewing([accountOf(wide)]);
    const [first, again] = [await ask(), await ask()];
    expect(again.page.edges).toBe(first.page.edges);
    expect([await first.page.totalCount(), await again.page.totalCount()]).toEqual([12, 12]);
    insert();
    estate.world.now += SETTINGS.ttlMs;
    expect((await ask()).page.edges).not.toBe(first.page.edges);
  });

  test("shows what has come once its time is over, and not before", async () => {
    const { estate, ask, insert } = await viewing([accountOf(wide)]);
    const before = (await ask()).ids;
    insert();
    expect((await ask()).ids).toEqual(before);
    estate.world.now += SETTINGS.ttlMs;
    expect((await ask()).ids).not.toEqual(before);
  });

  test("shows what another reading has brought meanwhile", async () => {
    const { gateway, ask, insert } = await viewing([accountOf(wide)]);
    const before = (await ask()).ids;
    insert();
    const reader = gateway.open();
    for (const source of sourcesOf(gateway))
      await source.read(
        {
          instant: Number.POSITIVE_INFINITY,
          direction: "newestFirst",
          freshness: { notBefore: reader.startedAt },
          walkStart: reader.startedAt,
        },
        reader.operation,
      );
    expect((await ask()).ids).not.toEqual(before);
  });

  test("shows a caller its own accounts alone", async () => {
    const { ask } = await viewing([accountOf(wide), accountOf(wide)]);
    for (const visible of [[0], [1], [0]]) {
      await ask(visible);
      const { page } = await ask(visible, 100);
      const providers = new Set(page.edges.map(({ node }) => node.provider));
      expect([...providers]).toEqual([`a${visible[0]}/model`]);
      expect(page.edges).toHaveLength(12);
    }
    expect((await ask(null, 100)).ids).toHaveLength(24);
  });

  test("holds no row that memory does not hold", async () => {
    const { gateway, ask } = await viewing([accountOf(wide)], { cacheRows: 100 });
    const [source] = sourcesOf(gateway) as [Source];
    const ids = (await ask()).ids;
    expect(gateway.kept.rows).toBe(6);
    source.clear();
    expect(gateway.kept.rows).toBe(0);
    expect((await ask()).ids).toEqual(ids);
  });
});

test("a page that passes over too many rows is cut, whether its list was merged before or not", async () => {
  const { gateway } = await viewing([accountOf(false)]);
  const query = { ...LIST, filter: { ...EVERY_BACKUP, statuses: ["FAILED" as const] } };
  const take = async (parts: Partial<ReadParts>) => {
    const context = gateway.open({ ...UNBOUNDED, scanRows: 5 }, null, parts);
    const page = await listBackups(context, { ...query, page: wanted({ first: 5 }) });
    return [page.edges.length, page.issues, await page.hasNextPage()];
  };
  const again = await take({ merged: NO_MERGED_PAGES });
  expect(await take({})).toEqual(again);
  expect(again).toEqual([3, [expect.objectContaining({ code: "CUT" })], true]);
});

test("nothing is merged for later where nothing is kept", async () => {
  const { gateway } = await viewing([accountOf(false)], { ttlMs: 0 });
  expect(gateway.kept.rows).toBe(0);
});

/** The lists of a gateway over one account of one region. */
function sourcesOf({ engine }: ModelGateway): Source[] {
  const [runtime] = engine.providers.values();
  const [region] = runtime?.listedRegions ?? [];
  if (runtime === undefined || region === undefined) throw new Error("There is no region.");
  const place = { runtime, region };
  if (runtime.product.wide !== null) return [engine.source(place, null)];
  const list = runtime.instanceList(region).peek({ notBefore: 0 });
  return (list?.value.instances ?? []).map((instance) => engine.source(place, instance));
}
