import { expect, test } from "vitest";
import { EVERY_BACKUP, EVERY_INSTANCE } from "../../src/domain/filter.js";
import { listBackups } from "../../src/lists/backups.js";
import { EngineReads } from "../../src/lists/reads.js";
import {
  ModelEstate,
  PLAIN_LIST,
  WINDOWED_LIST,
  type AccountScenario,
} from "../model/modelEstate.js";
import { EPOCH } from "../model/scenarios.js";
import { ModelGateway, queryOf, UNBOUNDED, visitPage, walk } from "../model/walker.js";
import { wanted } from "../wantedPage.js";

const DAY = 86_400_000;

/** An account with one region, one instance and one backup. */
const ACCOUNT: AccountScenario = {
  own: PLAIN_LIST,
  wide: null,
  refusesWide: false,
  instanceList: PLAIN_LIST,
  extent: { oldest: EPOCH - DAY, newest: EPOCH - 60_000, order: "newestFirst", grain: 1 },
  regions: 1,
  instances: [{ region: 0, ageMs: null, listed: true }],
  rows: [{ instance: 0, start: 0, lasts: null }],
};

test("a page that was cut says how many of how many lists have been read, and when to ask again", async () => {
  const estate = new ModelEstate(
    [
      {
        ...ACCOUNT,
        regions: 2,
        instances: Array.from({ length: 18 }, (_, i) => ({ region: i, ageMs: null, listed: true })),
        rows: Array.from({ length: 36 }, (_, i) => ({ instance: i, start: i / 36, lasts: null })),
      },
    ],
    EPOCH,
  );
  const gateway = new ModelGateway(estate);
  const query = queryOf({ order: "STARTED_AT_DESC", backwards: false, filter: EVERY_BACKUP });
  const cutAt = async (vendorCalls: number) => {
    const page = wanted({ first: 20 });
    const { issues } = await listBackups(gateway.open({ ...UNBOUNDED, vendorCalls }), {
      ...query,
      page,
    });
    return issues.map(({ code, message, retryAfterMs }) => ({ code, message, retryAfterMs }));
  };
  // The list of regions and two lists of instances are read first. The model allows a call a second.
  const cut = "The operation's vendor calls are used up.";
  expect(await cutAt(8)).toEqual([
    { code: "CUT", message: `${cut} 5 of 18 lists have been read.`, retryAfterMs: 13_000 },
  ]);
  expect(await cutAt(8)).toEqual([
    { code: "CUT", message: `${cut} 13 of 18 lists have been read.`, retryAfterMs: 5_000 },
  ]);
  expect(await cutAt(8)).toEqual([]);
});

test("a client that makes one call an hour is not held up by a list that is refused each time", async () => {
  const account = { ...ACCOUNT, wide: PLAIN_LIST, refusesWide: true };
  const estate = new ModelEstate([account], EPOCH);
  let refusals = 0;
  estate.script.failing = ({ action }) => {
    if (action === "ListRegionBackups") refusals += 1;
    return null;
  };
  const bounds = { ...UNBOUNDED, vendorCalls: 1 };
  const { visits } = await walk(new ModelGateway(estate), {
    order: "STARTED_AT_DESC",
    backwards: false,
    filter: EVERY_BACKUP,
    steps: [{ size: 1, takes: 1, waitMs: 61 * 60_000, changes: [], bounds }],
  });
  // The list of regions, the refused list three times, and between the last two the list of instances.
  expect([visits.length, refusals]).toEqual([6, 3]);
  expect(visits.map(({ taken }) => taken.length)).toEqual([0, 0, 0, 0, 0, 1]);
});

test("a walk towards newer rows with two calls an hour ends although the list of a region is refused", async () => {
  const refusing = { ...ACCOUNT, wide: WINDOWED_LIST, refusesWide: true, rows: [] };
  const instances = Array.from({ length: 4 }, () => ({ region: 0, ageMs: null, listed: true }));
  const account = { ...ACCOUNT, instances, rows: [] };
  const estate = new ModelEstate([refusing, account], EPOCH);
  let refusals = 0;
  estate.script.failures = [["UNAVAILABLE"]];
  estate.script.failing = ({ action }) => {
    if (action === "ListRegionBackups") refusals += 1;
    return null;
  };
  const bounds = { ...UNBOUNDED, vendorCalls: 2 };
  const { visits } = await walk(new ModelGateway(estate), {
    order: "STARTED_AT_DESC",
    backwards: true,
    filter: EVERY_BACKUP,
    steps: [{ size: 1, takes: 1, waitMs: 61 * 60_000, changes: [], bounds }],
  });
  // That no row can lie behind a page is known without a call, and does not end the refusal.
  expect([visits.length, refusals]).toEqual([17, 4]);
});

