import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Backup } from "../../src/domain/backup.js";
import type { BackupFilter } from "../../src/domain/filter.js";
import { instanceId } from "../../src/domain/id.js";
import type { BackupDimension, BackupStats, StatsBucket } from "../../src/domain/stats.js";
import { statsOf } from "../../src/lists/stats.js";
import { expected } from "../model/expectations.js";
import { ModelEstate, type AccountScenario } from "../model/modelEstate.js";
import { accounts, EPOCH, failures, PATIENCE_MS, walks } from "../model/scenarios.js";
import { filterIn, filters } from "../model/filterScenarios.js";
import { ModelGateway, SETTINGS, UNBOUNDED, walk, type WalkPlan } from "../model/walker.js";

const planOf = (filter: BackupFilter): WalkPlan => ({
  order: "STARTED_AT_DESC",
  backwards: false,
  filter,
  steps: [{ size: 200, takes: 1, waitMs: 0, changes: [], bounds: UNBOUNDED }],
});

const dimensions: fc.Arbitrary<BackupDimension[]> = fc.shuffledSubarray<BackupDimension>(
  ["DAY", "MONTH", "STATUS", "TRIGGER", "VENDOR", "PROVIDER", "REGION", "INSTANCE"],
  { minLength: 1, maxLength: 3 },
);

const VALUES: Readonly<Partial<Record<BackupDimension, (row: Backup) => string | null>>> = {
  DAY: ({ startedAt }) => new Date(startedAt).toISOString().slice(0, 10),
  MONTH: ({ startedAt }) => new Date(startedAt).toISOString().slice(0, 7),
  STATUS: ({ status }) => status,
  TRIGGER: ({ trigger }) => trigger,
  VENDOR: () => "UCLOUD",
  PROVIDER: ({ provider }) => provider,
  REGION: ({ region }) => region,
  INSTANCE: (row) => instanceId(row.provider, row.region, row.instanceNativeId),
};

interface Counted {
  readonly values: readonly (string | null | undefined)[];
  readonly count: number;
  readonly sizeBytes: number;
  readonly sizedCount: number;
  readonly firstStartedAt: number;
  readonly lastStartedAt: number;
}

/** The buckets that the rows of a walk give, counted in the simplest way. */
function folded(rows: readonly Backup[], by: readonly BackupDimension[]): Counted[] {
  const groups = new Map<string, Backup[]>();
  for (const row of rows) {
    const key = JSON.stringify(by.map((one) => VALUES[one]?.(row)));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups]
    .map(([key, own]) => ({
      values: JSON.parse(key) as string[],
      count: own.length,
      sizeBytes: own.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
      sizedCount: own.filter(({ sizeBytes }) => sizeBytes !== null).length,
      firstStartedAt: Math.min(...own.map(({ startedAt }) => startedAt)),
      lastStartedAt: Math.max(...own.map(({ startedAt }) => startedAt)),
    }))
    .sort(({ values: a }, { values: b }) => {
      const at = a.findIndex((value, index) => value !== b[index]);
      return (a[at] ?? "") < (b[at] ?? "") ? -1 : 1;
    });
}

/**
 * The calls of reading an estate that was walked before, with nothing kept of its rows. At first, calls depend
 * on the order of answers: what one list shows of its vendor (widest windows, what totals count) saves calls
 * for the next, and a walk reads lists in another order than statistics do.
 */
async function callsOnceLearned(
  scenario: readonly AccountScenario[],
  way: WalkPlan,
  read: (gateway: ModelGateway) => Promise<unknown>,
): Promise<number> {
  const estate = new ModelEstate(scenario, EPOCH);
  const gateway = new ModelGateway(estate);
  await walk(gateway, way);
  estate.world.now += SETTINGS.ttlMs + SETTINGS.staleIfErrorMs + 1;
  const before = estate.calls;
  await read(gateway);
  return estate.calls - before;
}

const shown = ({ keys, ...bucket }: StatsBucket) => ({
  values: keys.map(({ value }) => value),
  ...bucket,
});

const countOf = ({ buckets }: BackupStats): number =>
  buckets.reduce((sum, { count }) => sum + count, 0);

