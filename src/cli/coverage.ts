import type { Backup } from "../domain/backup.js";
import {
  countsOf,
  type CoverageEntry,
  type CoverageReport,
  type CoverageState,
  WORST_FIRST,
} from "../domain/coverage.js";
import { durationOf } from "../domain/duration.js";
import { EVERY_INSTANCE, type InstanceFilter } from "../domain/filter.js";
import type { Reads } from "../domain/reads.js";
import { totalOf } from "../server/observe/notes.js";
import type { InstanceStatus } from "../domain/words.js";
import { caught, SourceError } from "../errors.js";
import { UsageError, type CommandContext } from "./context.js";
import { issueText } from "./issueText.js";
import type { ReadFlags } from "./options.js";
import { writeOut } from "./output.js";
import { foldedLines, instantShown, instantText, makeRowWriter, type Column } from "./rows.js";
import { checkName, idsOf, namedInstances, nearestHint, scopeOf } from "./scope.js";
import { unreadText, withSession, type Session } from "./session.js";

/** Exit codes besides 0 (all protected) and 1 (an error). */
const VIOLATING = 2;
const UNKNOWN = 3;

/** More rows than a terminal usually shows at once. */
const TALL = 20;

/** The flags of `coverage`. */
export interface CoverageFlags extends ReadFlags {
  /** Milliseconds. Without it, each instance is checked by its policy. */
  readonly rpo?: number;
  /** Names of policies. */
  readonly policy?: readonly string[];
  readonly status?: readonly InstanceStatus[];
  readonly name?: string;
  /** The rows to write. The counts and the exit code are those of all rows. */
  readonly state?: readonly CoverageState[];
}

/** An instance, its coverage, and its newest successful backup, however old. */
type CoverageRow = CoverageEntry & { readonly newest: Backup | null };

/** Shows which instances have a successful backup within the RPO. Returns the exit code. */
export const coverage = (flags: CoverageFlags, context: CommandContext): Promise<number> =>
  withSession(flags, context, (session) => coverageIn(session, flags));

async function coverageIn(session: Session, flags: CoverageFlags): Promise<number> {
  const { stdout, stderr, interrupted } = session.context;
  const reads = session.open();
  const progress = await session.progress(
    () => `${totalOf(reads.calls()).calls} vendor calls${unreadText(session, flags)}`,
  );
  const filter = await filterOf(reads, flags, session.config.limits.first);
  const report = await reads.coverage(flags.rpo ?? null, filter);
  interrupted.throwIfAborted();
  if (report.complete && report.entries.length === 0) refuseMisspelt(flags);
  const shown = worstFirst(report).filter(
    ({ coverage: { state } }) => flags.state?.includes(state) ?? true,
  );
  const entries = await Promise.all(shown.map((entry) => withNewest(reads, entry)));
  interrupted.throwIfAborted();
  progress.stop();
  await writeOut(stdout, makeRowWriter(flags.format, COVERAGE_COLUMNS, stdout)(entries));
  const counts = summary(report);
  if (flags.format === "table") await writeOut(stdout, foldedLines(counts, stdout));
  else stderr.write(foldedLines(counts, stderr));
  // On a terminal, the last rows are what people see.
  const [first, last] = [entries[0], entries.at(-1)].map((entry) => entry?.coverage.state);
  if (stdout.isTTY === true && entries.length > TALL && first !== last && last === "PROTECTED")
    stderr.write("To see only the others, add --state violating,unknown\n");
  if (report.entries.length === 0) stderr.write("No instance matches.\n");
  if (report.issues.length > 0) stderr.write(`What went wrong:\n${issueText(report.issues)}`);
  return codeOf(report);
}

/** @throws {UsageError} for a name that does not exist. */
async function filterOf(
  reads: Reads,
  flags: CoverageFlags,
  pageSize: number,
): Promise<InstanceFilter> {
  const scope = await scopeOf(reads, flags);
  const policies = reads.policies().map(({ name }) => name);
  for (const name of flags.policy ?? []) checkName("policy", name, policies);
  const filter: InstanceFilter = {
    ...EVERY_INSTANCE,
    vendors: flags.vendor ?? null,
    providers: flags.provider ?? null,
    regions: flags.region ?? null,
    tags: flags.tag ?? null,
    statuses: flags.status ?? null,
    nameContains: flags.name ?? null,
    policies: flags.policy ?? null,
  };
  if (flags.instance === undefined) return filter;
  const named = await namedInstances(flags.instance, reads, { scope, pageSize });
  const [missing] = named.unlisted;
  if (missing !== undefined && named.issues.length === 0)
    throw new UsageError(`There is no instance ${missing}.${nearestHint(missing, named.known)}`);
  const { found, unlisted } = named;
  if (missing === undefined) return { ...filter, instanceIds: idsOf(found) };
  // What is not listed may be in any list that could not be read.
  return { ...filter, nativeIds: [...found.map(({ nativeId }) => nativeId), ...unlisted] };
}

