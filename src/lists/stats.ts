import type { Backup } from "../domain/backup.js";
import { Calendar } from "../domain/calendar.js";
import { instanceId } from "../domain/id.js";
import { getOrMake } from "../domain/maps.js";
import { FROM_NEWEST } from "../domain/reads.js";
import {
  MOST_BUCKETS,
  type BackupDimension,
  type BackupStats,
  type StatsBucket,
  type StatsKey,
  type StatsQuery,
} from "../domain/stats.js";
import { ClientError } from "../errors.js";
import { backupWalk, countedLists, resolverOf } from "./backups.js";
import { backupMatcher, backupScope, rangeOf } from "./filters.js";
import { foldRows } from "./fold.js";
import { grouped, issuesOf, withProgress } from "./issues.js";
import type { ReadContext } from "./readContext.js";

/**
 * Statistics of the backups that a list with the same filter shows.
 *
 * Cost:   the vendor calls of walking that list; memory for the buckets only.
 * Errors: `ClientError` QUERY_TOO_COSTLY for too many buckets; none of a source, those are in `issues`.
 */
export async function statsOf(context: ReadContext, query: StatsQuery): Promise<BackupStats> {
  const { filter, by, timeZone } = query;
  const scope = backupScope(filter);
  const walk = backupWalk(context, { ...FROM_NEWEST, filter });
  const resolver = resolverOf(context, { scope, walk });
  const found = resolver.peek() ?? (await resolver.read());
  const groups = new BackupGroups(by.map((dimension) => groupingBy(dimension, timeZone, context)));
  const matches = backupMatcher(filter);
  const { scanRows } = context.parts;
  const report = await foldRows(found.sources, {
    range: rangeOf(filter),
    scanRows,
    pass: (row) => matches(row) && groups.add(row),
  });
  if (groups.size > MOST_BUCKETS) throw tooManyBuckets(by);
  const own = withProgress(issuesOf(report), () => countedLists(context, walk, found));
  const issues = grouped([...found.issues, ...own]);
  return { ...groups.counted(), complete: issues.length === 0, issues };
}

const tooManyBuckets = (by: readonly BackupDimension[]): ClientError =>
  new ClientError(
    "QUERY_TOO_COSTLY",
    `The backups fall into more than ${MOST_BUCKETS} buckets by ${by.join(", ")}. ` +
      "Narrow the filter, or group by fewer or coarser dimensions.",
    { buckets: MOST_BUCKETS + 1, limit: MOST_BUCKETS },
  );

/** How backups are grouped in one dimension. */
interface Grouping {
  readonly dimension: BackupDimension;
  /** Equal for two backups of one group; called for each backup. */
  of(row: Backup): string | null;
  /** The key of a group, from one of its backups. */
  keyOf(row: Backup): StatsKey;
}

function groupingBy(
  dimension: BackupDimension,
  timeZone: string,
  { providers }: ReadContext,
): Grouping {
  if (dimension === "INSTANCE") return BY_INSTANCE;
  const valueOf = valueReader(dimension, timeZone, providers);
  return {
    dimension,
    of: valueOf,
    keyOf: (row) => ({
      dimension,
      value: valueOf(row),
      provider: dimension === "PROVIDER" ? row.provider : null,
      instance: null,
    }),
  };
}

function valueReader(
  dimension: Exclude<BackupDimension, "INSTANCE">,
  timeZone: string,
  providers: ReadContext["providers"],
): (row: Backup) => string | null {
  switch (dimension) {
    case "DAY":
    case "WEEK":
    case "MONTH": {
      const calendar = new Calendar(timeZone, dimension);
      return ({ startedAt }) => calendar.nameAt(startedAt);
    }
    case "STATUS":
      return ({ status }) => status;
    case "TRIGGER":
      return ({ trigger }) => trigger;
    case "VENDOR":
      return ({ provider }) => providers.get(provider)?.provider.vendor ?? null;
    case "PROVIDER":
      return ({ provider }) => provider;
    case "REGION":
      return ({ region }) => region;
    case "ENGINE_VERSION":
      return ({ engineVersion }) => engineVersion;
  }
}

/** A global id is a digest, so it is made once for each instance and not for each backup. */
const BY_INSTANCE: Grouping = {
  dimension: "INSTANCE",
  of: ({ provider, region, instanceNativeId }) => `${provider}\0${region}\0${instanceNativeId}`,
  keyOf: ({ provider, region, instanceNativeId: nativeId }) => ({
    dimension: "INSTANCE",
    value: instanceId(provider, region, nativeId),
    provider,
    instance: { provider, region, nativeId },
  }),
};

/** A group while it is counted. */
interface Group {
  /** Any backup of the group. */
  readonly sample: Backup | null;
  count: number;
  sizeBytes: number;
  sizedCount: number;
  first: number;
  last: number;
}

/** The groups that share the values of the dimensions so far. */
type Groups = Map<string | null, Group | Groups>;

/** Groups backups by some dimensions, and counts those of each group. */
class BackupGroups {
  private readonly total = emptyGroup(null);
  private readonly groups: Groups = new Map();
  private readonly made: Group[] = [];

  constructor(private readonly groupings: readonly Grouping[]) {}

  get size(): number {
    return this.made.length;
  }

  /** Above the limit of buckets, nothing is counted any more. */
  add(row: Backup): void {
    if (this.size > MOST_BUCKETS) return;
    count(this.total, row);
    count(this.groupOf(row), row);
  }

  counted(): Pick<BackupStats, "buckets" | "total"> {
    const buckets = this.made.map((group) => bucketOf(group, this.groupings));
    return { buckets: buckets.sort(byKeys), total: bucketOf(this.total, []) };
  }

  private groupOf(row: Backup): Group {
    let groups = this.groups;
    const last = this.groupings.length - 1;
    for (let at = 0; at < last; at += 1) {
      const value = this.groupings[at]?.of(row) ?? null;
      groups = getOrMake(groups, value, () => new Map()) as Groups;
    }
    const value = this.groupings[last]?.of(row) ?? null;
    return getOrMake(groups, value, () => {
      const made = emptyGroup(row);
      this.made.push(made);
      return made;
    }) as Group;
  }
}

const emptyGroup = (sample: Backup | null): Group => ({
  sample,
  count: 0,
  sizeBytes: 0,
  sizedCount: 0,
  first: Number.POSITIVE_INFINITY,
  last: Number.NEGATIVE_INFINITY,
});

function count(group: Group, { sizeBytes, startedAt }: Backup): void {
  group.count += 1;
  if (sizeBytes !== null) {
    group.sizedCount += 1;
    // The schema's integers end here.
    group.sizeBytes = Math.min(group.sizeBytes + sizeBytes, Number.MAX_SAFE_INTEGER);
  }
  group.first = Math.min(group.first, startedAt);
  group.last = Math.max(group.last, startedAt);
}

const bucketOf = (
  { sample, count, sizeBytes, sizedCount, first, last }: Group,
  groupings: readonly Grouping[],
): StatsBucket => ({
  keys: sample === null ? [] : groupings.map(({ keyOf }) => keyOf(sample)),
  count,
  sizeBytes,
  sizedCount,
  firstStartedAt: count === 0 ? null : first,
  lastStartedAt: count === 0 ? null : last,
});

/** By the values of the keys, one dimension after the other; a group without a value comes last. */
function byKeys({ keys: a }: StatsBucket, { keys: b }: StatsBucket): number {
  const at = a.findIndex(({ value }, index) => value !== b[index]?.value);
  const [left = null, right = null] = [a[at]?.value, b[at]?.value];
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  return left < right ? -1 : 1;
}
