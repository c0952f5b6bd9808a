import type { ProviderCoverageQuery } from "./generated/graphql.js";

type ToldIssue = NonNullable<ProviderCoverageQuery["coverage"]>["issues"][number];

/** Something that could not be read from a provider. The code is the gateway's. */
export type Issue = Omit<ToldIssue, "code"> & { readonly code: string };

/** A part of a provider whose lists are incomplete from some time on. */
export interface Doubt {
  /** Null for every region. */
  readonly region: string | null;
  /** Null for every instance. */
  readonly nativeId: string | null;
  /** Epoch milliseconds. Backups that started earlier are known. */
  readonly since: number;
}

/** Older data is complete up to the time when it was read. In all other cases nothing is certain. */
export function doubtsOf({ region, count, instanceNativeIds, code, asOf }: Issue): Doubt[] {
  const since = code === "STALE" && asOf !== null ? Date.parse(asOf) : Number.NEGATIVE_INFINITY;
  // An issue of many instances names only some of them.
  const named = instanceNativeIds.length < count ? [null] : instanceNativeIds;
  return named.map((nativeId) => ({ region, nativeId, since }));
}

/** The time from which the backups of one instance are uncertain, or infinity. */
export const doubtfulSince = (
  doubts: readonly Doubt[],
  place: { readonly region: string | null; readonly nativeId: string | null },
): number =>
  doubts
    .filter(
      ({ region, nativeId }) =>
        (region === null || region === place.region) &&
        (nativeId === null || nativeId === place.nativeId),
    )
    .reduce((since, doubt) => Math.min(since, doubt.since), Number.POSITIVE_INFINITY);

/** Issues of the same kind at the same place, as one. */
export interface IssueGroup {
  readonly provider: string;
  readonly region: string | null;
  readonly code: string;
  readonly message: string;
  readonly vendorCode: string | null;
  /** The number of affected instances. 0 means all of them. */
  readonly instances: number;
}

/** Groups a provider's issues by place, codes and message. Those that affect the most come first. */
export function groupIssues(provider: string, issues: readonly Issue[]): IssueGroup[] {
  const groups = new Map<string, { issue: Issue; instances: Set<string>; most: number }>();
  for (const issue of issues) {
    const { region, code, vendorCode, message, count, instanceNativeIds } = issue;
    const isWide = instanceNativeIds.length === 0;
    const matter = JSON.stringify([region, isWide, code, vendorCode, message]);
    const group = groups.get(matter) ?? { issue, instances: new Set(), most: 0 };
    for (const id of instanceNativeIds) group.instances.add(id);
    group.most = Math.max(group.most, count);
    groups.set(matter, group);
  }
  return [...groups.values()]
    .map(({ issue: { region, code, message, vendorCode }, instances, most }) => ({
      provider,
      region,
      code,
      message,
      vendorCode,
      instances: instances.size === 0 ? 0 : Math.max(instances.size, most),
    }))
    .sort((a, b) => Number(a.instances > 0) - Number(b.instances > 0) || b.instances - a.instances);
}
