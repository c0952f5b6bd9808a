import type { Backup } from "../domain/backup.js";
import type { SourceIssue } from "../domain/connection.js";
import type { CoverageReport, InstanceCoverage } from "../domain/coverage.js";
import type { InstanceFilter } from "../domain/filter.js";
import type { Fact, Instance, InstanceFacts } from "../domain/instance.js";
import {
  COMPARED,
  isGood,
  isProof,
  isRetained,
  judge,
  provesRetention,
  rpoAlone,
  type CoverageEvidence,
  type Demands,
  type Found,
} from "../domain/judge.js";
import { FROM_NEWEST } from "../domain/reads.js";
import { SourceError } from "../errors.js";
import { openingOf, walkOrigin } from "../paging/direction.js";
import type { Page } from "../paging/page.js";
import { isShort } from "../providers/instanceList.js";
import type { ProviderRuntime } from "../providers/provider.js";
import type { ListedPlace } from "../sources/source.js";
import { countedLists } from "./backups.js";
import { instanceMatcher, instanceScope, type Scope } from "./filters.js";
import { inTurns, newestOf, peekNewestOf, startingOf, type Search } from "./find.js";
import {
  type CountedLists,
  grouped,
  instanceListIssues,
  issueOf,
  issuesOf,
  withProgress,
} from "./issues.js";
import {
  eachPlace,
  instancesAt,
  peekInstanceList,
  peekPlaces,
  placeOf,
  recentList,
  type Place,
} from "./places.js";
import type { ReadContext } from "./readContext.js";
import { policyByTags, policyFor, type Selected, selectorOf } from "./selection.js";

/**
 * The coverage of every instance that passes the filter, by an RPO or by each instance's policy.
 *
 * Cost:   the instance lists, and for each instance the slices that its policy needs: without demands
 * besides the RPO, those that reach back to its newest good backup or to the start of the RPO. Wide lists
 * are used if that is fewer calls.
 * Errors: none of a source; a region whose instance list cannot be read counts as unknown and is an issue.
 */
export async function coverageOf(
  context: ReadContext,
  rpoMs: number | null,
  filter: InstanceFilter,
): Promise<CoverageReport> {
  const scope = instanceScope(filter);
  const places = peekPlaces(context, scope);
  const question = { scope, rpoMs, matches: instanceMatcher(filter) };
  const parts = eachPlace(context, scope, { freshFor: context.startedAt }, (place) =>
    coverageAt(context, place, question),
  );
  if (places !== null) prefetchNewest(context, places, filter);
  const all = await parts;
  const judged = all.flatMap((part) => part.judged);
  const found = [...all.flatMap(({ issues }) => issues), ...judged.flatMap(({ issues }) => issues)];
  const issues = grouped(withProgress(found, () => countedIn(context, all)));
  return {
    rpoMs,
    filter,
    checkedAt: context.startedAt,
    entries: judged.map(({ instance, coverage }) => ({ instance, coverage })),
    unknownRegions: all.filter(({ isUnknown }) => isUnknown).length,
    isWhole: !all.some(mayHide),
    complete: issues.length === 0,
    issues,
  };
}

/** How many of the lists have been read that show the newest backups of each instance. */
function countedIn(context: ReadContext, parts: readonly CoveragePart[]): readonly CountedLists[] {
  const position = walkOrigin("newestFirst");
  const walk = { ...context.now, direction: "newestFirst", position } as const;
  const regions = parts.flatMap(({ listed, judged }) =>
    listed === null
      ? []
      : [
          {
            ...listed,
            sources: judged.map(({ instance }) => context.parts.engine.source(listed, instance)),
          },
        ],
  );
  const unnamed = parts.flatMap(({ listed, runtime }) => (listed === null ? [runtime] : []));
  return countedLists(context, walk, { regions, unnamed });
}

/** What coverage to read of a place. */
interface PlaceQuestion {
  readonly scope: Scope;
  readonly rpoMs: number | null;
  readonly matches: (instance: Instance) => boolean;
}

