import type { Backup } from "../../src/domain/backup.js";
import type { CoverageViolation } from "../../src/domain/coverage.js";
import type { Instance } from "../../src/domain/instance.js";
import type { Demands } from "../../src/domain/judge.js";

/** Whether a demand is met. */
type Answer = boolean | "unknown";

/** Each demand in plain words, over all backups of an instance, newest first. */
export function plainly(instance: Instance, all: readonly Backup[], demands: Demands, now: number) {
  const age = ({ startedAt }: { startedAt: number }) => now - startedAt;
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
