import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectCuts, expected, expectExactlyOnce, expectOrder } from "../model/expectations.js";
import { ModelEstate } from "../model/modelEstate.js";
import { faults } from "../model/modelFaults.js";
import {
  accounts,
  arrivals,
  backupChange,
  changes,
  EPOCH,
  estateChange,
  estateOf,
  failures,
  narrowBounds,
  PATIENCE_MS,
  plan,
  steps,
  walks,
  wayIn,
} from "../model/scenarios.js";
import { ModelGateway, SETTINGS, UNBOUNDED, visitPage, walk, type Step } from "../model/walker.js";

describe("a walk whose operations are cut", () => {
  test("always gets on, and loses nothing", { timeout: PATIENCE_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          accounts,
          way: plan(steps(estateChange, narrowBounds)),
          changes: changes(1),
          failures,
          faults: fc.oneof(fc.constant([]), faults),
          isPlain: fc.boolean(),
        }),
        async (sample) => {
          const estate = estateOf(sample);
          const way = wayIn(estate, sample.way);
          estate.script.latencyMs = 10;
          const walked = await walk(new ModelGateway(estate, {}, { isPlain: sample.isPlain }), way);
          expectOrder(walked);
          expectCuts(walked);
          expectExactlyOnce(estate, way, walked, SETTINGS.ttlMs);
        },
      ),
      walks(0.05),
    );
  });
});

/** How a list fails for good. */
const fault = fc.constantFrom(
  "FORBIDDEN" as const,
  "NOT_FOUND" as const,
  "UNAVAILABLE" as const,
  "TIMEOUT" as const,
  "THROTTLED" as const,
  "BAD_RESPONSE" as const,
  "UNAUTHENTICATED" as const,
);

/** Behind so many pages without rows at the end of a walk, what is pending is of lists that never answer. */
const PENDING_PAGES = 3;

const ALL_AT_ONCE: Step = { size: 50, takes: 1, waitMs: 0, changes: [], bounds: UNBOUNDED };

describe("a walk over sources that mostly never answer", () => {
  test(
    "ends, shows the others whole, repeats no page, and asks for what is refused once within ttl",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            way: plan(steps(backupChange, fc.oneof(fc.constant(UNBOUNDED), narrowBounds))),
            faults: fc.array(fc.option(fault, { freq: 2 }), { minLength: 1, maxLength: 7 }),
          }),
          async ({ way: scenario, faults, ...sample }) => {
            const estate = new ModelEstate(sample.accounts, EPOCH);
            const way = wayIn(estate, scenario);
            const still = { ...way, steps: way.steps.map((step) => ({ ...step, changes: [] })) };
            const lists: string[] = [];
            const refusedAt = new Map<string, number>();
            let soonest = Number.POSITIVE_INFINITY;
            estate.script.latencyMs = 10;
            estate.script.failing = ({ account, action, region, instance }) => {
              if (action !== "ListBackups") return null;
              const name = `${account} ${region} ${instance}`;
              if (!lists.includes(name)) lists.push(name);
              const kind = faults[lists.indexOf(name) % faults.length] ?? null;
              if (kind !== "FORBIDDEN" && kind !== "NOT_FOUND") return kind;
              const before = refusedAt.get(name) ?? Number.NEGATIVE_INFINITY;
              soonest = Math.min(soonest, estate.world.now - before);
              refusedAt.set(name, estate.world.now);
              return kind;
            };
            const gateway = new ModelGateway(estate);
            const seen = new Set<string>();
            const cursors = new Set<string>();
            let cursor: string | null = null;
            let pendingPages = 0;
            for (let pages = 0, more = true; more || pendingPages < PENDING_PAGES; pages += 1) {
              expect(pages, "the walk ends").toBeLessThan(2_000);
              const usual = still.steps[pages % still.steps.length] as Step;
              const step = more ? usual : { ...usual, bounds: UNBOUNDED };
              const visit = await visitPage(gateway, still, { step, cursor });
              more = visit.hasMore;
              // A list of a whole region that is refused at the end leaves its instances pending.
              pendingPages = visit.page.edges.length > 0 || more ? 0 : pendingPages + 1;
              const end = way.backwards ? visit.page.startCursor : visit.page.endCursor;
              if (more && step.size > 0)
                expect(end, "a page keeps the cursor it was requested with").not.toBe(cursor);
              if (visit.page.edges.length > 0 && more) {
                expect(cursors.has(end ?? ""), "a page comes twice").toBe(false);
                cursors.add(end ?? "");
              }
              for (const { node } of visit.page.edges) {
                expect(seen.has(node.id), "a backup comes twice").toBe(false);
                seen.add(node.id);
              }
              cursor = end ?? cursor;
              estate.world.now += step.waitMs;
            }
            expect(soonest).toBeGreaterThanOrEqual(SETTINGS.ttlMs);
            const healthy = new Set(
              estate.backups().flatMap(({ id, row, region: { account, region } }) => {
                const list = lists.indexOf(
                  `a${account} ${region} ${String(row.facts["instance"])}`,
                );
                return list < 0 || (faults[list % faults.length] ?? null) === null ? [id] : [];
              }),
            );
            const wanted = expected(estate, still, EPOCH).filter(({ id }) => healthy.has(id));
            expect(wanted.filter(({ id }) => !seen.has(id))).toEqual([]);
          },
        ),
        walks(0.05),
      );
    },
  );
});

describe("a walk that is served old data", () => {
  test(
    "owes what is newer, and loses nothing once the sources are back, cut or not",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            way: plan(
              steps(
                estateChange,
                fc.oneof({ weight: 2, arbitrary: fc.constant(UNBOUNDED) }, narrowBounds),
              ),
            ),
            warm: plan(steps(estateChange)),
            pauseMs: fc.integer({ min: SETTINGS.ttlMs + 1, max: SETTINGS.staleIfErrorMs }),
            arrivals,
            failures,
            isPlain: fc.boolean(),
          }),
          async (sample) => {
            const estate = new ModelEstate(sample.accounts, EPOCH);
            const gateway = new ModelGateway(estate, {}, { isPlain: sample.isPlain });
            estate.startsAreFresh = true;
            const way = wayIn(estate, sample.way);
            await walk(gateway, { ...wayIn(estate, sample.warm), steps: [ALL_AT_ONCE] });
            for (const one of sample.arrivals) estate.change(one);
            estate.world.now += sample.pauseMs;
            estate.script.failures = sample.failures;
            estate.script.latencyMs = 10;
            const walked = await walk(gateway, way);
            expectOrder(walked);
            expectExactlyOnce(estate, way, walked, SETTINGS.ttlMs);
          },
        ),
        walks(0.05),
      );
    },
  );
});
