import fc from "fast-check";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { SharedCache } from "../../src/index/replicas.js";
import {
  expectCuts,
  expected,
  expectExactlyOnce,
  expectFlags,
  expectOrder,
} from "../model/expectations.js";
import { providerKey } from "../model/modelCloud.js";
import { ModelEstate } from "../model/modelEstate.js";
import { faults } from "../model/modelFaults.js";
import {
  accounts,
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
  type PlanScenario,
} from "../model/scenarios.js";
import {
  ModelGateway,
  SETTINGS,
  UNBOUNDED,
  walk,
  type Step,
  type Walked,
  type WalkPlan,
} from "../model/walker.js";
import { FakeShared } from "../index/fakeShared.js";

const REPLICAS = 3;

/** How far the clock of a replica is from the world's at most. Units: milliseconds. */
const CLOCK_MS = 2_000;

/** How replicas share what they read, and what may differ between them. */
interface Sharing {
  readonly ttlMs: number;
  readonly staleIfErrorMs: number;
  readonly isShared: boolean;
  /** Which operations of the shared cache fail, one after the other, and again. */
  readonly outages: readonly boolean[];
  /** How far the clock of each replica is ahead. */
  readonly clocks: readonly number[];
}

const sharing = {
  ttlMs: fc.constantFrom(0, SETTINGS.ttlMs),
  staleIfErrorMs: fc.constantFrom(0, SETTINGS.staleIfErrorMs),
  isShared: fc.boolean(),
  outages: fc.oneof(fc.constant([]), fc.array(fc.boolean(), { maxLength: 7 })),
  clocks: fc.oneof(
    fc.constant([]),
    fc.array(fc.constantFrom(-CLOCK_MS, 0, CLOCK_MS), { maxLength: REPLICAS }),
  ),
};

/** The ways of walks at once: one that waits for an hour would make an operation of another last as long. */
const together = fc
  .array(plan(steps(estateChange)), { minLength: 1, maxLength: 2 })
  .map((ways) => (ways.length === 1 ? ways : ways.map(withShortWaits)));

const withShortWaits = (way: PlanScenario): PlanScenario => ({
  ...way,
  steps: way.steps.map((step) => ({ ...step, waitMs: Math.min(step.waitMs, 100_000) })),
});

/** A cache whose server cannot be reached at times. */
function unreliable(cache: SharedCache, outages: readonly boolean[]): SharedCache {
  let uses = 0;
  const isOut = () => outages[(uses += 1) % outages.length] === true;
  return {
    ...cache,
    get: async (name) => (isOut() ? null : cache.get(name)),
    set: async (name, text, ttlMs) => (isOut() ? undefined : cache.set(name, text, ttlMs)),
    claim: async (name) => isOut() || cache.claim(name),
  };
}

/** Gateways over one estate, which share what they read or do not. */
function replicasOf(estate: ModelEstate, sample: Sharing): ModelGateway[] {
  const { ttlMs, staleIfErrorMs, isShared, outages, clocks } = sample;
  const shared = new Map(estate.accounts.map((_, index) => [`a${index}`, new FakeShared()]));
  return Array.from({ length: REPLICAS }, (_, replica) => {
    const sharedOf = ({ id }: { id: string }) => {
      // What a replica waits for may need more than a turn of the event loop.
      const cache = (shared.get(id) as FakeShared).of(String(replica), () => setImmediate());
      return unreliable(cache, outages);
    };
    const parts = { clockMs: clocks[replica] ?? 0, ...(isShared ? { sharedOf } : {}) };
    return new ModelGateway(estate, { ttlMs, staleIfErrorMs }, parts);
  });
}

