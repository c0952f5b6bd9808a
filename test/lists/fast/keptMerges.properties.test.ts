import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { Backup } from "../../../src/domain/backup.js";
import type { Connection } from "../../../src/domain/connection.js";
import { listBackups } from "../../../src/lists/backups.js";
import { KeptMerges } from "../../../src/lists/fast/keptMerges.js";
import { NO_MERGED_PAGES } from "../../../src/lists/fast/plain.js";
import type { ReadContext } from "../../../src/lists/readContext.js";
import { ModelEstate } from "../../model/modelEstate.js";
import {
  accounts,
  EPOCH,
  estateChange,
  PATIENCE_MS,
  plan,
  steps,
  walks,
  wayIn,
} from "../../model/scenarios.js";
import { ModelGateway, queryOf, UNBOUNDED, type Step, type WalkPlan } from "../../model/walker.js";
import { wanted } from "../../wantedPage.js";

const ask = (context: ReadContext, way: WalkPlan, size: number, cursor: string | null) =>
  listBackups(context, {
    ...queryOf(way),
    page: way.backwards
      ? wanted({ last: size, before: cursor })
      : wanted({ first: size, after: cursor }),
  });

const runs = walks(0.05);

/** The next request: from which of the cursors so far, and what happens before the one after it. */
const asked = fc.record({
  from: fc.double({ min: 0, max: 0.999, noNaN: true }),
  waitMs: fc.constantFrom(0, 0, 1_000, 14_000, 31_000),
  changes: fc.boolean(),
});

const shown = async (page: Connection<Backup>) => ({
  rows: page.edges.map(({ node, late, cursor }) => [node, late, cursor]),
  // A page without rows may have no source whose slices say when its walk begins.
  ends: page.edges.length > 0 ? [page.startCursor, page.endCursor] : page.startCursor !== null,
  flags: [await page.hasPreviousPage(), await page.hasNextPage()],
  total: await page.totalCount(),
  issues: page.issues,
  complete: page.complete,
});

describe("a page of a kept merge", () => {
  test(
    "is equal to the byte to the page that merging again gives, while lists change and are read again",
    async () => {
      const pages = vi.spyOn(KeptMerges.prototype, "find");
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            way: plan(steps(estateChange)),
            asks: fc.array(asked, { minLength: 8, maxLength: 24 }),
          }),
          async (sample) => {
            const estate = new ModelEstate(sample.accounts, EPOCH);
            const way = wayIn(estate, sample.way);
            const gateway = new ModelGateway(estate);
            const cursors: (string | null)[] = [null];
            for (const [i, { from, waitMs, changes }] of sample.asks.entries()) {
              const step = way.steps[i % way.steps.length] as Step;
              const cursor = cursors[Math.floor(from * cursors.length)] as string | null;
              // Reads what the page needs, so that the next two are answered from the same slices.
              await shown(await ask(gateway.open(), way, step.size, cursor));
              const page = await ask(gateway.open(), way, step.size, cursor);
              const seen = await shown(page);
              estate.world.now -= 1;
              const plain = gateway.open(UNBOUNDED, null, { merged: NO_MERGED_PAGES });
              const again = await ask(plain, way, step.size, cursor);
              expect(await shown(again)).toEqual(seen);
              cursors.push(page.endCursor, page.edges.at(-1)?.cursor ?? null);
              estate.world.now += waitMs;
              if (changes) for (const one of step.changes) estate.change(one);
            }
          },
        ),
        runs,
      );
      const given = pages.mock.results.filter(({ value }) => value !== null);
      expect(given.length).toBeGreaterThan(runs.numRuns);
      pages.mockRestore();
    },
    PATIENCE_MS,
  );
});
