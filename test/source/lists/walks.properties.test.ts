import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelEstate } from "../../model/modelEstate.js";
import { accounts, backupChange, EPOCH, estateChange, plan, steps } from "../../model/scenarios.js";
import {
  byWalk,
  expectOrder,
  ModelGateway,
  passes,
  SETTINGS,
  UNBOUNDED,
  walk,
  type Step,
  type Walked,
  type WalkPlan,
} from "../../model/walker.js";

const RUNS = Number(process.env["RUNS"] ?? 1000);

/** The backups that a walk must show: they match, and exist from `ttl` before it until it ends. */
function expected(estate: ModelEstate, { filter }: WalkPlan, since: number) {
  return estate
    .backups()
    .filter((backup) => {
      const { row, region } = backup;
      if (!(row.bornAt < since && row.died === null)) return false;
      const facts = {
        provider: `a${region.account}/model`,
        region: region.region,
        instanceNativeId: String(row.facts["instance"]),
        status: row.facts["status"] as "SUCCEEDED",
        startedAt: row.startedAt,
      };
      return passes(filter, facts) && estate.isVisible(backup, since);
    })
    .map(({ id, row }) => ({ id, startedAt: row.startedAt }));
}

const idsOf = ({ visits }: Walked): string[] =>
  visits.flatMap(({ taken }) => taken.map(({ node }) => node.id));

function expectExactlyOnce(
  estate: ModelEstate,
  way: WalkPlan,
  walked: Walked,
  ttlMs: number,
): void {
  const ids = idsOf(walked);
  expect(new Set(ids).size, "no backup twice").toBe(ids.length);
  const wanted = expected(estate, way, walked.startedAt - ttlMs);
  const shown = new Set(ids);
  expect(
    wanted.filter(({ id }) => !shown.has(id)),
    "no backup lost",
  ).toEqual([]);
}

/** Steps of a client that waits for nothing. */
const ONE_BY_ONE: Step = { size: 1, takes: 1, waitMs: 0, changes: [], bounds: UNBOUNDED };

const ttl = fc.constantFrom(0, SETTINGS.ttlMs);

describe("a walk over lists that stand still", () => {
  test("shows exactly the truth in order, and knows at each page what is left and how many there are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ accounts, ttlMs: ttl, way: plan(steps(backupChange)) }),
        async (sample) => {
          const way = {
            ...sample.way,
            steps: sample.way.steps.map((step) => ({ ...step, changes: [] })),
          };
          const estate = new ModelEstate(sample.accounts, EPOCH);
          const gateway = new ModelGateway(estate, { ttlMs: sample.ttlMs });
          const walked = await walk(gateway, way);
          expectOrder(walked);
          const truth = expected(estate, way, EPOCH).sort(byWalk(walked.direction));
          const ids = truth.map(({ id }) => id);
          expect(idsOf(walked)).toEqual(ids);
          let seen = 0;
          for (const { page, taken, hasMore } of walked.visits) {
            const shown = seen + page.edges.length;
            const hasLess = await (way.backwards ? page.hasNextPage() : page.hasPreviousPage());
            expect([hasLess, hasMore]).toEqual([seen > 0, shown < ids.length]);
            expect([page.complete, page.issues]).toEqual([true, []]);
            expect(await page.totalCount()).toBe(ids.length);
            seen += taken.length;
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe("a walk over lists that move", () => {
  test("shows every backup that lives through it exactly once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          accounts,
          ttlMs: ttl,
          way: plan(steps(estateChange)),
          changes: fc.array(fc.array(estateChange, { maxLength: 2 }), { maxLength: 10 }),
        }),
        async (sample) => {
          const estate = new ModelEstate(sample.accounts, EPOCH);
          const gateway = new ModelGateway(estate, { ttlMs: sample.ttlMs });
          estate.script.changes = [...sample.changes];
          const walked = await walk(gateway, sample.way);
          expectOrder(walked);
          expectExactlyOnce(estate, sample.way, walked, sample.ttlMs);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

const kinds = fc.constantFrom(
  "UNAVAILABLE" as const,
  "TIMEOUT" as const,
  "THROTTLED" as const,
  "BAD_RESPONSE" as const,
  "FORBIDDEN" as const,
  "UNAUTHENTICATED" as const,
);

/** For each list, which of its first calls fail. */
const failures = fc.array(fc.array(fc.option(kinds, { freq: 2 }), { maxLength: 8 }), {
  minLength: 1,
  maxLength: 8,
});

describe("a walk over sources that fail", () => {
  test("loses nothing, repeats nothing, and brings late what it owed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          accounts,
          ttlMs: ttl,
          way: plan(steps(estateChange)),
          changes: fc.array(fc.array(estateChange, { maxLength: 1 }), { maxLength: 6 }),
          failures,
        }),
        async (sample) => {
          const estate = new ModelEstate(sample.accounts, EPOCH);
          const gateway = new ModelGateway(estate, { ttlMs: sample.ttlMs });
          estate.script.changes = [...sample.changes];
          estate.script.failures = sample.failures;
          const walked = await walk(gateway, sample.way);
          expectOrder(walked);
          expectExactlyOnce(estate, sample.way, walked, sample.ttlMs);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

/** Operations too short to ask every source once. */
const narrowBounds = fc.oneof(
  fc.record({ vendorCalls: fc.integer({ min: 1, max: 6 }), deadlineMs: fc.constant(1e12) }),
  fc.record({ vendorCalls: fc.constant(100_000), deadlineMs: fc.integer({ min: 10, max: 60 }) }),
);

describe("a walk whose operations are cut", () => {
  test("always gets on, and loses nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          accounts,
          way: plan(steps(estateChange, narrowBounds)),
          changes: fc.array(fc.array(estateChange, { maxLength: 1 }), { maxLength: 6 }),
          failures,
        }),
        async (sample) => {
          const estate = new ModelEstate(sample.accounts, EPOCH);
          const gateway = new ModelGateway(estate);
          estate.script.changes = [...sample.changes];
          estate.script.failures = sample.failures;
          estate.script.latencyMs = 10;
          const walked = await walk(gateway, sample.way);
          expectOrder(walked);
          expectExactlyOnce(estate, sample.way, walked, SETTINGS.ttlMs);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe("a walk that is served old data", () => {
  test("owes what is newer, and loses nothing once the sources are back", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          accounts,
          way: plan(steps(estateChange)),
          warm: plan(steps(estateChange)),
          pauseMs: fc.integer({ min: SETTINGS.ttlMs + 1, max: SETTINGS.staleIfErrorMs }),
          arrivals: fc.array(estateChange, { maxLength: 6 }),
          failures,
        }),
        async (sample) => {
          const estate = new ModelEstate(sample.accounts, EPOCH);
          const gateway = new ModelGateway(estate);
          estate.startsAreFresh = true;
          await walk(gateway, { ...sample.warm, steps: [{ ...ONE_BY_ONE, size: 50 }] });
          for (const one of sample.arrivals) estate.change(one);
          estate.world.now += sample.pauseMs;
          estate.script.failures = sample.failures;
          const walked = await walk(gateway, sample.way);
          expectOrder(walked);
          expectExactlyOnce(estate, sample.way, walked, SETTINGS.ttlMs);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
