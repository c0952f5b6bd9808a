import { describe, expect, test } from "vitest";
import { EVERY_BACKUP } from "../../src/domain/filter.js";
import type { Row } from "../../src/domain/row.js";
import { ModelEstate, PLAIN_LIST } from "../model/modelEstate.js";
import { EPOCH } from "../model/scenarios.js";
import { ModelGateway, UNBOUNDED, visitPage } from "../model/walker.js";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const WAY = { order: "STARTED_AT_DESC" as const, backwards: false, filter: EVERY_BACKUP };
const STEP = { size: 50, takes: 1, waitMs: 0, changes: [], bounds: UNBOUNDED };

/** Two regions with an instance each. The vendor's list of regions may lack the second one. */
function start() {
  const estate = new ModelEstate(
    [
      {
        own: PLAIN_LIST,
        wide: null,
        refusesWide: false,
        instanceList: PLAIN_LIST,
        extent: { oldest: EPOCH - DAY, newest: EPOCH - HOUR, order: "newestFirst", grain: 1 },
        regions: 2,
        instances: [0, 1].map((region) => ({ region, ageMs: null, listed: true })),
        rows: Array.from({ length: 8 }, (_, i) => ({ instance: i, start: i / 8, lasts: null })),
      },
    ],
    EPOCH,
  );
  const vendor = { listsSecond: true, asked: 0 };
  const answer = estate.answer.bind(estate);
  estate.answer = (question, context): Row => {
    const { rows, ...rest } = answer(question, context);
    if (question.region === "g1") vendor.asked += 1;
    const isLacking = question.action === "ListRegions" && !vendor.listsSecond;
    return { ...rest, rows: isLacking ? (rows as Row[]).slice(0, 1) : rows };
  };
  const gateway = new ModelGateway(estate);
  const list = async () => {
    const { page } = await visitPage(gateway, WAY, { step: STEP, cursor: null });
    const codes = page.issues.map(({ code, region }) => `${region} ${code}`);
    return [page.edges.length, page.complete, codes];
  };
  const wait = (ms: number) => void (estate.world.now += ms);
  return { estate, vendor, list, wait };
}

describe("a region that its vendor no longer lists", () => {
  test("is read as before as long as it has instances", async () => {
    const { vendor, list, wait } = start();
    expect(await list()).toEqual([8, true, []]);
    vendor.listsSecond = false;
    for (let days = 0; days < 4; days += 1) {
      wait(DAY + HOUR);
      expect(await list()).toEqual([8, true, []]);
    }
  });

  test("and that cannot be read is an issue for a day", async () => {
    const { estate, vendor, list, wait } = start();
    await list();
    vendor.listsSecond = false;
    estate.script.failing = ({ region }) => (region === "g1" ? "UNAVAILABLE" : null);
    wait(DAY + HOUR);
    expect(await list()).toEqual([4, false, ["g1 UNAVAILABLE"]]);
    wait(DAY + HOUR);
    expect(await list()).toEqual([4, true, []]);
  });

  test("is left out once its instances are gone", async () => {
    const { estate, vendor, list, wait } = start();
    await list();
    vendor.listsSecond = false;
    estate.change({ place: 1, instance: 0, what: "delete instance" });
    wait(DAY + HOUR);
    expect(await list()).toEqual([4, true, []]);
    wait(DAY + HOUR);
    const { asked } = vendor;
    expect(await list()).toEqual([4, true, []]);
    expect(vendor.asked).toBe(asked);
  });

  test("after a restart is an issue on the page whose cursor says that its backups are pending", async () => {
    const { estate, vendor } = start();
    const page = async (gateway: ModelGateway, cursor: string | null) =>
      (await visitPage(gateway, WAY, { step: STEP, cursor })).page;
    estate.script.failing = ({ region }) => (region === "g1" ? "UNAVAILABLE" : null);
    const first = await page(new ModelGateway(estate), null);
    estate.script.failing = () => null;
    vendor.listsSecond = false;
    const restarted = new ModelGateway(estate);
    const second = await page(restarted, first.endCursor);
    expect([first.complete, second.complete]).toEqual([false, false]);
    expect(second.issues.map(({ code, provider, region }) => [code, provider, region])).toEqual([
      ["NOT_FOUND", "a0/model", null],
    ]);
    expect((await page(restarted, second.endCursor)).complete).toBe(true);
  });

  test("is no issue if it had no instances and could not be read before", async () => {
    const { estate } = start();
    estate.change({ place: 1, instance: 0, what: "delete instance" });
    estate.script.failing = ({ region }) => (region === "g1" ? "UNAVAILABLE" : null);
    const gateway = new ModelGateway(estate);
    const { page } = await visitPage(gateway, WAY, { step: STEP, cursor: null });
    estate.script.failing = () => null;
    const next = await visitPage(gateway, WAY, { step: STEP, cursor: page.endCursor });
    expect([page.complete, next.page.complete, next.page.issues]).toEqual([false, true, []]);
  });
});
