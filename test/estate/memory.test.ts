import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Clouds } from "../../src/clouds/clouds.js";
import { BACKUPS, gatewayOver, readsOf } from "./gateway.js";
import { sized } from "../runs.js";
import { startStillClouds } from "../stillClouds.js";
import { wanted } from "../wantedPage.js";

const SETTINGS = { ttlMs: 600_000, staleIfErrorMs: 600_000, scanRows: 20_000 };
/** Backups of each instance, and of both providers together. */
const EACH = sized(150, 300);
const ALL = 2 * 20 * EACH;
/** Somewhat more than the list of one provider. */
const TIGHT = ALL / 2 + 500;
const PROVIDERS = ["demo-alibaba/kvstore", "demo-tencent/redis"];

describe("a walk of more backups than memory holds", () => {
  let clouds: Clouds;
  beforeAll(async () => {
    clouds = await startStillClouds({
      estate: { instances: 20, backupsEach: EACH, regions: 1 },
      upstream: { rate: 10_000, concurrency: 64 },
    });
  });
  afterAll(() => clouds.close());

  /** Walks everything, and returns the calls and the most rows that were held at once. */
  async function walk(cacheRows: number) {
    const gateway = gatewayOver(clouds, { settings: { ...SETTINGS, cacheRows } });
    clouds.calls.reset();
    const ids: string[] = [];
    let held = 0;
    for (const provider of PROVIDERS) {
      let after: string | null = null;
      for (let more = true; more;) {
        const page: Awaited<ReturnType<ReturnType<typeof readsOf>["backups"]>> = await readsOf(
          gateway,
        ).backups({
          ...BACKUPS,
          parent: { type: "Provider", provider },
          page: wanted({ first: 200, after }),
        });
        ids.push(...page.edges.map(({ node }) => node.id));
        held = Math.max(held, gateway.engine.rowsHeld);
        more = await page.hasNextPage();
        after = page.endCursor;
      }
    }
    await gateway.close();
    return { calls: clouds.calls.count(), ids, held };
  }

  test("asks hardly more where there is room for the slices that it stands in", async () => {
    const roomy = await walk(200_000);
    const tight = await walk(TIGHT);
    expect(new Set(roomy.ids).size).toBe(ALL);
    expect(tight.ids).toEqual(roomy.ids);
    expect(roomy.held).toBeGreaterThan(ALL);
    expect(tight.held).toBeLessThanOrEqual(TIGHT);
    expect(tight.calls).toBeLessThan(1.05 * roomy.calls);
  });

  test("gives each once where there is hardly any room", async () => {
    const tight = await walk(200);
    expect([tight.ids.length, new Set(tight.ids).size]).toEqual([ALL, ALL]);
    expect(tight.held).toBeLessThanOrEqual(200);
  });
});

test("a first page over more lists than memory holds whole is complete, and then costs no call", async () => {
  const clouds = await startStillClouds({
    estate: { instances: 100, backupsEach: 30, regions: 1 },
    upstream: { rate: 10_000, concurrency: 64 },
  });
  const gateway = gatewayOver(clouds, { settings: { ...SETTINGS, cacheRows: 2_000 } });
  const firstPage = async () => {
    clouds.calls.reset();
    const { edges } = await readsOf(gateway).backups({
      ...BACKUPS,
      parent: { type: "Provider", provider: "demo-alibaba/kvstore" },
      page: wanted({ first: 100 }),
    });
    return { ids: edges.map(({ node }) => node.id), calls: clouds.calls.count() };
  };
  try {
    const first = await firstPage();
    expect(first.ids).toHaveLength(100);
    expect(first.calls).toBeGreaterThanOrEqual(100);
    expect(await firstPage()).toEqual({ ids: first.ids, calls: 0 });
  } finally {
    await gateway.close();
    await clouds.close();
  }
});