test("a walk towards newer rows with time for one call a page ends although a list of regions failed", async () => {
  const without = { ...ACCOUNT, regions: 2, instances: [], rows: [] };
  const estate = new ModelEstate([without, ACCOUNT], EPOCH);
  estate.script.latencyMs = 10;
  estate.script.failures = [["UNAVAILABLE"]];
  const bounds = { ...UNBOUNDED, deadlineMs: 10 };
  const { visits } = await walk(new ModelGateway(estate), {
    order: "STARTED_AT_ASC",
    backwards: false,
    filter: EVERY_BACKUP,
    steps: [{ size: 1, takes: 1, waitMs: 25_000, changes: [], bounds }],
  });
  // With each page, one of the other account's lists of instances is stale again.
  expect(visits.flatMap(({ taken }) => taken)).toHaveLength(1);
});

test("what a stale list of instances left pending comes late although the whole region can be asked again", async () => {
  const account = { ...ACCOUNT, wide: PLAIN_LIST, refusesWide: true };
  const estate = new ModelEstate([account], EPOCH);
  const gateway = new ModelGateway(estate);
  const way = { order: "STARTED_AT_DESC" as const, backwards: false, filter: EVERY_BACKUP };
  const step = { size: 9, takes: 1, waitMs: 0, changes: [], bounds: UNBOUNDED };
  await visitPage(gateway, way, { step, cursor: null });
  estate.startsAreFresh = true;
  estate.change({ place: 0, instance: 0, what: "create instance" });
  const inserted = { kind: "insert" as const, place: "sorted" as const, start: 0, lasts: null };
  estate.change({ place: 0, instance: 0, what: inserted });
  estate.world.now += 31_000;
  estate.script.failing = ({ action }) => (action === "ListInstances" ? "UNAVAILABLE" : null);
  const stale = await visitPage(gateway, way, { step, cursor: null });
  estate.world.now += 61 * 60_000;
  estate.script.failing = ({ action }) => (action === "ListRegionBackups" ? "UNAVAILABLE" : null);
  const { page } = await visitPage(gateway, way, { step, cursor: stale.page.endCursor });
  expect(page.edges.map(({ node, late }) => [node.instanceNativeId, late])).toEqual([["i2", true]]);
  expect(page.issues.map(({ code }) => code)).toEqual(["UNAVAILABLE"]);
});

test.each([{ nameContains: null }, { nameContains: "i" }])(
  "an instance that a stale list hid comes late in a walk over instances that has passed its place: $nameContains",
  async ({ nameContains }) => {
    const [instance] = ACCOUNT.instances;
    const other = { ...ACCOUNT, instances: [instance, instance] } as AccountScenario;
    const estate = new ModelEstate([ACCOUNT, other], EPOCH);
    const gateway = new ModelGateway(estate);
    const filter = { ...EVERY_INSTANCE, nameContains };
    const pageOf = async (after: string | null) => {
      const page = await new EngineReads(gateway.open(UNBOUNDED)).instances({
        parent: { type: "Query" },
        filter,
        onSourceError: "PARTIAL",
        page: wanted({ first: 2, after }),
      });
      const shown = page.edges.map(({ node }) => [node.provider, node.nativeId].join(" "));
      return { page, shown, codes: page.issues.map(({ code }) => code) };
    };
    const { shown: known } = await pageOf(null);
    estate.change({ place: 0, instance: 0, what: "create instance" });
    estate.world.now += 31_000;
    let down = true;
    estate.script.failing = ({ action }) =>
      down && action === "ListInstances" ? "UNAVAILABLE" : null;
    const first = await pageOf(null);
    expect(first).toMatchObject({ shown: known, codes: ["STALE", "STALE"] });
    down = false;
    const next = await pageOf(first.page.endCursor);
    expect(next).toMatchObject({ shown: ["a0/model i4", "a1/model i3"], codes: [] });
    expect([next.page.complete, await next.page.hasNextPage()]).toEqual([true, false]);
  },
);
