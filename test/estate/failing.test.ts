import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Gateway } from "../../src/app.js";
import { startClouds, type Clouds } from "../../src/clouds/clouds.js";
import type { PageArgs } from "../../src/domain/connection.js";
import { BACKUPS, gatewayOver, NO_PAGE, readsOf } from "./gateway.js";

describe("a walk while a vendor fails and comes back", () => {
  let clouds: Clouds;
  let gateway: Gateway;
  let ahead = 0;
  /** The vendors are well again, and the breakers have waited long enough to find out. */
  const recover = (): void => {
    clouds.knobs.faults.clear();
    ahead += 30_000;
  };
  beforeEach(async () => {
    ahead = 0;
    clouds = await startClouds({
      estate: { instances: 6, backupsEach: 40 },
      upstream: { retries: 0, rate: 10_000, concurrency: 64 },
    });
    // What was read is kept for its operation only, so that every page asks the vendors.
    gateway = gatewayOver(clouds, {
      now: () => Date.now() + ahead,
      settings: { ttlMs: 0, staleIfErrorMs: 0, scanRows: 20_000, cacheRows: 200_000 },
    });
  });
  afterEach(async () => {
    await gateway.close();
    await clouds.close();
  });

  const read = (page: Partial<PageArgs>, onSourceError: "PARTIAL" | "FAIL" = "PARTIAL") =>
    readsOf(gateway).backups({ ...BACKUPS, page: { ...NO_PAGE, ...page }, onSourceError });

  test.each(["ucloud", "tencent", "alibaba"] as const)(
    "nothing of %s is lost and nothing comes twice",
    async (vendor) => {
      const ids: string[] = [];
      let late = 0;
      let after: string | null = null;
      for (let pages = 0; ; pages += 1) {
        // Down on the third to the fifth page.
        if (pages === 2)
          clouds.knobs.faults.add({ vendor, effect: { kind: "status", status: 500 } });
        if (pages === 5) recover();
        const page = await read({ first: 75, after });
        if (pages >= 2 && pages < 5) {
          expect(page.complete).toBe(false);
          expect(new Set(page.issues.map(({ provider }) => provider.split("/")[0]))).toEqual(
            new Set([`demo-${vendor}`]),
          );
        }
        ids.push(...page.edges.map(({ node }) => node.nativeId));
        late += page.edges.filter((edge) => edge.late).length;
        if (!(await page.hasNextPage()) && page.complete) break;
        after = page.endCursor;
      }
      expect(late).toBeGreaterThan(0);
      const truth = clouds.estate.truth().map(({ nativeId }) => nativeId);
      expect(ids.sort()).toEqual(truth.sort());
    },
  );

  test("a caller that wants all or nothing gets the first issue's code", async () => {
    clouds.knobs.faults.add({ vendor: "tencent", effect: { kind: "status", status: 503 } });
    await expect(read({ first: 5 }, "FAIL")).rejects.toMatchObject({
      code: "UPSTREAM_FAILED",
      extensions: { issue: "UNAVAILABLE", provider: "demo-tencent/redis" },
    });
  });

  test("a page that every vendor fails has no rows, no next page, and a cursor to go on from", async () => {
    for (const vendor of ["ucloud", "tencent", "alibaba"] as const)
      clouds.knobs.faults.add({ vendor, effect: { kind: "status", status: 500 } });
    const page = await read({ first: 5 });
    expect(page.edges).toEqual([]);
    expect([page.complete, await page.hasNextPage()]).toEqual([false, false]);
    expect(await page.totalCount()).toBeNull();
    recover();
    const again = await read({ first: 5, after: page.endCursor });
    expect(again.edges).toHaveLength(5);
  });
});
