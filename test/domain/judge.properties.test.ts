import fc from "fast-check";
import { expect, test } from "vitest";
import type { Backup } from "../../src/domain/backup.js";
import type { CoverageViolation } from "../../src/domain/coverage.js";
import type { Instance } from "../../src/domain/instance.js";
import { COMPARED, judge, provesRetention, type Demands } from "../../src/domain/judge.js";
import { BACKUP_KINDS, BACKUP_STATUSES } from "../../src/domain/words.js";
import { BACKUPS, INSTANCES, NOW } from "../graphql/fakeEstate.js";
import { runs } from "../runs.js";

const HOUR = 3_600_000;

const backups: fc.Arbitrary<Backup[]> = fc
  .array(
    fc.record({
      startedAt: fc.integer({ min: 0, max: 40 }).map((hours) => NOW - hours * HOUR),
      status: fc.oneof(
        { weight: 3, arbitrary: fc.constant("SUCCEEDED" as const) },
        fc.constantFrom(...BACKUP_STATUSES),
      ),
      kind: fc.constantFrom(...BACKUP_KINDS.slice(0, 2)),
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

type Answer = boolean | "unknown";

/** Each demand in plain words, over all backups of the instance: true if it is met. */
function plainly(instance: Instance, all: readonly Backup[], demands: Demands) {
  const age = ({ startedAt }: { startedAt: number }) => NOW - startedAt;
  const good = all.filter(({ status }) => status === "SUCCEEDED");
  const inRpo = all.filter((row) => age(row) <= demands.rpoMs);
  const goodInRpo = inRpo.filter(({ status }) => status === "SUCCEEDED");
  const is = (...words: string[]) => inRpo.some(({ status }) => words.includes(status));
  const { createdAt, automaticBackups, retentionMs: kept } = instance;

  const isYoung = createdAt !== null && age({ startedAt: createdAt }) <= demands.rpoMs;
  const rpo: Answer =
    goodInRpo.length > 0 ? true : is("LOCKED", "RUNNING", "UNKNOWN") || isYoung ? "unknown" : false;

  const retention = (): Answer => {
    const { retentionMs, rpoMs } = demands;
    if (retentionMs === null) return true;
    if (good.some((row) => age(row) >= Math.max(0, retentionMs - rpoMs))) return true;
    if (automaticBackups === true && kept !== null && kept >= retentionMs) return true;
    if (createdAt === null) return "unknown";
    return age({ startedAt: createdAt }) < retentionMs;
  };

  const encryption = (): Answer => {
    if (demands.encrypted === null || goodInRpo.every(({ encrypted }) => encrypted === true))
      return true;
    return goodInRpo.some(({ encrypted }) => encrypted === false) ? false : "unknown";
  };

  const size = (): Answer => {
    const [newest] = good;
    if (demands.maxSizeDrop === null || newest === undefined) return true;
    const same = good.slice(1).filter(({ kind }) => kind === newest.kind);
    const earlier = same.slice(0, 7);
    if (earlier.length === 0) return true;
    const sizes = earlier.flatMap(({ sizeBytes }) => sizeBytes ?? []).sort((a, b) => a - b);
    if (newest.sizeBytes === null || sizes.length === 0) return "unknown";
    const half = Math.floor(sizes.length / 2);
    const middle = sizes.slice(sizes.length % 2 === 0 ? half - 1 : half, half + 1);
    const median = middle.reduce((a, b) => a + b, 0) / middle.length;
    return newest.sizeBytes >= (1 - demands.maxSizeDrop) * median;
  };

  const off: Answer = automaticBackups !== false || goodInRpo.length > 0 || is("LOCKED", "UNKNOWN");
  const answers: readonly [CoverageViolation, Answer][] = [
    ["RPO", rpo],
    ["RETENTION", retention()],
    ["ENCRYPTION", encryption()],
    ["SIZE_DROP", size()],
    ["BACKUPS_OFF", off],
  ];
  const violations = answers.filter(([, met]) => met === false).map(([name]) => name);
  const isUnknown = answers.some(([, met]) => met === "unknown");
  const state = violations.length > 0 ? "VIOLATING" : isUnknown ? "UNKNOWN" : "PROTECTED";
  return { state, violations };
}

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
      expect({ state, violations }).toEqual(plainly(instance, all, demands));
      expect(reason).not.toBe("");
    }),
    runs(2_000),
  );
});