describe("walks over replicas in turn", () => {
  test(
    "lose nothing and repeat nothing, whatever each of them has read",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            ...sharing,
            turns: fc.array(fc.oneof(fc.constant(0), fc.nat(60)), { maxLength: 7 }),
            ways: together,
            earlier: plan(steps(estateChange)),
            changes: changes(2),
            failures: fc.oneof(fc.constant([]), failures),
            faults: fc.oneof(fc.constant([]), faults),
          }),
          async (sample) => {
            const estate = new ModelEstate(sample.accounts, EPOCH);
            const ways = sample.ways.map((way) => wayIn(estate, way));
            // What a vendor lists long after its start is not pending while old data is shown.
            estate.startsAreFresh = sample.staleIfErrorMs > 0;
            const replicas = replicasOf(estate, sample);
            // One of them has read some of it before.
            await walk(replicas[1] as ModelGateway, wayIn(estate, sample.earlier));
            Object.assign(estate.script, { changes: [...sample.changes], turns: sample.turns });
            estate.script.failures = sample.failures;
            estate.script.faults = sample.faults;
            // Each walk begins at another replica.
            const all = await Promise.all(
              ways.map((way, at) => walk([...replicas.slice(at), ...replicas.slice(0, at)], way)),
            );
            const age = sample.ttlMs + (sample.clocks.length > 0 ? 2 * CLOCK_MS : 0);
            const { length } = [...sample.failures, ...sample.faults];
            const isQuiet = length === 0 && ways.length === 1;
            all.forEach((walked, at) => {
              const way = ways[at] as WalkPlan;
              expectOrder(walked);
              expectExactlyOnce(estate, way, walked, age);
              if (isQuiet) expectFlags(estate, way, walked, age);
            });
          },
        ),
        walks(0.05),
      );
    },
  );

  test(
    "get on and lose nothing if their operations are cut",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            ...sharing,
            way: plan(steps(estateChange, fc.oneof(fc.constant(UNBOUNDED), narrowBounds))),
            changes: changes(1),
            failures: fc.oneof(fc.constant([]), failures),
          }),
          async (sample) => {
            const estate = estateOf(sample);
            const way = wayIn(estate, sample.way);
            estate.startsAreFresh = sample.staleIfErrorMs > 0;
            estate.script.latencyMs = 10;
            const { ttlMs } = SETTINGS;
            const walked = await walk(replicasOf(estate, { ...sample, ttlMs }), way);
            expectOrder(walked);
            expectCuts(walked);
            expectExactlyOnce(estate, way, walked, ttlMs + 2 * CLOCK_MS);
          },
        ),
        walks(0.05),
      );
    },
  );
});

describe("two walks at once over one gateway", () => {
  test("each shows what lives through it exactly once", { timeout: PATIENCE_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          accounts,
          ttlMs: fc.constantFrom(0, SETTINGS.ttlMs),
          ways: fc.tuple(plan(steps(estateChange)), plan(steps(estateChange))),
          isSame: fc.boolean(),
          changes: changes(2),
          failures: fc.oneof(fc.constant([]), failures),
        }),
        async ({ ttlMs, ways, isSame, ...sample }) => {
          const estate = estateOf(sample);
          const gateway = new ModelGateway(estate, { ttlMs });
          const [one, other] = ways.map((way) => wayIn(estate, withShortWaits(way))) as [
            WalkPlan,
            WalkPlan,
          ];
          const both = [one, isSame ? { ...one, steps: other.steps } : other];
          const walked = await Promise.all(both.map(async (way) => walk(gateway, way)));
          for (const [index, way] of both.entries()) {
            expectOrder(walked[index] as Walked);
            expectExactlyOnce(estate, way, walked[index] as Walked, ttlMs);
          }
        },
      ),
      walks(0.05),
    );
  });
});

describe("a walk of a caller whose accounts come and go", () => {
  test(
    "shows those that stay exactly once, and nothing of those that it may not see just then",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            ttlMs: fc.constantFrom(0, SETTINGS.ttlMs),
            way: plan(steps(estateChange)),
            seen: fc.array(fc.subarray([1, 2]), { minLength: 6, maxLength: 6 }),
            changes: changes(1),
            failures,
          }),
          async (sample) => {
            const estate = estateOf(sample);
            const { steps: own, ...list } = wayIn(estate, sample.way);
            const seen = (step: number) => [0, ...(sample.seen[step] as number[])];
            const way = {
              ...list,
              steps: own.map((step, index): Step => ({ ...step, accounts: seen(index) })),
            };
            const walked = await walk(new ModelGateway(estate, { ttlMs: sample.ttlMs }), way);
            expectOrder(walked);
            const ids = walked.visits.flatMap(({ taken }) => taken.map(({ node }) => node.id));
            const identities = estate.identities();
            expect(new Set(ids.map((id) => identities.get(id))).size).toBe(ids.length);
            const stays = expected(estate, way, walked.startedAt - sample.ttlMs, [0]);
            expect(stays.filter(({ id }) => !ids.includes(id))).toEqual([]);
            walked.visits.forEach(({ page }, index) => {
              const visible = new Set(seen(index % own.length).map(providerKey));
              const shown = [
                ...page.edges.map(({ node }) => node.provider),
                ...page.issues.map(({ provider }) => provider),
              ];
              expect(shown.filter((provider) => !visible.has(provider))).toEqual([]);
            });
          },
        ),
        walks(0.05),
      );
    },
  );
});
