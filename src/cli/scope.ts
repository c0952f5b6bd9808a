import type { SourceIssue } from "../domain/connection.js";
import { instanceAddressOf, instanceId } from "../domain/id.js";
import { EVERY_INSTANCE } from "../domain/filter.js";
import type { Instance, InstanceRef } from "../domain/instance.js";
import { nearestText } from "../domain/nearest.js";
import type { Provider } from "../domain/provider.js";
import type { Reads } from "../domain/reads.js";
import { caught, SourceError } from "../errors.js";
import { UsageError } from "./context.js";
import type { ScopeFlags } from "./options.js";

/** A provider that a command reads, with its regions, or the reason why they cannot be read. */
interface ScopedProvider {
  readonly provider: Provider;
  readonly regions: readonly string[] | SourceError;
}

/**
 * The providers and regions that the flags select.
 * @throws {UsageError} for a name that does not exist, because its empty result would look complete.
 */
export async function scopeOf(reads: Reads, flags: ScopeFlags): Promise<readonly ScopedProvider[]> {
  const all = reads.providers();
  const keys = all.map(({ key }) => key);
  for (const key of flags.provider ?? []) checkName("provider", key, keys);
  const chosen = all.filter(
    ({ key, vendor }) =>
      (flags.vendor?.includes(vendor) ?? true) && (flags.provider?.includes(key) ?? true),
  );
  const found = await Promise.all(
    chosen.map(async (provider) => ({ provider, regions: await caught(reads.regions(provider)) })),
  );
  checkRegions(found, flags);
  return found.map(({ provider, regions }) => ({
    provider,
    regions:
      regions instanceof SourceError
        ? regions
        : regions.filter((region) => flags.region?.includes(region) ?? true),
  }));
}

/** A provider whose regions cannot be read may have any region, so nothing is checked then. */
function checkRegions(found: readonly ScopedProvider[], { region: names = [] }: ScopeFlags): void {
  const known = found.flatMap(({ regions }) => (regions instanceof SourceError ? [] : regions));
  if (found.some(({ regions }) => regions instanceof SourceError)) return;
  for (const name of names) checkName("region", name, [...new Set(known)]);
}

/** @throws {UsageError} for a name that is not known. */
export function checkName(what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new UsageError(`There is no ${what} ${name}. ${nearestText(name, known)}`);
}

/** The instances that `--instance` selects. */
export interface NamedInstances {
  readonly found: readonly InstanceRef[];
  /** Names that no instance list of the scope has. Each may be an id of a deleted instance. */
  readonly unlisted: readonly string[];
  /** All names and ids in the instance lists. */
  readonly known: readonly string[];
  /** The instance lists that could not be read. They may have the names that were not found. */
  readonly issues: readonly SourceIssue[];
}

/**
 * Finds instances by name, by the vendor's id or by global id.
 * @throws {UsageError} for a name that several instances have.
 */
export async function namedInstances(
  names: readonly string[],
  reads: Reads,
  { scope, pageSize }: { readonly scope: readonly ScopedProvider[]; readonly pageSize: number },
): Promise<NamedInstances> {
  const ids = names.filter((name) => instanceAddressOf(name) !== null);
  const others = names.filter((name) => instanceAddressOf(name) === null);
  const addressed = await Promise.all(
    ids.map(async (name) => ({ name, found: await listedIn(scope, reads, name) })),
  );
  const { instances, issues } =
    others.length === 0 ? { instances: [], issues: [] } : await instancesIn(reads, scope, pageSize);
  const named = others.map((name) => ({ name, found: matchesOf(name, instances) }));
  const matches = [...addressed, ...named];
  return {
    found: matches.flatMap(({ found }) => found),
    unlisted: matches.filter(({ found }) => found.length === 0).map(({ name }) => name),
    known: [
      ...new Set(instances.flatMap(({ name, nativeId }) => (name ? [name, nativeId] : [nativeId]))),
    ],
    issues,
  };
}

