import type { Instance, InstanceTag } from "./instance.js";
import type { Provider } from "./provider.js";
import type { Vendor } from "./words.js";

/** Which instances a policy is for: all conditions must hold; null is no condition. `*` stands for any text. */
export interface PolicyMatch {
  /** Patterns of values by key. The instance must have every key. */
  readonly tags: ReadonlyMap<string, string> | null;
  readonly names: readonly string[] | null;
  /** Patterns of provider keys. */
  readonly providers: readonly string[] | null;
  readonly regions: readonly string[] | null;
  readonly vendors: readonly Vendor[] | null;
}

/** What the backups of an instance must satisfy. A demand that is null is not made. */
export interface BackupPolicy {
  /** Unique. */
  readonly name: string;
  /** The recovery point objective: how old the newest good backup may be. Units: milliseconds. */
  readonly rpoMs: number;
  /** How far back good backups must reach. Units: milliseconds. */
  readonly retentionMs: number | null;
  readonly encrypted: true | null;
  /** How much smaller than the median of those before it the newest good backup may be, from 0 to 1. */
  readonly maxSizeDrop: number | null;
  /** Null matches every instance. */
  readonly match: PolicyMatch | null;
}

/** The demands that depend on what a vendor says about backups or instances. */
export const POLICY_DEMANDS = ["retention", "encrypted", "maxSizeDrop"] as const;
export type PolicyDemand = (typeof POLICY_DEMANDS)[number];

/** Those of them that a policy makes. */
export const demandsOf = ({
  retentionMs,
  encrypted,
  maxSizeDrop,
}: BackupPolicy): readonly PolicyDemand[] => {
  const made = { retention: retentionMs, encrypted, maxSizeDrop };
  return POLICY_DEMANDS.filter((demand) => made[demand] !== null);
};

/** The policy of instances that match no other. */
export const DEFAULT_POLICY: BackupPolicy = Object.freeze({
  name: "default",
  rpoMs: 86_400_000,
  retentionMs: null,
  encrypted: null,
  maxSizeDrop: null,
  match: null,
});

/** Of an instance, what decides which policy it has. */
type Matched = Pick<Instance, "provider" | "region" | "name">;

/**
 * The policy of an instance: the first that matches it, else the default at the end of the list.
 *
 * Null if that depends on tags that are unknown.
 */
export function policyOf(
  policies: readonly BackupPolicy[],
  instance: Matched,
  vendor: Vendor,
  tags: readonly InstanceTag[] | null,
): BackupPolicy | null {
  for (const policy of policies) {
    if (!matchesPlace(policy, instance, vendor)) continue;
    const wanted = policy.match?.tags ?? null;
    if (wanted === null) return policy;
    if (tags === null) return null;
    if (matchesTags(wanted, tags)) return policy;
  }
  return DEFAULT_POLICY;
}

/** Whether some instance of a provider may have a policy. `regions` are null if they are unknown. */
export const canApply = (
  { match }: BackupPolicy,
  { key, vendor }: Provider,
  regions: readonly string[] | null,
): boolean =>
  (match?.vendors?.includes(vendor) ?? true) &&
  matchesAny(match?.providers ?? null, key) &&
  (regions?.some((region) => matchesAny(match?.regions ?? null, region)) ?? true);

function matchesPlace(
  { match }: BackupPolicy,
  { provider, region, name }: Matched,
  vendor: Vendor,
): boolean {
  if (match === null) return true;
  return (
    (match.vendors?.includes(vendor) ?? true) &&
    matchesAny(match.providers, provider) &&
    matchesAny(match.regions, region) &&
    matchesAny(match.names, name ?? "")
  );
}

const matchesAny = (patterns: readonly string[] | null, text: string): boolean =>
  patterns?.some((pattern) => matchesPattern(pattern, text)) ?? true;

function matchesTags(wanted: ReadonlyMap<string, string>, tags: readonly InstanceTag[]): boolean {
  return [...wanted].every(([key, pattern]) =>
    tags.some((tag) => tag.key === key && matchesPattern(pattern, tag.value)),
  );
}

/**
 * Whether a text matches a pattern in which `*` stands for any text, also none.
 *
 * Cost: at most the product of both lengths, because each part of the pattern takes the first place where it fits.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const [head = "", ...others] = pattern.split("*");
  const tail = others.pop();
  if (tail === undefined) return text === pattern;
  let at = text.startsWith(head) ? head.length : -1;
  for (const part of others) {
    if (at < 0) return false;
    const found = text.indexOf(part, at);
    at = found < 0 ? -1 : found + part.length;
  }
  return at >= 0 && text.endsWith(tail) && at + tail.length <= text.length;
}
