import fc from "fast-check";
import { expect, test } from "vitest";
import type { Backup } from "../../src/domain/backup.js";
import type { Instance } from "../../src/domain/instance.js";
import { COMPARED, judge, provesRetention, type Demands } from "../../src/domain/judge.js";
import { BACKUP_STATUSES } from "../../src/domain/words.js";
import { BACKUPS, INSTANCES, NOW } from "../graphql/fakeEstate.js";
import { runs } from "../runs.js";
import { plainly } from "./plainCoverage.js";

const HOUR = 3_600_000;

const backups: fc.Arbitrary<Backup[]> = fc
  .array(
    fc.record({
      startedAt: fc.integer({ min: 0, max: 40 }).map((hours) => NOW - hours * HOUR),
      status: fc.oneof(
        { weight: 3, arbitrary: fc.constant("SUCCEEDED" as const) },
        fc.constantFrom(...BACKUP_STATUSES),
      ),
      kind: fc.constantFrom("FULL" as const, "INCREMENTAL" as const),
      sizeBytes: fc.option(fc.integer({ min: 0, max: 20 }), { freq: 8 }),
      encrypted: fc.constantFrom(true, true, true, false, null),
    }),
    { maxLength: 14 },
  )
  .map((facts) =>
    facts
      .map((some) => ({ ...(BACKUPS[0] as Backup), ...some }))
      .sort((a, b) => b.startedAt - a.startedAt),
  );

const demandsOf: fc.Arbitrary<Demands> = fc.record({
  rpoMs: fc.integer({ min: 1, max: 20 }).map((hours) => hours * HOUR),
  retentionMs: fc.option(fc.integer({ min: 1, max: 45 }).map((hours) => hours * HOUR)),
  encrypted: fc.constantFrom(true as const, null),
  maxSizeDrop: fc.option(fc.constantFrom(0, 0.5, 1)),
});

const instances: fc.Arbitrary<Instance> = fc
  .record({
    createdAt: fc.option(fc.integer({ min: 1, max: 50 }).map((hours) => NOW - hours * HOUR)),
    automaticBackups: fc.constantFrom(true, false, null),
    retentionMs: fc.option(fc.integer({ min: 0, max: 45 }).map((hours) => hours * HOUR)),
  })
  .map((facts) => ({ ...(INSTANCES[0] as Instance), ...facts }));

test("coverage is what the demands mean in plain words", () => {
  fc.assert(
    fc.property(instances, backups, demandsOf, (instance, all, demands) => {
      const good = all.filter(({ status }) => status === "SUCCEEDED");
      const same = good.filter(({ kind }) => kind === good[0]?.kind).slice(0, 1 + COMPARED);
      const latest = provesRetention(demands, NOW);
      const evidence = {
        recent: { rows: all, issues: [] },
        before: null,
        sizes: { rows: same, issues: [] },
        old: { rows: good.filter(({ startedAt }) => startedAt <= latest), issues: [] },
        facts: instance,
      };
      const { state, violations, reason } = judge(instance, evidence, demands, NOW);
      expect({ state, violations }).toEqual(plainly(instance, all, demands, NOW));
      expect(reason).not.toBe("");
    }),
    runs(2_000),
  );
});
