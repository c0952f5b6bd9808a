import type { Backup } from "../domain/backup.js";
import type { Connection, PageArgs, SourceIssue } from "../domain/connection.js";
import type { CoverageReport, CoverageState, InstanceCoverage } from "../domain/coverage.js";
import type { InstanceFilter } from "../domain/filter.js";
import type { Instance } from "../domain/instance.js";
import type { BackupRange } from "../domain/reads.js";
import { SourceError } from "../errors.js";
import { checkPageArgs, fingerprintOf } from "../paging/cursor.js";
import { PageTaker } from "../paging/page.js";
import type { MergeSource, Slice } from "../paging/slice.js";
import { PageConnection } from "./connection.js";
import { instanceBinding, instanceMatcher, instanceScope } from "./filters.js";
import { newestOf } from "./find.js";
import { INSTANCE_ORDER, pageRequest, recentList, rowOf, type InstanceRow } from "./instances.js";
import { grouped, instanceListIssues, issueOf, issuesOf } from "./issues.js";
import { judge } from "./judge.js";
import { isShort } from "../providers/instanceList.js";
import { instancesAt, peekInstanceList, peekPlaces, placeOf, readPlaces } from "./places.js";
import type { ReadContext } from "./readContext.js";
import { NO_SOURCES, walkOf } from "./walk.js";

/**
 * The coverage of every instance that passes the filter.
 *
 * Cost:   the instance lists, and for each instance the slices that reach back to its newest good backup
 * or to the start of the RPO; wide lists are used if that is fewer calls.
 * Errors: none of a source; a region whose instance list cannot be read counts as unknown and is an issue.
 */
export async function coverageOf(
  context: ReadContext,
  rpoMs: number,
  filter: InstanceFilter | null,
): Promise<CoverageReport> {
  const { instances, unknownRegions, issues } = await instancesIn(context, filter);
  const judged = await Promise.all(
    instances.map((instance) => judgeInstance(context, instance, rpoMs)),
  );
  const all = grouped([...issues, ...judged.flatMap(({ issues: own }) => own)]);
  return {
    rpoMs,
    filter,
    checkedAt: context.startedAt,
    entries: judged.map(({ instance, coverage }) => ({ instance, coverage })),
    unknownRegions,
    complete: all.length === 0,
    issues: all,
  };
}

/** The instances that pass a filter, in list order, and the regions whose instances are unknown. */
async function instancesIn(context: ReadContext, filter: InstanceFilter | null) {
  const { startedAt } = context;
  const matches = instanceMatcher(filter);
  const issues: SourceIssue[] = [];
  let unknownRegions = 0;
  const scope = instanceScope(filter);
  const places = peekPlaces(context, scope) ?? (await readPlaces(context, scope));
  const listed = places.filter((place) => place.region !== null);
  const isCached = listed.every((place) => peekInstanceList(context, place, startedAt) !== null);
  const reading = places.map(async (place): Promise<readonly Instance[]> => {
    const where = placeOf(place.runtime, place.region);
    const list = place.region === null ? place.error : await instancesAt(context, place, startedAt);
    if (list instanceof SourceError) {
      unknownRegions += 1;
      issues.push(issueOf(where, list));
      return [];
    }
    if (isShort(list.value)) unknownRegions += 1;
    issues.push(...instanceListIssues(where, list));
    return list.value.instances;
  });
  const recent = () =>
    listed.flatMap((place) => recentList(context, place)?.value.instances ?? []).filter(matches);
  if (!isCached) context.prefetch.instances(recent, [NEWEST]);
  const lists = await Promise.all(reading);
  return { instances: lists.flat().filter(matches), unknownRegions, issues };
}

/** A list that begins with the slice that `newestOf` reads first. */
const NEWEST: BackupRange = {
  page: { first: 1, after: null, last: null, before: null },
  filter: null,
  order: "STARTED_AT_DESC",
};

/** The coverage of one instance, and what its list has to report. */
export async function judgeInstance(
  context: ReadContext,
  instance: Instance,
  rpoMs: number,
): Promise<{ instance: Instance; coverage: InstanceCoverage; issues: readonly SourceIssue[] }> {
  const now = context.startedAt;
  // The newest good backup decides; without one, the backups that were passed over do.
  const rows: Backup[] = [];
  const matches = (row: Backup): boolean => {
    rows.push(row);
    return row.status === "SUCCEEDED";
  };
  const end = { startedAt: now - rpoMs, id: "" };
  const issues = issuesOf(await newestOf(context, instance, matches, end));
  return { instance, coverage: judge(instance, { rows, issues }, rpoMs, now), issues };
}

/** One page of a report's instances, in the order of instance lists. */
export function pageOfReport(
  { parts: { cursors, limits } }: ReadContext,
  report: CoverageReport,
  state: CoverageState | null,
  args: PageArgs,
): Connection<Instance> {
  const { rpoMs, filter, entries, issues, complete } = report;
  const parent = ["CoverageReport", String(rpoMs), state ?? ""];
  const walk = walkOf(checkPageArgs(args, limits), {
    ...INSTANCE_ORDER,
    cursors,
    fingerprint: fingerprintOf(instanceBinding({ parent, filter })),
    // Each request makes a report of its own, so its pages do not depend on when a walk began.
    now: 0,
  });
  const rows = entries
    .filter(({ coverage }) => state === null || coverage.state === state)
    .map(({ instance }) => rowOf(instance))
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  const found = { ...NO_SOURCES, sources: [sourceOf(rows)] };
  const matches = () => true;
  const page = new PageTaker(pageRequest(walk, matches, found)).peek();
  if (page === null) throw new RangeError("A report is read as a whole.");
  return new PageConnection({
    walk,
    found,
    page,
    // Each page repeats what the report has to report.
    issues,
    cursors,
    matches,
    nodeOf: ({ instance }: InstanceRow) => instance,
    count: async () => (complete ? rows.length : null),
  });
}

function sourceOf(rows: readonly InstanceRow[]): MergeSource<InstanceRow> {
  const slice: Slice<InstanceRow> = {
    since: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
    rows,
    asOf: Number.POSITIVE_INFINITY,
    notices: [],
    stale: null,
  };
  const place = { provider: "", region: null, instanceNativeId: null };
  const bounds = { low: null, high: null, freshMs: 0 };
  return { name: "report", place, ...bounds, peek: () => slice, read: async () => slice };
}
