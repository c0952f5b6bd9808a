import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expected, expectExactlyOnce, expectFlags, expectOrder } from "../model/expectations.js";
import { providerKey } from "../model/modelCloud.js";
import { ModelEstate } from "../model/modelEstate.js";
import {
  accounts,
  changes,
  EPOCH,
  estateChange,
  failures,
  PATIENCE_MS,
  plan,
  steps,
  walks,
} from "../model/scenarios.js";
import { ModelGateway, SETTINGS, walk, type Step, type Walked } from "../model/walker.js";
import { FakeShared } from "../index/fakeShared.js";

const REPLICAS = 3;

/** Gateways over one estate, which share what they read or do not. */
function replicasOf(estate: ModelEstate, isShared: boolean, ttlMs: number): ModelGateway[] {
  const shared = new Map(estate.accounts.map((_, index) => [`a${index}`, new FakeShared()]));
  const settings = { ttlMs, staleIfErrorMs: 0 };
  return Array.from({ length: REPLICAS }, (_, replica) => {
    // All that replicas of a model wait for is answered at once.
    const sharedOf = ({ id }: { id: string }) =>
      (shared.get(id) as FakeShared).of(String(replica), async () => undefined);
    return new ModelGateway(estate, settings, isShared ? { sharedOf } : {});
  });
}

describe("a walk over replicas in turn", () => {
  test(
    "loses nothing and repeats nothing, whatever each of them has read",
    { timeout: PATIENCE_MS },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.record({
            accounts,
            ttlMs: fc.constantFrom(0, SETTINGS.ttlMs),
            isShared: fc.boolean(),
            way: plan(steps(estateChange)),
            earlier: plan(steps(estateChange)),
            changes: changes(2),
            failures: fc.oneof(fc.constant([]), failures),
          }),
          async (sample) => {
            const estate = new ModelEstate(sample.accounts, EPOCH);
            const replicas = replicasOf(estate, sample.isShared, sample.ttlMs);
            // One of them has read some of it before.
            await walk(replicas[1] as ModelGateway, sample.earlier);
            estate.script.changes = [...sample.changes];
            estate.script.failures = sample.failures;
            const walked = await walk(replicas, sample.way);
            expectOrder(walked);
            expectExactlyOnce(estate, sample.way, walked, sample.ttlMs);
            if (sample.failures.length === 0) expectFlags(estate, sample.way, walked, sample.ttlMs);
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
          const estate = new ModelEstate(sample.accounts, EPOCH);
          estate.script.changes = [...sample.changes];
          estate.script.failures = sample.failures;
          const gateway = new ModelGateway(estate, { ttlMs });
          const [one, other] = ways;
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
          async ({ way: { steps: own, ...list }, ...sample }) => {
            const estate = new ModelEstate(sample.accounts, EPOCH);
            estate.script.changes = [...sample.changes];
            estate.script.failures = sample.failures;
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
