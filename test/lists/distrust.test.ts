import { describe, expect, test } from "vitest";
import { EVERY_BACKUP } from "../../src/domain/filter.js";
import { idsOf } from "../model/expectations.js";
import {
  ModelEstate,
  PLAIN_LIST,
  WINDOWED_LIST,
  type AccountScenario,
} from "../model/modelEstate.js";
import { EPOCH } from "../model/scenarios.js";
import { ModelGateway, UNBOUNDED, visitPage, type Visit } from "../model/walker.js";

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** A list that is declared to select on the start of backups, and selects on their end. */
const ACCOUNT: AccountScenario = {
  own: {
    ...WINDOWED_LIST,
    behaviour: { ...PLAIN_LIST.behaviour, windowSelects: "end" },
  },
  wide: null,
  refusesWide: false,
  instanceList: PLAIN_LIST,
  extent: { oldest: EPOCH - 20 * DAY, newest: EPOCH - DAY, order: "newestFirst", grain: 1 },
  regions: 1,
  instances: [{ region: 0, ageMs: 30 * DAY, listed: true }],
  rows: Array.from({ length: 20 }, (_, i) => ({ instance: 0, start: i / 20, lasts: 30 * HOUR })),
};

const WAY = { order: "STARTED_AT_ASC" as const, backwards: false, filter: EVERY_BACKUP };
const STEP = { size: 3, takes: 1, waitMs: 0, changes: [], bounds: UNBOUNDED };

/** Walks the list as long as there is a next page. */
async function pagesOf(gateway: ModelGateway): Promise<Visit[]> {
  const visits: Visit[] = [];
  let cursor: string | null = null;
  for (;;) {
    const visit = await visitPage(gateway, WAY, { step: STEP, cursor });
    visits.push(visit);
    if (!visit.hasMore) return visits;
    cursor = visit.page.endCursor;
  }
}

describe("a list that shows rows outside the window", () => {
  test("is reported and read whole, so that the next walk shows all of it", async () => {
    const estate = new ModelEstate([ACCOUNT], EPOCH);
    const reported: unknown[] = [];
    const gateway = new ModelGateway(
      estate,
      {},
      { onClaimDropped: (...claim) => reported.push(claim) },
    );
    const issues = (await pagesOf(gateway)).flatMap(({ page }) => page.issues);
    expect(new Set(issues.map(({ code }) => code))).toEqual(new Set(["BAD_RESPONSE"]));
    const message = "The vendor showed a row outside the time asked for; its lists are read whole.";
    expect(reported).toEqual([["a0/model", "backups", message]]);
    expect(idsOf({ visits: await pagesOf(gateway) })).toHaveLength(20);
  });

  test("makes other lists of its kind be read again", async () => {
    const honest = { ...ACCOUNT, own: { ...ACCOUNT.own, behaviour: PLAIN_LIST.behaviour } };
    const estate = new ModelEstate([honest], EPOCH);
    const gateway = new ModelGateway(estate);
    const callsOfWalk = async () => {
      const before = estate.calls;
      expect(idsOf({ visits: await pagesOf(gateway) })).toHaveLength(20);
      return estate.calls - before;
    };
    expect(await callsOfWalk()).toBeGreaterThan(5);
    expect(await callsOfWalk()).toBe(0);
    const memory = gateway.engine.providers.get("a0/model")?.memoryOf("backups");
    if (memory !== undefined) memory.windowTrusted = false;
    expect(await callsOfWalk()).toBeGreaterThan(5);
  });
});