/** The address of a global id, unless it is not in the scope, or its instance list does not have it. */
async function listedIn(
  scope: readonly ScopedProvider[],
  reads: Reads,
  id: string,
): Promise<readonly InstanceRef[]> {
  const addresses = everywhere(id, scope);
  const found = await reads.instancesByRef(addresses);
  return addresses.filter((_, at) => found[at] !== null);
}

/** An id comes before a name: a name can be chosen freely, an id cannot. */
function matchesOf(name: string, instances: readonly Instance[]): readonly Instance[] {
  const byId = instances.filter(({ nativeId }) => nativeId === name);
  if (byId.length > 0) return byId;
  const byName = instances.filter((instance) => instance.name === name);
  if (byName.length < 2) return byName;
  const places = byName.map(
    ({ nativeId, provider, region }) => `  ${nativeId} (${provider} ${region})\n`,
  );
  throw new UsageError(
    `${byName.length} instances have the name ${name}. Use the id of one of them:\n` +
      places.join("").trimEnd(),
  );
}

/** The instances of a scope, and the lists of instances that could not be read. */
export async function instancesIn(
  reads: Reads,
  scope: readonly ScopedProvider[],
  pageSize: number,
): Promise<{ readonly instances: readonly Instance[]; readonly issues: readonly SourceIssue[] }> {
  const instances: Instance[] = [];
  let after: string | null = null;
  for (;;) {
    const page = await reads.instances({
      parent: { type: "Query" },
      page: { backwards: false, size: pageSize, after, before: null },
      filter: { ...EVERY_INSTANCE, providers: scope.map(({ provider }) => provider.key) },
      onSourceError: "PARTIAL",
    });
    instances.push(...page.edges.map(({ node }) => node));
    after = page.endCursor;
    // A page is cut before its first row if the operation is over: each further one would be, too.
    const isOver = page.edges.length === 0 && page.issues.some(({ code }) => code === "CUT");
    if (isOver || !(await page.hasNextPage()) || after === null)
      return { instances: instances.filter(isIn(scope)), issues: page.issues };
  }
}

const isIn =
  (scope: readonly ScopedProvider[]) =>
  ({ provider: key, region }: InstanceRef): boolean =>
    scope.some(
      ({ provider, regions }) =>
        provider.key === key && (regions instanceof SourceError || regions.includes(region)),
    );

/**
 * Makes a function that finds the names of instances, and reads each only once. An instance without a
 * name, one that is no longer listed, and one whose list cannot be read have null.
 */
export function namesOf(
  open: () => Reads,
): (refs: readonly InstanceRef[]) => Promise<readonly (string | null)[]> {
  const known = new Map<string, string | null>();
  return async (refs) => {
    const ids = idsOf(refs);
    const unknown = new Map(refs.map((ref, at) => [ids[at] ?? "", ref]));
    for (const id of ids) if (known.has(id)) unknown.delete(id);
    const found = unknown.size === 0 ? [] : await open().instancesByRef([...unknown.values()]);
    for (const [at, id] of [...unknown.keys()].entries()) {
      const instance = found[at];
      known.set(id, instance instanceof Error ? null : (instance?.name ?? null));
    }
    return ids.map((id) => known.get(id) ?? null);
  };
}

/** The global ids of instances. */
export const idsOf = (refs: readonly InstanceRef[]): readonly string[] =>
  refs.map(({ provider, region, nativeId }) => instanceId(provider, region, nativeId));

/** The addresses that an instance with a global id, or with a vendor's id, could have. */
export function everywhere(id: string, scope: readonly ScopedProvider[]): readonly InstanceRef[] {
  const address = instanceAddressOf(id);
  if (address !== null) return [address].filter(isIn(scope));
  return scope.flatMap(({ provider, regions }) =>
    regions instanceof SourceError
      ? []
      : regions.map((region) => ({ provider: provider.key, region, nativeId: id })),
  );
}

/** Names what may have been meant by one that no instance has. Nobody types a global id. */
export const nearestHint = (name: string, known: readonly string[]): string =>
  instanceAddressOf(name) === null ? ` ${nearestText(name, known)}` : "";
