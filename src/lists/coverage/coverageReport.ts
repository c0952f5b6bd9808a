import type { Backup } from "../../domain/backup.js";
import type { CoverageReport, InstanceCoverage } from "../../domain/coverage.js";
import type { InstanceFilter } from "../../domain/filter.js";
import type { Instance } from "../../domain/instance.js";
import type { SourceIssue } from "../../domain/issue.js";
import { SourceError } from "../../errors.js";
import { walkOrigin } from "../../paging/direction.js";
import { takePage } from "../../paging/page.js";
import type { Page } from "../../paging/takenPage.js";
import { judge } from "./judge.js";
import type { BackupRange } from "../../domain/reads.js";
import { believedInstances, beginNext } from "../prefetch.js";
import { instanceMatcher, instanceScope } from "../instances/instanceFilter.js";
import { distinct, issueOf, issuesOf } from "../issues.js";
import { walkStartFor, WalkSource, type Reader } from "../readContext.js";
import {
  instanceListIssues,
  instanceSourceName,
  placeOf,
  placesIn,
  readInstanceList,
} from "../scope.js";

/**
 * The coverage of every instance that passes the filter, from the instance lists outwards.
 *
 * Cost:   the instance lists, and for each instance the slices that reach back to its newest good backup
 * or to the start of the RPO, hoisted onto wide lists where that is fewer calls.
 * Errors: none of a source; a region whose list cannot be read counts as unknown and is an issue.
 */
export async function coverageOf(
  reader: Reader,
  rpoMs: number,
  filter: InstanceFilter | null,
): Promise<CoverageReport> {
  const checkedAt = reader.startedAt;
  const { instances, unknownRegions, issues } = await chosenInstances(reader, filter);
  const judged = await Promise.all(
    instances.map((instance) => judgeInstance(reader, instance, rpoMs)),
  );
  const all = distinct([...issues, ...judged.flatMap(({ issues: own }) => own)]);
  const entries = judged.map(({ instance, coverage }) => ({ instance, coverage }));
  const complete = all.length === 0;
  return { rpoMs, filter, checkedAt, entries, unknownRegions, complete, issues: all };
}

/** The instances that pass a filter, in list order, and the regions that cannot tell theirs. */
async function chosenInstances(reader: Reader, filter: InstanceFilter | null) {
  const matches = instanceMatcher(filter);
  const issues: SourceIssue[] = [];
  let unknownRegions = 0;
  const passes = (instance: Instance) => matches({ startedAt: 0, id: "", instance });
  const places = await placesIn(reader, instanceScope(filter));
  const asked = places.map((place) => ({
    where: placeOf(place.runtime, place.region),
    reading:
      place.region === null ? place.error : readInstanceList(reader, place, reader.startedAt),
  }));
  if (asked.some(({ reading }) => reading instanceof Promise))
    beginNext(reader, believedInstances(reader, places).filter(passes), [NEWEST]);
  const lists = await Promise.all(
    asked.map(async ({ where, reading }): Promise<readonly Instance[]> => {
      const list = await reading;
      if (list instanceof SourceError) {
        unknownRegions += 1;
        issues.push(issueOf(where, list));
        return [];
      }
      issues.push(...instanceListIssues(where, list));
      return list.value.instances;
    }),
  );
  return { instances: lists.flat().filter(passes), unknownRegions, issues };
}

/** A list that begins where `newestOf` reads first. */
const NEWEST: BackupRange = {
  page: { first: 1, after: null, last: null, before: null },
  filter: null,
  order: "STARTED_AT_DESC",
};

/** The coverage of one instance, and what went wrong while it was found out. */
export async function judgeInstance(
  reader: Reader,
  instance: Instance,
  rpoMs: number,
): Promise<{ instance: Instance; coverage: InstanceCoverage; issues: readonly SourceIssue[] }> {
  const now = reader.startedAt;
  const end = { startedAt: now - rpoMs, id: "" };
  // The newest good backup decides; where there is none, those that were passed while looking for it.
  const rows: Backup[] = [];
  const matches = (row: Backup): boolean => {
    rows.push(row);
    return isGood(row);
  };
  const page = await newestOf(reader, instance, { matches, end, limit: 1 });
  const issues = issuesOf(page, () => placeOfInstance(instance));
  return { instance, coverage: judge(instance, { rows, issues }, rpoMs, now), issues };
}

const isGood = ({ status }: Backup): boolean => status === "SUCCEEDED";

const placeOfInstance = ({ provider, region, nativeId }: Instance) => ({
  provider,
  region,
  instanceNativeId: nativeId,
});

/** The newest backups of one instance that match. */
export async function newestOf(
  reader: Reader,
  instance: Instance,
  wanted: {
    readonly matches: (row: Backup) => boolean;
    readonly end: { readonly startedAt: number; readonly id: string } | null;
    readonly limit: number;
  },
): Promise<Page<Backup>> {
  const runtime = reader.providers.get(instance.provider);
  if (runtime === undefined) throw new SourceError("NOT_FOUND", "No such provider.");
  const regions = await runtime.regions(reader.operation);
  if (regions instanceof SourceError) throw regions;
  const region = regions.find(({ id }) => id === instance.region);
  if (region === undefined) throw new SourceError("NOT_FOUND", "No such region.");
  const ref = { name: instanceSourceName(instance), runtime, region, instance };
  return takePage({
    direction: "newestFirst",
    sources: [new WalkSource(reader, ref, walkStartFor(reader))],
    state: { position: walkOrigin("newestFirst"), debts: [] },
    end: wanted.end,
    limit: wanted.limit,
    matches: wanted.matches,
    lookAhead: false,
    scanLimit: Number.POSITIVE_INFINITY,
    policy: "each",
  });
}
