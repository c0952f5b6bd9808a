import { describe, expect, test } from "vitest";
import { startClouds } from "../../src/clouds/clouds.js";
import type { Backup } from "../../src/domain/backup.js";
import type { Connection, PageArgs } from "../../src/domain/connection.js";
import { ANYONE } from "../../src/domain/principal.js";
import { BACKUPS, gatewayOver, NO_PAGE } from "./gateway.js";
import { VirtualClock } from "./virtualClock.js";

const INSTANCES = 1_000;
const RATE = 20;
/** The lists of the slowest product. */
const LISTS_MS = (INSTANCES / RATE) * 1_000;

describe("1,000 instances of each product at 20 calls a second and the default limits", () => {
  test.each([
    { backupsEach: 29, refreshes: false },
    // As many as a page has if no size is requested: a list that long may have been cut.
    { backupsEach: 30, refreshes: false },
    { backupsEach: 30, refreshes: true },
  ])(
    "show the first rows, and all of them, after lists ÷ rate: %j",
    { timeout: 120_000 },
    async ({ backupsEach, refreshes }) => {
      const clock = new VirtualClock();
      const clouds = await startClouds({
        now: clock.now,
        estate: { instances: INSTANCES, backupsEach },
        upstream: { rate: RATE, concurrency: 16 },
      });
      clouds.knobs.hook = () => clock.stir();
      // AWS takes longer: its snapshots are one list for all instances, which is read twice in pages of 50.
      const accounts = clouds.accounts.filter(({ vendor }) => vendor !== "aws");
      const gateway = gatewayOver(
        { ...clouds, accounts },
        {
          now: clock.now,
          sleep: clock.sleep,
          ...(refreshes ? { refreshShare: 0.5 } : {}),
        },
      );
      if (refreshes) gateway.refresher.start();
      const startedAt = clock.now();
      const cuts: string[] = [];
      let after: string | null = null;
      let rows = 0;
      for (let isCut = true; isCut;) {
        const reads = gateway.open(ANYONE, {
          signal: new AbortController().signal,
          deadline: clock.now() + 25_000,
          vendorCalls: 2_000,
        });
        const args: PageArgs = { ...NO_PAGE, first: 50, after };
        const page: Connection<Backup> = await clock.until(
          reads.backups({ ...BACKUPS, page: args }),
        );
        rows = page.edges.length;
        isCut = !page.complete;
        cuts.push(...page.issues.map(({ code, message }) => `${code}: ${message}`));
        after = page.endCursor;
        expect(clock.now() - startedAt).toBeLessThan(2 * LISTS_MS);
      }
      const tookMs = clock.now() - startedAt;
      const calls = clouds.calls.count({ action: "DescribeBackups" });
      await clock.until(gateway.close());
      await clouds.close();
      expect(rows).toBe(50);
      const progress = /^(CUT|THROTTLED): .* \d+ of \d+ lists have been read\.$/;
      expect(cuts.filter((text) => !progress.test(text))).toEqual([]);
      // The list of instances is read first, and a few calls settle what a page of 30 rows means.
      expect(tookMs).toBeLessThanOrEqual(LISTS_MS + 3_000);
      expect(calls).toBeGreaterThanOrEqual(INSTANCES);
      expect(calls).toBeLessThanOrEqual(INSTANCES + 30);
    },
  );
});
