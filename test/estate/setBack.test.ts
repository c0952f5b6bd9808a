import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import type { Clouds } from "../../src/clouds/clouds.js";
import { EVERY_INSTANCE } from "../../src/domain/filter.js";
import { MOMENT, startStillClouds } from "../stillClouds.js";
import { BACKUPS, gatewayOver, readsOf } from "./gateway.js";
import { wanted } from "../wantedPage.js";

const HOUR = 3_600_000;

describe("a clock that is set back", () => {
  let clouds: Clouds;
  let gateway: Gateway;
  /** How far the clocks are ahead; also those of the vendors, which refuse signatures of another time. */
  let ahead = 0;
  const now = (): number => MOMENT + ahead;
  beforeEach(async () => {
    ahead = 0;
    clouds = await startStillClouds({ now, estate: { instances: 3, backupsEach: 4, regions: 1 } });
    gateway = gatewayOver(clouds, { elapsed: () => MOMENT });
  });
  afterEach(async () => {
    await gateway.close();
    await clouds.close();
  });

  const newest = async () => {
    const page = await readsOf(gateway).backups({ ...BACKUPS, page: wanted({ first: 200 }) });
    return { complete: page.complete, ids: page.edges.map(({ node }) => node.nativeId) };
  };

  const insert = () => {
    const [instance] = clouds.estate.instances("TENCENT_REDIS", "ap-guangzhou");
    const startedAt = MOMENT - 60_000;
    const instanceNativeId = instance?.nativeId ?? "";
    return clouds.estate.insertBackup({ product: "TENCENT_REDIS", instanceNativeId, startedAt })
      .nativeId;
  };

  test.each([HOUR, 24 * HOUR, 5_000])(
    "by %i ms makes nothing fresh that was read before",
    async (by) => {
      ahead = by;
      const { ids } = await newest();
      const id = insert();
      ahead = 0;
      expect(await newest()).toEqual({ complete: true, ids: expect.arrayContaining([...ids, id]) });
    },
  );

  test("changes coverage at once, as in a gateway that has just started", async () => {
    const states = async (reads: Gateway) =>
      (await readsOf(reads).coverage(HOUR, EVERY_INSTANCE)).entries.map(
        ({ coverage }) => coverage.state,
      );
    ahead = HOUR;
    const before = await states(gateway);
    insert();
    ahead = 0;
    const fresh = gatewayOver(clouds);
    const right = await states(fresh);
    await fresh.close();
    expect(right).not.toEqual(before);
    expect(await states(gateway)).toEqual(right);
  });

  test("by less than clocks are corrected costs no call", async () => {
    await newest();
    const asked = clouds.calls.count();
    ahead = -900;
    await newest();
    expect(clouds.calls.count()).toBe(asked);
  });

  test("in the middle of a walk loses and repeats nothing", async () => {
    const truth = clouds.estate.truth().map(({ nativeId }) => nativeId);
    ahead = HOUR;
    const { ids: all } = await newest();
    const ids: string[] = [];
    for (let after: string | null = null; ; ahead -= HOUR / 4) {
      const read = readsOf(gateway).backups({ ...BACKUPS, page: wanted({ first: 7, after }) });
      const page: Awaited<typeof read> = await read;
      ids.push(...page.edges.map(({ node }) => node.nativeId));
      expect(page.complete).toBe(true);
      if (!(await page.hasNextPage())) break;
      after = page.endCursor;
    }
    expect(ids).toEqual(all);
    expect([...ids].sort()).toEqual(truth.sort());
  });

  test("while lists are read makes no call again and again", async () => {
    await newest();
    const cold = clouds.calls.count();
    // The first answer comes after the clock was set back.
    const setBack = gatewayOver(clouds, {
      now: () => MOMENT - (clouds.calls.count() > cold ? 120_000 : 0),
      elapsed: () => MOMENT,
    });
    const page = await readsOf(setBack).backups({ ...BACKUPS, page: wanted({ first: 5 }) });
    await setBack.close();
    expect(page.complete).toBe(true);
    expect(clouds.calls.count() - cold).toBeLessThanOrEqual(2 * cold);
  });
});
