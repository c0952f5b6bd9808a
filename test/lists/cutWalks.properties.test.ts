import fc from "fast-check";
import { describe, test } from "vitest";
import { expectCuts, expectExactlyOnce, expectOrder } from "../model/expectations.js";
import { ModelEstate } from "../model/modelEstate.js";
import {
  accounts,
  arrivals,
  changes,
  EPOCH,
  estateChange,
  failures,
  narrowBounds,
  PATIENCE_MS,
  plan,
  steps,
  walks,
} from "../model/scenarios.js";
import { ModelGateway, SETTINGS, UNBOUNDED, walk, type Step } from "../model/walker.js";

describe("a walk whose operations are cut", () => {
  test("always gets on, and loses nothing", { timeout: PATIENCE_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          accounts,
          way: plan(steps(estateChange, narrowBounds)),
          changes: changes(1),
          failures,
          isPlain: fc.boolean(),
        }),
        async (sample) => {
          const estate = new ModelEstate(sample.accounts, EPOCH);
          estate.script.changes = [...sample.changes];
          estate.script.failures = sample.failures;
          estate.script.latencyMs = 10;
          const walked = await walk(
            new ModelGateway(estate, {}, { isPlain: sample.isPlain }),
            sample.way,
          );
          expectOrder(walked);
          expectCuts(walked);
          expectExactlyOnce(estate, sample.way, walked, SETTINGS.ttlMs);
        },
      ),
      walks(0.05),
    );
  });
});

const ALL_AT_ONCE: Step = { size: 50, takes: 1, waitMs: 0, changes: [], bounds: UNBOUNDED };

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
            await walk(gateway, { ...sample.warm, steps: [ALL_AT_ONCE] });
            for (const one of sample.arrivals) estate.change(one);
            estate.world.now += sample.pauseMs;
            estate.script.failures = sample.failures;
            estate.script.latencyMs = 10;
            const walked = await walk(gateway, sample.way);
            expectOrder(walked);
            expectExactlyOnce(estate, sample.way, walked, SETTINGS.ttlMs);
          },
        ),
        walks(0.05),
      );
    },
  );
});