describe("statistics", () => {
  test(
    "equal the truth, and what a walk of the same filter adds up to, for no more calls",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(accounts, filters, dimensions, async (scenario, aimed, by) => {
          const estate = new ModelEstate(scenario, EPOCH);
          const filter = filterIn(estate, aimed);
          const query = { filter, by, timeZone: "UTC" };
          const stats = await statsOf(new ModelGateway(estate).open(), query);
          const way = planOf(filter);
          const truth = expected(estate, way, EPOCH);
          expect([stats.complete, stats.issues]).toEqual([true, []]);
          expect([stats.total.count, countOf(stats)]).toEqual([truth.length, truth.length]);
          const other = new ModelEstate(scenario, EPOCH);
          const { visits } = await walk(new ModelGateway(other), way);
          fc.pre(!other.isMisled());
          const rows = visits.flatMap(({ page }) => page.edges.map(({ node }) => node));
          expect(stats.buckets.map(shown)).toEqual(folded(rows, by));
          const own = await callsOnceLearned(scenario, way, (gateway) =>
            statsOf(gateway.open(), query),
          );
          const ofWalk = await callsOnceLearned(scenario, way, (gateway) => walk(gateway, way));
          expect(own).toBeLessThanOrEqual(ofWalk);
        }),
        walks(0.1),
      );
    },
  );

  test(
    "while sources fail are no more than the truth, and complete only if they are the truth",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({ accounts, filter: filters, by: dimensions, failures }),
          fc.array(fc.constantFrom(0, 1000, SETTINGS.ttlMs + 1000, SETTINGS.staleIfErrorMs), {
            minLength: 1,
            maxLength: 4,
          }),
          async (sample, waits) => {
            const estate = new ModelEstate(sample.accounts, EPOCH);
            estate.script.failures = sample.failures;
            const gateway = new ModelGateway(estate);
            const { by } = sample;
            const filter = filterIn(estate, sample.filter);
            for (const waitMs of waits) {
              const stats = await statsOf(gateway.open(), { filter, by, timeZone: "UTC" });
              const truth = expected(estate, planOf(filter), EPOCH).length;
              const { count } = stats.total;
              expect(countOf(stats)).toBe(count);
              expect(stats.complete).toBe(stats.issues.length === 0);
              expect(count).toBeLessThanOrEqual(truth);
              if (stats.complete) expect(count).toBe(truth);
              estate.world.now += waitMs;
            }
          },
        ),
        walks(0.1),
      );
    },
  );

  test(
    "that are cut say so, and repeated they get to the end",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(accounts, filters, fc.nat(6), async (scenario, aimed, vendorCalls) => {
          const estate = new ModelEstate(scenario, EPOCH);
          const filter = filterIn(estate, aimed);
          const gateway = new ModelGateway(estate, { ttlMs: 3_600_000 });
          const bounds = { ...UNBOUNDED, vendorCalls: vendorCalls + 1 };
          for (let round = 0; ; round += 1) {
            const query = { filter, by: ["DAY" as const], timeZone: "UTC" };
            const { total, complete, issues } = await statsOf(gateway.open(bounds), query);
            const truth = expected(estate, planOf(filter), EPOCH).length;
            expect(total.count).toBeLessThanOrEqual(truth);
            if (complete) {
              expect(total.count).toBe(truth);
              break;
            }
            expect(issues.map(({ code }) => code)).toContain("CUT");
            expect(round).toBeLessThan(500);
          }
        }),
        walks(0.05),
      );
    },
  );

  test(
    "count at most so many backups of a list, and then say so",
    { timeout: PATIENCE_MS },
    async () => {
      let cuts = 0;
      await fc.assert(
        fc.asyncProperty(accounts, filters, fc.nat(4), async (scenario, aimed, scanRows) => {
          const estate = new ModelEstate(scenario, EPOCH);
          const filter = filterIn(estate, aimed);
          const context = new ModelGateway(estate).open({ ...UNBOUNDED, scanRows });
          const query = { filter, by: ["STATUS" as const], timeZone: "UTC" };
          const { total, complete, issues } = await statsOf(context, query);
          const truth = expected(estate, planOf(filter), EPOCH).length;
          expect(total.count).toBeLessThanOrEqual(truth);
          if (complete) expect(total.count).toBe(truth);
          for (const { code, message, retryable } of issues) {
            cuts += 1;
            expect([code, retryable]).toEqual(["SCAN_LIMIT", false]);
            expect(message).toMatch(
              /^Counting ended after \d+ backups of one list, more than limits\.scanRows\. Count shorter periods/,
            );
          }
        }),
        walks(0.05),
      );
      expect(cuts).toBeGreaterThan(0);
    },
  );
});
