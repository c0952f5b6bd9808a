import type { SourceIssue } from "../domain/connection.js";
import type { TagFilter } from "../domain/filter.js";
import type { Fact, Instance, InstanceTag } from "../domain/instance.js";
import { type BackupPolicy, policyOf } from "../domain/policy.js";
import { FactReader } from "./facts.js";
import type { Scope, InstanceConditions } from "./filters.js";
import { unknownTagsIssue } from "./issues.js";
import type { Share } from "../paging/slice.js";
import type { ReadContext } from "./readContext.js";

const TAGS: readonly Fact[] = ["tags"];

/** The instances that pass, and what is missing from them. */
export interface Selected {
  readonly instances: readonly Instance[];
  /** Those of which nobody knows now whether they pass, and why. */
  readonly undecided: ReadonlyMap<Instance, SourceIssue>;
  /** Old tags that decided, because reading them again failed. */
  readonly stale: readonly SourceIssue[];
}

/** What decides about instances. */
type Deciding = Pick<ReadContext, "facts" | "parts" | "providers">;

/** The policy of an instance; null if it depends on tags that are unknown. */
export function policyByTags(
  { parts: { policies }, providers }: Deciding,
  instance: Instance,
  tags: readonly InstanceTag[] | null,
): BackupPolicy | null {
  const provider = providers.get(instance.provider)?.provider;
  return provider === undefined ? null : policyOf(policies, instance, provider.vendor, tags);
}

/** The policy of an instance, after reading its tags if it depends on them. */
export async function policyFor(
  deciding: Deciding,
  instance: Instance,
): Promise<{ readonly policy: BackupPolicy | null; readonly issues: readonly SourceIssue[] }> {
  const known = policyByTags(deciding, instance, instance.tags);
  if (known !== null) return { policy: known, issues: [] };
  const { facts, issues } = await deciding.facts.read(instance, TAGS);
  const policy = policyByTags(deciding, instance, facts.tags);
  if (policy !== null || issues.length > 0) return { policy, issues };
  return { policy, issues: [unknownTagsIssue(instance)] };
}

/**
 * What selects the instances of a scope; null if all of them belong to it. In a walk, the facts that decide are
 * as fresh as its lists: those that it has read stay good, however many pages reading them takes.
 */
export function selectorOf(
  context: ReadContext,
  { selection }: Scope,
  freshFor = context.startedAt,
  share: Share = "whole",
): Selector | null {
  if (selection === null) return null;
  const isWhole = share === "whole";
  if (isWhole && freshFor === context.startedAt) return new Selector(context, selection);
  const { parts, providers } = context;
  const operation = context.operationFor(share);
  const freshnessFor = context.freshnessFor.bind(context);
  const facts = new FactReader({ operation, providers, startedAt: freshFor, freshnessFor });
  return new Selector({ facts, parts, providers }, selection);
}

/** A condition on tags. There may be thousands of values, which are compared with those of every instance. */
interface WantedTag extends Pick<TagFilter, "key"> {
  readonly values: ReadonlySet<string> | null;
}

/** Selects instances. Those whose tags are unknown are undecided, with an issue. */
export class Selector {
  private readonly tags: readonly WantedTag[] | null;

  constructor(
    private readonly deciding: Deciding,
    private readonly selection: InstanceConditions,
  ) {
    const wanted = selection.tags?.map(({ key, values }) => ({
      key,
      values: values && new Set(values),
    }));
    this.tags = wanted ?? null;
  }

  /** The instances that pass if no call is needed to decide, else null. */
  peek(instances: readonly Instance[]): Selected | null {
    const found: Instance[] = [];
    const undecided = new Map<Instance, SourceIssue>();
    const stale: SourceIssue[] = [];
    for (const instance of instances) {
      const known = this.needsTags(instance)
        ? this.deciding.facts.peek(instance, TAGS)
        : NOT_NEEDED;
      if (known === null) return null;
      const passes = this.passes(instance, known.facts?.tags ?? instance.tags);
      if (passes === true) found.push(instance);
      if (passes !== null) stale.push(...known.issues.filter(({ code }) => code === "STALE"));
      // What the vendor no longer knows has no tags.
      if (passes === null && !known.issues.some(({ code }) => code === "NOT_FOUND"))
        undecided.set(instance, known.issues[0] ?? unknownTagsIssue(instance));
    }
    return { instances: found, undecided, stale };
  }

  /** The same, after reading the tags that decide. */
  async read(instances: readonly Instance[]): Promise<Selected> {
    const { facts } = this.deciding;
    const wanting = instances.filter((instance) => this.needsTags(instance));
    // If the operation cannot make all of the calls, those that fail do not keep the others from being read.
    const turns = wanting.map((instance) => ({ instance, at: facts.failedAt(instance, TAGS) }));
    turns.sort((a, b) => a.at - b.at);
    await Promise.all(turns.map(({ instance }) => facts.read(instance, TAGS)));
    return this.peek(instances) ?? { instances: [], undecided: new Map(), stale: [] };
  }

  /** The instances whose tags could not be read last. */
  failing(instances: readonly Instance[]): readonly Instance[] {
    return instances.filter((instance) => this.deciding.facts.failedAt(instance, TAGS) > 0);
  }

  /** Whether the tags of an instance decide, and its list does not show them. */
  private needsTags(instance: Instance): boolean {
    return instance.tags === null && this.passes(instance, null) === null;
  }

  /** Null if that depends on tags that are unknown. */
  private passes(instance: Instance, tags: readonly InstanceTag[] | null): boolean | null {
    const { nameContains, policies } = this.selection;
    const wanted = this.tags;
    if (nameContains !== null && !(instance.name?.toLowerCase().includes(nameContains) ?? false))
      return false;
    if (policies?.length === 0 || wanted?.length === 0) return false;
    if (wanted !== null) {
      if (wanted.some(({ values }) => values?.size === 0)) return false;
      if (tags === null) return null;
      if (!wanted.every((one) => hasTag(tags, one))) return false;
    }
    if (policies === null) return true;
    const policy = policyByTags(this.deciding, instance, tags);
    return policy === null ? null : policies.includes(policy.name);
  }
}

const NOT_NEEDED: { readonly facts: null; readonly issues: readonly SourceIssue[] } = {
  facts: null,
  issues: [],
};

const hasTag = (tags: readonly InstanceTag[], { key, values }: WantedTag): boolean =>
  tags.some((tag) => tag.key === key && (values?.has(tag.value) ?? true));