/** @throws {UsageError} if a tag or a name may be spelled wrong, because an empty report would look good. */
function refuseMisspelt({ tag, name }: CoverageFlags): void {
  const wanted: string[] = [];
  if (tag !== undefined) wanted.push("the tags of --tag");
  if (name !== undefined) wanted.push(`${JSON.stringify(name)} in its name`);
  if (wanted.length > 0)
    throw new UsageError(`No instance has ${wanted.join(" and ")} and matches the other flags.`);
}

const worstFirst = ({ entries }: CoverageReport): CoverageReport["entries"] =>
  WORST_FIRST.flatMap((state) => entries.filter((entry) => entry.coverage.state === state));

/** For an instance that violates its RPO, reads its newest older backup. If that fails, shows none. */
async function withNewest(reads: Reads, entry: CoverageEntry): Promise<CoverageRow> {
  const { instance, coverage } = entry;
  if (coverage.state !== "VIOLATING" || coverage.lastSuccess !== null)
    return { ...entry, newest: coverage.lastSuccess };
  const newest = await caught(reads.latestBackup(instance, "SUCCEEDED"));
  return { ...entry, newest: newest instanceof SourceError ? null : newest };
}

function summary(report: CoverageReport): string {
  const { rpoMs, unknownRegions, complete } = report;
  const counts = countsOf({ ...report, unknownRegions: 0 });
  const shown = WORST_FIRST.map((state) => `${counts[state]} ${state.toLowerCase()}`);
  const regions = unknownRegions === 1 ? "region" : "regions";
  const hidden =
    unknownRegions === 0 ? "" : `, and ${unknownRegions} ${regions} whose instances are unknown`;
  const by = rpoMs === null ? "By policy" : `RPO ${durationOf(rpoMs)}`;
  const part = complete ? "" : ", of what could be read";
  return `${by}${part}: ${shown.join(", ")}${hidden}\n`;
}

function codeOf(report: CoverageReport): number {
  const counts = countsOf(report);
  if (counts.VIOLATING > 0) return VIOLATING;
  return counts.UNKNOWN > 0 || !report.isWhole ? UNKNOWN : 0;
}

const startOf = ({ newest }: CoverageRow): number | null => newest?.startedAt ?? null;

const ageOf = ({ coverage, newest }: CoverageRow): string | null =>
  newest === null ? null : durationOf(Math.max(0, coverage.checkedAt - newest.startedAt));

/** The columns of `coverage`, named as in the GraphQL schema. */
const COVERAGE_COLUMNS: readonly Column<CoverageRow>[] = [
  { name: "state", title: "STATE", of: ({ coverage }) => coverage.state },
  { name: "provider", title: "PROVIDER", of: ({ instance }) => instance.provider },
  { name: "region", title: "REGION", of: ({ instance }) => instance.region },
  { name: "nativeId", title: "INSTANCE", of: ({ instance }) => instance.nativeId },
  { name: "name", title: "NAME", of: ({ instance }) => instance.name },
  {
    name: "lastSuccessAt",
    title: "LAST GOOD BACKUP",
    of: (entry) => instantText(startOf(entry)),
    // Only for violating instances is an older backup read, so only there does null mean none.
    shown: (entry) =>
      entry.newest === null && entry.coverage.state === "VIOLATING"
        ? "none known"
        : instantShown(startOf(entry)),
  },
  { name: "policy", title: "POLICY", of: ({ coverage }) => coverage.policy?.name ?? null },
  {
    name: "violations",
    title: "VIOLATIONS",
    of: ({ coverage }) => coverage.violations.join(" "),
  },
  { name: "reason", title: "REASON", of: ({ coverage }) => coverage.reason },
  { name: "age", of: ageOf },
  { name: "instanceId", of: ({ instance }) => instance.id },
  { name: "backupId", of: ({ newest }) => newest?.id ?? null },
];
