import type { InstanceFilter } from "../../domain/filter.js";
import { instanceAddressOf, instanceId } from "../../domain/id.js";
import type { Instance } from "../../domain/instance.js";
import type { SourceIssue } from "../../domain/issue.js";
import { SourceError } from "../../errors.js";
import type { Reads } from "../../domain/reads.js";
import { issueOf } from "../../lists/issues.js";
import type { ScopedProvider } from "../scope.js";

/** Instances that names stand for, and where such might be that cannot be told. */
export interface NamedInstances {
  readonly ids: readonly string[];
  /** Names that no instance list shows. */
  readonly unlisted: readonly string[];
  readonly issues: readonly SourceIssue[];
}

/**
 * The global ids of instances that are named by their vendors' ids or by global ones.
 *
 * A name that no instance list shows may be that of a deleted instance whose backups are still
 * listed: it stands for one in every place.
 */
export async function instanceIdsOf(
  names: readonly string[],
  reads: Reads,
  scope: readonly ScopedProvider[],
  pageSize: number,
): Promise<NamedInstances> {
  const ids = names.filter((name) => instanceAddressOf(name) !== null);
  const nativeIds = names.filter((name) => !ids.includes(name));
  if (nativeIds.length === 0) return { ids, unlisted: [], issues: [] };
  const listed = await listedIn(reads, scope, { nativeIds, pageSize });
  const shown = new Set(listed.map(({ nativeId }) => nativeId));
  const others = nativeIds.filter((nativeId) => !shown.has(nativeId));
  return {
    ids: [...ids, ...listed.map(({ id }) => id), ...others.flatMap((id) => everywhere(id, scope))],
    unlisted: others,
    issues: others.length === 0 ? [] : scope.flatMap(hiddenIn),
  };
}

/** A provider that cannot tell its regions cannot be asked for an instance in them. */
function hiddenIn({ provider, regions }: ScopedProvider): SourceIssue[] {
  if (!(regions instanceof SourceError)) return [];
  return [issueOf({ provider: provider.key, region: null, instanceNativeId: null }, regions)];
}

async function listedIn(
  reads: Reads,
  scope: readonly ScopedProvider[],
  { nativeIds, pageSize }: { readonly nativeIds: readonly string[]; readonly pageSize: number },
): Promise<readonly Instance[]> {
  const filter: InstanceFilter = {
    vendors: null,
    providers: scope.map(({ provider }) => provider.key),
    regions: null,
    nativeIds,
    statuses: null,
    nameContains: null,
  };
  const found: Instance[] = [];
  let after: string | null = null;
  for (;;) {
    const page = await reads.instances({
      parent: { type: "Query" },
      page: { first: pageSize, after, last: null, before: null },
      filter,
      onSourceError: "PARTIAL",
    });
    found.push(...page.edges.map(({ node }) => node));
    after = page.endCursor;
    if (!(await page.hasNextPage()) || after === null) return found.filter(isIn(scope));
  }
}

const isIn =
  (scope: readonly ScopedProvider[]) =>
  ({ provider: key, region }: Instance): boolean =>
    scope.some(
      ({ provider, regions }) =>
        provider.key === key && (regions instanceof SourceError || regions.includes(region)),
    );

const everywhere = (nativeId: string, scope: readonly ScopedProvider[]): string[] =>
  scope.flatMap(({ provider, regions }) =>
    regions instanceof SourceError
      ? []
      : regions.map((region) => instanceId(provider.key, region, nativeId)),
  );
