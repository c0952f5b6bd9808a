import { describe, expect, test } from "vitest";
import { EVERY_INSTANCE, EVERY_BACKUP } from "../../src/domain/filter.js";
import { EngineReads } from "../../src/lists/reads.js";
import { ModelEstate, PLAIN_LIST } from "../model/modelEstate.js";
import { PLAIN, type Behaviour } from "../model/modelPages.js";
import { EPOCH } from "../model/scenarios.js";
import { ModelGateway, SETTINGS } from "../model/walker.js";
import { wanted } from "../wantedPage.js";

const DAY = 86_400_000;
const FIRST = wanted({ first: 50 });

type Counting = Omit<Behaviour, "totals"> & { totals: Behaviour["totals"] };

/** Three instances in one region, whose lists may count more rows than they show. */
function start() {
  const more: Behaviour["totals"] = { kind: "wrong", by: 2 };
  const right: Behaviour["totals"] = { kind: "exact" };
  const behaviours: Record<"instances" | "backups", Counting> = {
    instances: { ...PLAIN, totals: right },
    backups: { ...PLAIN, totals: right },
  };
  const estate = new ModelEstate(
    [
      {
        own: { ...PLAIN_LIST, behaviour: behaviours.backups },
        wide: null,
        refusesWide: false,
        instanceList: { ...PLAIN_LIST, behaviour: behaviours.instances },
        extent: { oldest: EPOCH - DAY / 2, newest: EPOCH - 60_000, order: "newestFirst", grain: 1 },
        regions: 1,
        instances: [0, 1, 2].map(() => ({ region: 0, ageMs: null, listed: true })),
        rows: Array.from({ length: 9 }, (_, i) => ({ instance: i, start: i / 9, lasts: null })),
      },
    ],
    EPOCH,
  );
  const gateway = new ModelGateway(estate);
  const open = () => new EngineReads(gateway.open());
  const backups = () =>
    open().backups({
      parent: { type: "Query" },
      page: FIRST,
      filter: EVERY_BACKUP,
      order: "STARTED_AT_DESC",
      onSourceError: "PARTIAL",
    });
  const make = (list: keyof typeof behaviours, isShort: boolean): void => {
    behaviours[list].totals = isShort ? more : right;
    estate.world.now += SETTINGS.ttlMs + 1;
  };
  return { estate, open, backups, make };
}

describe("a list that shows fewer rows than its vendor counts", () => {
  test("of backups is an issue of its instance, and owes nothing", async () => {
    const { backups, make } = start();
    make("backups", true);
    const page = await backups();
    expect(page.edges).toHaveLength(9);
    expect(page.complete).toBe(false);
    expect(new Set(page.issues.map(({ code }) => code))).toEqual(new Set(["SHORT"]));
    expect(await page.totalCount()).toBeNull();
    make("backups", false);
    expect((await backups()).complete).toBe(true);
  });

  test("of instances makes the region unknown, and shows what it lists", async () => {
    const { open, make } = start();
    make("instances", true);
    const report = await open().coverage(DAY, EVERY_INSTANCE);
    expect([report.entries.length, report.unknownRegions, report.complete]).toEqual([3, 1, false]);
    expect(report.issues.map(({ code, message }) => [code, message])).toEqual([
      ["SHORT", "The vendor counts 5, its pages show 3."],
    ]);
  });

  test("of instances keeps those of the list before it, until a whole list lacks them", async () => {
    const { estate, backups, make } = start();
    expect((await backups()).edges).toHaveLength(9);
    estate.change({ place: 0, instance: 0, what: "delete instance" });
    make("instances", true);
    expect((await backups()).edges).toHaveLength(9);
    make("instances", false);
    expect((await backups()).edges).toHaveLength(6);
  });
});
