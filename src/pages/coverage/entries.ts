import type {
  CoverageState,
  CoverageViolation,
  EstateProvidersQuery,
  ProviderCoverageQuery,
} from "./generated/graphql.js";
import type { Issue } from "./issues.js";

/** One product of one configured account. */
export type Provider = EstateProvidersQuery["providers"][number];

/** What the page knows about an instance besides its backups. */
export type Instance = NonNullable<ProviderCoverageQuery["coverage"]>["instances"]["nodes"][number];

/** One line of the grid: an instance, or a region whose instances cannot be listed. */
export interface Entry {
  /** Unique among all entries, and the same every time the data is read. */
  readonly key: string;
  readonly provider: Provider;
  /** Null if the regions cannot be listed. */
  readonly region: string | null;
  /** Null for a region whose instances cannot be listed. */
  readonly instance: Instance | null;
  readonly state: CoverageState;
  readonly reason: string;
  readonly violations: readonly CoverageViolation[];
  /** The time since the newest good backup started, as an ISO 8601 duration. Null if none is known. */
  readonly age: string | null;
  /** The policy's name. Null if there is none, or if it is unknown. */
  readonly policy: string | null;
}

/** The name of an entry. */
export const nameOf = ({ instance }: Entry): string =>
  instance === null ? "Cannot be listed" : instance.name || instance.nativeId;

/** The entry of an instance. */
export const entryOf = (provider: Provider, instance: Instance): Entry => ({
  key: JSON.stringify([provider.key, instance.region, instance.nativeId]),
  provider,
  region: instance.region,
  instance,
  ...instance.coverage,
  policy: instance.coverage.policy?.name ?? null,
});

/** The entry of a region, or of a whole provider, whose instances cannot be listed. */
export const unreadableEntry = (
  provider: Provider,
  { region, code, message }: Pick<Issue, "region" | "code" | "message">,
): Entry => ({
  key: JSON.stringify([provider.key, region]),
  provider,
  region,
  instance: null,
  state: "UNKNOWN",
  reason: `The instances cannot be listed (${code}): ${message}`,
  violations: [],
  age: null,
  policy: null,
});

/**
 * The regions whose instances cannot be listed, each once.
 *
 * The report counts each as one unknown instance. The count distinguishes them from empty regions that
 * have an issue for another reason.
 */
export function unreadableEntries(
  provider: Provider,
  listed: readonly Entry[],
  report: { readonly unknownCount: number; readonly issues: readonly Issue[] },
): Entry[] {
  const unknown = listed.filter(({ state }) => state === "UNKNOWN").length;
  const regions = new Set(listed.map(({ region }) => region));
  const candidates = report.issues.filter(
    ({ region, instanceNativeIds, code }) =>
      instanceNativeIds.length === 0 && code !== "STALE" && !regions.has(region),
  );
  const byKey = new Map(
    candidates.map((issue) => {
      const entry = unreadableEntry(provider, issue);
      return [entry.key, entry] as const;
    }),
  );
  return [...byKey.values()].slice(0, Math.max(0, report.unknownCount - unknown));
}
