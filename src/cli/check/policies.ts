import type { Instance } from "../../domain/instance.js";
import {
  type BackupPolicy,
  canApply,
  demandsOf,
  type PolicyDemand,
  policyOf,
} from "../../domain/policy.js";
import type { Reads } from "../../domain/reads.js";
import type { Vendor } from "../../domain/words.js";
import { instancesIn, scopeOf } from "../scope.js";
import type { Session } from "../session.js";

/** Instances whose tags are read by a call of their own. */
const MOST_TAGGED = 200;

/** What a provider that never decides a demand does not say. */
const NEVER_SAID: Readonly<Record<PolicyDemand, string>> = {
  encrypted: "whether a backup is encrypted",
  maxSizeDrop: "how many bytes a backup has",
  retention: "when an instance was created or how long its backups are kept",
};

/** How policies and instances belong together. */
interface Matching {
  /** The providers that have an instance with a policy, or may have one, by the name of the policy. */
  readonly mayHave: ReadonlyMap<string, ReadonlySet<string>>;
  /** The policies that an instance has. */
  readonly had: ReadonlySet<string>;
  /** The policies that an instance would have if there were no others. */
  readonly matched: ReadonlySet<string>;
  /** Instances whose policy depends on tags that are unknown. */
  readonly unknown: number;
  /** Whether some list of instances could not be read. */
  readonly isPartial: boolean;
}

/**
 * What is wrong with the policies of the config: those that no instance has, and demands that a provider never
 * decides, as sentences.
 *
 * Cost: the lists of instances if a policy has `match`, and the tags of at most 200 of them if they decide.
 */
export async function policyWarnings(session: Session): Promise<readonly string[]> {
  const { config, gateway } = session;
  const products = [...gateway.engine.providers.values()];
  const selective = config.policies.filter(({ match }) => match !== null);
  const matching = selective.length === 0 ? null : await matchingIn(session);
  const unmatched = selective.flatMap((policy) => {
    if (matching?.had.has(policy.name) !== false) return [];
    const isPossible = products.some((one) => canApply(policy, one.provider, one.knownRegions));
    return [isPossible ? unmatchedText(policy.name, matching) : noProviderText(policy.name)];
  });
  const undecided = config.policies.flatMap((policy) =>
    demandsOf(policy).flatMap((demand) => {
      const holders = matching?.mayHave.get(policy.name);
      const keys = products
        .filter(
          ({ provider, product, knownRegions }) =>
            product.undecided.includes(demand) && canApply(policy, provider, knownRegions),
        )
        .map(({ key }) => key)
        .filter((key) => matching === null || holders?.has(key) === true);
      return keys.length === 0 ? [] : [undecidedText(policy, demand, keys)];
    }),
  );
  return [...unmatched, ...undecided];
}

const noProviderText = (name: string): string =>
  `No provider of the config can have the policy ${name}: compare its vendors, providers and regions with the accounts.`;

function unmatchedText(name: string, { matched, unknown, isPartial }: Matching): string {
  const where = isPartial ? " in the lists that could be read" : "";
  if (matched.has(name))
    return `Every instance${where} that matches the policy ${name} has an earlier policy.`;
  const doubt = unknown === 0 ? "" : `, but the tags of ${unknown} are unknown`;
  return `No instance${where} matches the policy ${name}${doubt}.`;
}

const undecidedText = (
  { name }: BackupPolicy,
  demand: PolicyDemand,
  keys: readonly string[],
): string =>
  `The policy ${name} demands ${demand}, but ${keys.join(", ")} never ${keys.length === 1 ? "says" : "say"} ${NEVER_SAID[demand]}.`;

/** Null if no list of instances could be read, because then nothing is known. */
async function matchingIn({ config, gateway, open }: Session): Promise<Matching | null> {
  const { policies, limits } = config;
  const reads = open();
  const scope = await scopeOf(reads, {});
  const { instances, issues } = await instancesIn(reads, scope, limits.first);
  if (instances.length === 0 && issues.length > 0) return null;
  const mayHave = new Map(policies.map(({ name }) => [name, new Set<string>()]));
  for (const { provider } of issues) for (const keys of mayHave.values()) keys.add(provider);
  const had = new Set<string>();
  const matched = new Set<string>();
  let unknown = 0;
  const decided = await Promise.all(tagged(reads, policies, instances, vendorIn(gateway)));
  for (const { instance, vendor, tags } of decided) {
    const policy = policyOf(policies, instance, vendor, tags);
    if (policy === null) unknown += 1;
    else had.add(policy.name);
    for (const [name, keys] of mayHave)
      if ((policy?.name ?? name) === name) keys.add(instance.provider);
    for (const one of policies)
      if (one.match !== null && policyOf([one], instance, vendor, tags) === one)
        matched.add(one.name);
  }
  return { mayHave, had, matched, unknown, isPartial: issues.length > 0 };
}

const vendorIn =
  ({ engine }: Session["gateway"]) =>
  ({ provider }: Instance): Vendor | null =>
    engine.providers.get(provider)?.provider.vendor ?? null;

/** The tags of each instance: a call is made only if its policy depends on them and its list shows none. */
function tagged(
  reads: Reads,
  policies: readonly BackupPolicy[],
  instances: readonly Instance[],
  vendorOf: (instance: Instance) => Vendor | null,
) {
  let calls = 0;
  return instances.map(async (instance) => {
    const vendor = vendorOf(instance) as Vendor;
    const isOpen = policyOf(policies, instance, vendor, instance.tags) === null;
    if (!isOpen || (calls += 1) > MOST_TAGGED) return { instance, vendor, tags: instance.tags };
    return { instance, vendor, tags: (await reads.facts(instance, ["tags"])).tags };
  });
}
