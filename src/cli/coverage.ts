import { instanceAddressOf } from "../domain/id.js";
import type { CoverageReport, CoverageState } from "../domain/coverage.js";
import { durationOf } from "../domain/duration.js";
import type { InstanceFilter } from "../domain/filter.js";
import type { InstanceStatus } from "../domain/words.js";
import { SourceError } from "../errors.js";
import type { Reads } from "../domain/reads.js";
import { makeRowWriter } from "./formats.js";
import { issueText } from "./issueText.js";
import type { ReadFlags } from "./options.js";
import { writeOut } from "./output.js";
import { startProgress } from "./progress.js";
import { checkName, scopeOf } from "./scope.js";
import { withSession, type Session } from "./session.js";
import type { Surroundings } from "./surroundings.js";
import { COVERAGE_COLUMNS, type Entry } from "./coverageColumns.js";

/** The exit codes besides 0, all protected, and 1, an error. */
const VIOLATING = 2;
const UNKNOWN = 3;

/** What `coverage` is given; the RPO is milliseconds. */
export interface CoverageFlags extends ReadFlags {
  readonly rpo: number;
  readonly status?: readonly InstanceStatus[];
  readonly name?: string;
  /** Rows that are written; what is counted, and the exit code, are those of all. */
  readonly state?: readonly CoverageState[];
}

/** Tells which instances have a good backup within the RPO; resolves to the exit code. */
export const coverage = (flags: CoverageFlags, surroundings: Surroundings): Promise<number> =>
  withSession(flags, surroundings, (session) => coverageIn(session, flags));

async function coverageIn(session: Session, flags: CoverageFlags): Promise<number> {
  const { stdout, stderr, ended } = session.surroundings;
  const reads = session.open();
  const made = () => reads.calls().reduce((sum, { count }) => sum + count, 0);
  const progress = await startProgress(session.surroundings, () => `${made()} vendor calls`);
  try {
    await scopeOf(reads, flags);
    const report = await reads.coverage(flags.rpo, filterOf(flags));
    ended.throwIfAborted();
    checkInstances(report, flags);
    const shown = worstFirst(report).filter((entry) => isShown(entry, flags));
    const entries = await Promise.all(shown.map((entry) => withNewest(reads, entry)));
    ended.throwIfAborted();
    progress.stop();
    const writer = makeRowWriter(flags.format, COVERAGE_COLUMNS);
    await writeOut(stdout, writer.rows(entries) + writer.end());
    const told = summary(report);
    if (flags.format === "table") await writeOut(stdout, told);
    else stderr.write(told);
    if (report.issues.length > 0) stderr.write(`What went wrong:\n${issueText(report.issues)}`);
    return codeOf(report);
  } finally {
    progress.stop();
  }
}

/** Names that no list shows: they are mistaken, as far as all lists could be read. */
function checkInstances({ entries, unknownRegions }: CoverageReport, flags: CoverageFlags): void {
  if (unknownRegions > 0 || flags.status !== undefined || flags.name !== undefined) return;
  const known = entries.map(({ instance }) => instance.nativeId);
  for (const name of flags.instance ?? []) checkName("instance", nativeIdOf(name), known);
}

const nativeIdOf = (name: string): string => instanceAddressOf(name)?.nativeId ?? name;

const filterOf = (flags: CoverageFlags): InstanceFilter => ({
  vendors: flags.vendor ?? null,
  providers: flags.provider ?? null,
  regions: flags.region ?? null,
  nativeIds: flags.instance?.map(nativeIdOf) ?? null,
  statuses: flags.status ?? null,
  nameContains: flags.name ?? null,
});

const isShown = (
  { coverage: { state } }: CoverageReport["entries"][number],
  { state: wanted }: CoverageFlags,
): boolean => wanted === undefined || wanted.includes(state);

const WORST_FIRST: readonly CoverageState[] = ["VIOLATING", "UNKNOWN", "PROTECTED"];

const worstFirst = ({ entries }: CoverageReport): CoverageReport["entries"] =>
  WORST_FIRST.flatMap((state) => entries.filter((entry) => entry.coverage.state === state));

/** Of what violates the RPO, the backup behind it is looked for; one that cannot be told is not shown. */
async function withNewest(reads: Reads, entry: CoverageReport["entries"][number]): Promise<Entry> {
  const { instance, coverage } = entry;
  if (coverage.state !== "VIOLATING") return { ...entry, newest: coverage.lastSuccess };
  const newest = await reads.latestBackup(instance, "SUCCEEDED").catch(noneKnown);
  return { ...entry, newest };
}

function noneKnown(error: unknown): null {
  if (error instanceof SourceError) return null;
  throw error;
}

const countOf = ({ entries }: CoverageReport, state: CoverageState): number =>
  entries.filter(({ coverage: { state: own } }) => own === state).length;

function summary(report: CoverageReport): string {
  const { rpoMs, unknownRegions } = report;
  const counts = WORST_FIRST.map((state) => `${countOf(report, state)} ${state.toLowerCase()}`);
  const regions = unknownRegions === 1 ? "region" : "regions";
  const hidden =
    unknownRegions === 0 ? "" : `, and ${unknownRegions} ${regions} whose instances are unknown`;
  return `RPO ${durationOf(rpoMs)}: ${counts.join(", ")}${hidden}\n`;
}

function codeOf(report: CoverageReport): number {
  if (countOf(report, "VIOLATING") > 0) return VIOLATING;
  const isUnknown = countOf(report, "UNKNOWN") > 0 || report.unknownRegions > 0;
  return isUnknown || hasHiddenInstances(report) ? UNKNOWN : 0;
}

/** Whether an instance list is not whole; what a protected instance's own list lacks does not count. */
const hasHiddenInstances = ({ issues }: CoverageReport): boolean =>
  issues.some(({ instanceNativeId, code }) => instanceNativeId === null && code !== "CUT");
