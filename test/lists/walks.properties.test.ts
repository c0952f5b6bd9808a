import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareWalk } from "../../src/paging/direction.js";
import {
  byWalk,
  expected,
  expectExactlyOnce,
  expectFlags,
  expectOrder,
  idsOf,
} from "../model/expectations.js";
import { ModelEstate } from "../model/modelEstate.js";
import { faults } from "../model/modelFaults.js";
import {
  accounts,
  backupChange,
  changes,
  EPOCH,
  estateChange,
  estateOf,
  failures,
  PATIENCE_MS,
  plan,
  steps,
  walks,
  wayIn,
  type PlanScenario,
} from "../model/scenarios.js";
import { ModelGateway, SETTINGS, UNBOUNDED, visitPage, walk, type Step } from "../model/walker.js";

const ttl = fc.constantFrom(0, SETTINGS.ttlMs);

/** Whether lists are merged again for each page, and nothing is read early. */
const isPlain = fc.boolean();

const still = plan(steps(backupChange)).map((way) => ({
  ...way,
  steps: way.steps.map((step): Step => ({ ...step, changes: [] })),
}));

describe("a walk over lists that stand still", () => {
  test(
    "shows exactly the truth in order, and knows at each page what is left and how many there are",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(accounts, ttl, still, isPlain, async (estates, ttlMs, scenario, plain) => {
          const estate = new ModelEstate(estates, EPOCH);
          const way = wayIn(estate, scenario);
          const gateway = new ModelGateway(estate, { ttlMs }, { isPlain: plain });
          const walked = await walk(gateway, way);
          expectOrder(walked);
          const truth = expected(estate, way, EPOCH).sort(byWalk(walked.direction));
          const ids = truth.map(({ id }) => id);
          expect(idsOf(walked)).toEqual(ids);
          let seen = 0;
          for (const { page, taken, hasMore, hasLess } of walked.visits) {
            const shown = seen + page.edges.length;
            expect([hasLess, hasMore]).toEqual([seen > 0, shown < ids.length]);
            expect([page.complete, page.issues]).toEqual([true, []]);
            expect(await page.totalCount()).toBe(ids.length);
            seen += taken.length;
          }
        }),
        walks(0.3),
      );
    },
  );

  test(
    "shows the same if tokens expire while a list is read",
    { timeout: PATIENCE_MS },
    async () => {
      const expiring = fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 2 });
      await fc.assert(
        fc.asyncProperty(
          accounts,
          ttl,
          still,
          expiring,
          async (estates, ttlMs, scenario, calls) => {
            const estate = new ModelEstate(estates, EPOCH);
            const way = wayIn(estate, scenario);
            let tokens = 0;
            estate.script.failing = ({ page: { at } }) => {
              tokens += typeof at === "string" ? 1 : 0;
              return typeof at === "string" && calls.includes(tokens) ? "TOKEN" : null;
            };
            const walked = await walk(new ModelGateway(estate, { ttlMs }), way);
            const truth = expected(estate, way, EPOCH).sort(byWalk(walked.direction));
            expect(idsOf(walked)).toEqual(truth.map(({ id }) => id));
            for (const { page } of walked.visits)
              expect([page.complete, page.issues]).toEqual([true, []]);
          },
        ),
        walks(0.1),
      );
    },
  );

  test(
    "goes on from any edge, in a new process, also where the edge's backup is gone",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            scenario: still,
            visit: fc.nat(),
            edge: fc.nat(),
            isGone: fc.boolean(),
          }),
          async ({ accounts: estates, scenario, visit, edge, isGone }) => {
            const estate = new ModelEstate(estates, EPOCH);
            const way = wayIn(estate, scenario);
            const { visits, direction } = await walk(new ModelGateway(estate), way);
            const { page } = visits[visit % visits.length] ?? {};
            const from = page?.edges[edge % Math.max(page.edges.length, 1)];
            if (from === undefined) return;
            const truth = expected(estate, way, EPOCH).sort(byWalk(direction));
            const passed = truth.filter((row) => compareWalk(direction, row, from.node) <= 0);
            const rest = truth.slice(passed.length).map(({ id }) => id);
            if (isGone) estate.remove(from.node.id);
            const step = { ...WHOLE, changes: [] };
            const next = await visitPage(new ModelGateway(estate), way, {
              step,
              cursor: from.cursor,
            });
            expect(idsOf({ visits: [next] })).toEqual(rest);
            expect([next.hasLess, next.hasMore]).toEqual([passed.length > (isGone ? 1 : 0), false]);
          },
        ),
        walks(0.05),
      );
    },
  );
});

const WHOLE: Step = { size: 200, takes: 1, waitMs: 0, changes: [], bounds: UNBOUNDED };

/** Walks an estate, and expects each backup that lives through the walk exactly once, in order. */
async function walkOnce(
  sample: Parameters<typeof estateOf>[0] & {
    readonly ttlMs: number;
    readonly way: PlanScenario;
    readonly isPlain: boolean;
  },
) {
  const { ttlMs, isPlain } = sample;
  const estate = estateOf(sample);
  const way = wayIn(estate, sample.way);
  const walked = await walk(new ModelGateway(estate, { ttlMs }, { isPlain }), way);
  expectOrder(walked);
  expectExactlyOnce(estate, way, walked, ttlMs);
  return { estate, way, walked };
}

describe("a walk over lists that move", () => {
  test(
    "shows every backup that lives through it exactly once, in order, and what is left",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            ttlMs: ttl,
            way: plan(steps(estateChange)),
            changes: changes(4),
            isPlain,
          }),
          async (sample) => {
            const { estate, way, walked } = await walkOnce(sample);
            expectFlags(estate, way, walked, sample.ttlMs);
          },
        ),
        walks(0.4),
      );
    },
  );
});

describe("a walk over sources that fail", () => {
  test(
    "loses nothing, repeats nothing, and brings late what it owed",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            ttlMs: ttl,
            way: plan(steps(estateChange)),
            changes: changes(1),
            failures,
            isPlain,
          }),
          async (sample) => void (await walkOnce(sample)),
        ),
        walks(0.3),
      );
    },
  );
});

describe("a walk over lists whose pages lack rows, are empty, or repeat themselves for a while", () => {
  test(
    "shows every row that some page shows exactly once, and names every list that lacks rows",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            ttlMs: ttl,
            way: plan(steps(estateChange)),
            changes: changes(1),
            failures: fc.oneof(fc.constant([]), failures),
            faults,
            isPlain,
          }),
          async (sample) => {
            const { estate, way, walked } = await walkOnce(sample);
            const issues = walked.visits.flatMap(({ page }) => page.issues);
            if (issues.every(({ code }) => code === "SHORT"))
              expectFlags(estate, way, walked, sample.ttlMs);
          },
        ),
        walks(0.1),
      );
    },
  );
});