/** The coverage of the instances of a place. */
interface CoveragePart {
  readonly runtime: ProviderRuntime;
  /** Null if its instances could not be listed. */
  readonly listed: ListedPlace | null;
  readonly judged: readonly Judged[];
  readonly issues: readonly SourceIssue[];
  /** Whether it may have other instances. */
  readonly isUnknown: boolean;
}

/** Whether an instance may be missing. What an issue says of an instance that is not missing is part of its state. */
function mayHide({ issues, judged }: CoveragePart): boolean {
  const shown = new Set<string | null>(judged.map(({ instance }) => instance.nativeId));
  return issues.some(({ instanceNativeId }) => !shown.has(instanceNativeId));
}

async function coverageAt(
  context: ReadContext,
  place: Place,
  { scope, rpoMs, matches }: PlaceQuestion,
): Promise<CoveragePart> {
  const { runtime } = place;
  const where = placeOf(runtime, place.region);
  const failed = (error: SourceError): CoveragePart => {
    const issues = [issueOf(where, error)];
    return { runtime, listed: null, judged: [], issues, isUnknown: true };
  };
  if (place.region === null) return failed(place.error);
  const list = await instancesAt(context, place, context.startedAt);
  if (list instanceof SourceError) return failed(list);
  const found = list.value.instances.filter(matches);
  const selected = await selectorOf(context, scope)?.read(found);
  const entries = (selected?.instances ?? found).map((instance) => ({ instance }));
  const judged = await inTurns(context, entries, ({ instance }) =>
    judgeInstance(context, instance, rpoMs),
  );
  const { undecided: unknown, stale } = selected ?? ALL_DECIDED;
  const issues = [...instanceListIssues(where, list), ...unknown.values(), ...stale];
  return { runtime, listed: place, judged, issues, isUnknown: isShort(list.value) };
}

const ALL_DECIDED: Pick<Selected, "undecided" | "stale"> = { undecided: new Map(), stale: [] };

/** Requests the newest backups of the instances that were listed lately, while they are listed again. */
function prefetchNewest(
  context: ReadContext,
  places: readonly Place[],
  filter: InstanceFilter,
): void {
  const listed = places.filter((place) => place.region !== null);
  const { startedAt } = context;
  if (listed.every((place) => peekInstanceList(context, place, startedAt) !== null)) return;
  const selector = selectorOf(context, instanceScope(filter));
  const matches = instanceMatcher(filter);
  const recent = () =>
    listed.flatMap((place) => {
      const found = (recentList(context, place)?.value.instances ?? []).filter(matches);
      return selector === null ? found : (selector.peek(found)?.instances ?? []);
    });
  context.prefetch.instances(recent, [FROM_NEWEST]);
}

/** The coverage of one instance, and what its lists have to report. */
interface Judged {
  readonly instance: Instance;
  readonly coverage: InstanceCoverage;
  readonly issues: readonly SourceIssue[];
}

/** The coverage of one instance, by an RPO or by its policy. */
export async function judgeInstance(
  context: ReadContext,
  instance: Instance,
  rpoMs: number | null,
): Promise<Judged> {
  if (rpoMs !== null) {
    const { coverage, issues } = await judgeBy(context, instance, rpoAlone(rpoMs));
    return { instance, coverage: { ...coverage, policy: null }, issues };
  }
  // There is nothing to judge yet, and vendors refuse to show tags of such an instance.
  if (instance.status === "CREATING" && policyByTags(context, instance, instance.tags) === null)
    return { instance, coverage: undecided(context, BEING_CREATED), issues: [] };
  const { policy, issues: unknown } = await policyFor(context, instance);
  if (policy === null) {
    const reason = `The policy depends on tags that are unknown: ${unknown[0]?.message ?? ""}`;
    return { instance, coverage: undecided(context, reason), issues: unknown };
  }
  const { coverage, issues } = await judgeBy(context, instance, policy);
  return { instance, coverage: { ...coverage, policy }, issues: [...unknown, ...issues] };
}

const BEING_CREATED = "The instance is being created, and its policy depends on its tags.";

const undecided = ({ startedAt }: ReadContext, reason: string): InstanceCoverage => ({
  state: "UNKNOWN",
  reason,
  policy: null,
  violations: [],
  lastSuccess: null,
  checkedAt: startedAt,
});

async function judgeBy(context: ReadContext, instance: Instance, demands: Demands) {
  const { evidence, issues } = await new EvidenceReader(context, instance, demands).read();
  return { coverage: judge(instance, evidence, demands, context.startedAt), issues };
}

/** The facts that demands depend on. */
const SCHEDULE: readonly Fact[] = ["automaticBackups", "retentionMs"];

/** Reads what the demands on one instance need, and nothing more. */
class EvidenceReader {
  private readonly issues: SourceIssue[] = [];

  constructor(
    private readonly context: ReadContext,
    private readonly instance: Instance,
    private readonly demands: Demands,
  ) {}

  async read(): Promise<{ evidence: CoverageEvidence; issues: readonly SourceIssue[] }> {
    const { instance } = this;
    const recent = await this.recent();
    const sizes = await this.sizes();
    const isSafe = recent.rows.some((row) => isProof(row, this.context.startedAt));
    const before = isSafe ? null : await this.before();
    let facts: InstanceFacts = this.context.facts.peek(instance, SCHEDULE)?.facts ?? instance;
    const isOpen = !isSafe && recent.issues.length === 0;
    if (isOpen && facts.automaticBackups === null) facts = await this.facts();
    const { old, facts: schedule } = await this.retention(facts);
    return { evidence: { recent, before, sizes, old, facts: schedule }, issues: this.issues };
  }

  /** The backups within the RPO, down to the newest good one unless all of them are needed. */
  private async recent(): Promise<Found> {
    const { demands, context, instance } = this;
    const isEnough = (row: Backup): boolean =>
      demands.encrypted === null && isProof(row, context.startedAt);
    const end = { startedAt: context.startedAt - demands.rpoMs, id: "" };
    const { rows, issues } = await this.find({ matches: isEnough, end });
    return { rows: [...(await startingOf(context, instance)), ...rows], issues };
  }

  /** The newest good backup and those before it with which its size is compared. */
  private async sizes(): Promise<Found | null> {
    if (this.demands.maxSizeDrop === null) return null;
    let kind: Backup["kind"] | null = null;
    const matches = (row: Backup): boolean => {
      if (isGood(row)) kind ??= row.kind;
      return isGood(row) && row.kind === kind;
    };
    const { rows, issues } = await this.find({ matches, limit: 1 + COMPARED });
    return { rows: rows.filter(isGood), issues };
  }

  /** The newest good backup before the RPO, if it is cached. */
  private async before(): Promise<Backup | null> {
    const page = await peekNewestOf(this.context, this.instance, { matches: isGood });
    return page?.rows[0]?.row ?? null;
  }

  /** Whether good backups reach back as far as demanded: the facts are read only if no backup shows it. */
  private async retention(
    facts: InstanceFacts,
  ): Promise<{ readonly old: Found | null; readonly facts: InstanceFacts }> {
    const { instance, demands, context } = this;
    const now = context.startedAt;
    if (isRetained(instance, facts, demands, now)) return { old: null, facts };
    const from = openingOf("newestFirst", provesRetention(demands, now));
    const old = await this.find({ matches: isGood, from });
    const isKnown = facts.automaticBackups !== null && facts.retentionMs !== null;
    if (old.rows.some(isGood) || isKnown || facts.automaticBackups === false) return { old, facts };
    return { old, facts: await this.facts() };
  }

  private async facts(): Promise<InstanceFacts> {
    const { facts, issues } = await this.context.facts.read(this.instance, SCHEDULE);
    for (const issue of issues) if (!this.issues.includes(issue)) this.issues.push(issue);
    return facts;
  }

  /** Every backup that the search passes, and what may be missing among them. */
  private async find(search: Search): Promise<Found> {
    const rows: Backup[] = [];
    const matches = (row: Backup): boolean => {
      rows.push(row);
      return search.matches(row);
    };
    const page: Page<Backup> = await newestOf(this.context, this.instance, { ...search, matches });
    const issues = issuesOf(page);
    this.issues.push(...issues);
    return { rows, issues };
  }
}
