import { Field, ID, InputType } from "type-graphql";
import {
  EVERY_BACKUP,
  EVERY_INSTANCE,
  type BackupFilter,
  type InstanceFilter,
  type SharedFilter,
  type TagFilter,
} from "../domain/filter.js";
import { instanceAddressOf } from "../domain/id.js";
import type { Instance } from "../domain/instance.js";
import { nearestText, quoted } from "../domain/nearest.js";
import type { Provider } from "../domain/provider.js";
import type { Parent, Reads } from "../domain/reads.js";
import type { BackupStatus, BackupTrigger, InstanceStatus, Vendor } from "../domain/words.js";
import { caught, ClientError, SourceError } from "../errors.js";
import {
  BackupStatusEnum,
  BackupTriggerEnum,
  InstanceStatusEnum,
  VendorSelectorEnum,
} from "./enums.js";
import { Optional } from "./fields.js";
import { DateTime } from "./scalars.js";

const RULE =
  "All conditions must hold. A list holds if any of its items does (`tags`: if all of them do); an empty list matches nothing.";

/** A condition on the tags of an instance. */
@InputType("InstanceTagFilter", { description: "A tag that an instance must have." })
class InstanceTagFilterInput {
  @Field(() => String, { description: "The tag's key." })
  readonly key!: string;
  @Optional(() => [String], "The tag must have one of these values. By default, any value.")
  readonly values?: string[] | null;
}

/** The conditions that instances and backups share. */
@InputType()
abstract class SharedFilterInput {
  @Optional(() => [VendorSelectorEnum], "The vendors.")
  readonly vendors?: Vendor[] | null;
  @Optional(() => [String], "The keys of the providers. A key that does not exist is an error.")
  readonly providers?: string[] | null;
  @Optional(() => [String], "The regions. A region that no provider has is an error.")
  readonly regions?: string[] | null;
  @Optional(
    () => [InstanceTagFilterInput],
    "Tags that the instance must all have, at most 50. While tags cannot be read, what depends on them is pending, with an issue.",
  )
  readonly tags?: InstanceTagFilterInput[] | null;
  @Optional(
    () => [String],
    "The names of the instance's policy (Instance.policy). A name that does not exist is an error.",
  )
  readonly policies?: string[] | null;
}

/** Which instances to list. */
@InputType("InstanceFilter", { description: `Conditions on instances. ${RULE}` })
export class InstanceFilterInput extends SharedFilterInput {
  @Optional(() => [String], "The vendors' own ids of the instances.")
  readonly nativeIds?: string[] | null;
  @Optional(() => [InstanceStatusEnum], "The states.")
  readonly statuses?: InstanceStatus[] | null;
  @Optional(() => String, "A text that the name contains.")
  readonly nameContains?: string | null;
}

/** Which backups to list. */
@InputType("BackupFilter", { description: `Conditions on backups. ${RULE}` })
export class BackupFilterInput extends SharedFilterInput {
  @Optional(() => [ID], "The global ids of the instances. A malformed id is an error.")
  readonly instanceIds?: string[] | null;
  @Optional(() => String, "A text that the name of the instance contains.")
  readonly instanceNameContains?: string | null;
  @Optional(() => [BackupStatusEnum], "The states.")
  readonly statuses?: BackupStatus[] | null;
  @Optional(() => [BackupTriggerEnum], "What started the backup.")
  readonly triggers?: BackupTrigger[] | null;
  @Optional(() => DateTime, "The earliest start, inclusive.")
  readonly startedAfter?: Date | null;
  @Optional(() => DateTime, "The latest start, exclusive.")
  readonly startedBefore?: Date | null;
}

/** The filter as the engine reads it. */
export const instanceFilterOf = (input: InstanceFilterInput | null | undefined): InstanceFilter =>
  input ? withNulls(EVERY_INSTANCE, { ...input, tags: tagsOf(input) }) : EVERY_INSTANCE;

/** The filter as the engine reads it. */
export const backupFilterOf = (input: BackupFilterInput | null | undefined): BackupFilter =>
  input
    ? withNulls(EVERY_BACKUP, {
        ...input,
        tags: tagsOf(input),
        startedAfter: input.startedAfter?.getTime(),
        startedBefore: input.startedBefore?.getTime(),
      })
    : EVERY_BACKUP;

const tagsOf = ({ tags }: SharedFilterInput): readonly TagFilter[] | undefined =>
  tags?.map(({ key, values }) => ({ key, values: values ?? null }));

/** A filter with null for each condition that is absent, and no word twice; `every` has all conditions. */
const withNulls = <Filter extends object>(
  every: Filter,
  given: { readonly [Name in keyof Filter]?: Filter[Name] | null | undefined },
): Filter =>
  Object.fromEntries(
    Object.keys(every).map((name) => {
      const condition = given[name as keyof Filter] ?? null;
      return [name, Array.isArray(condition) ? [...new Set<unknown>(condition)] : condition];
    }),
  ) as Filter;

/** The tags that a filter may name. Vendors allow 50 for an instance. */
const MOST_TAGS = 50;

/**
 * Refuses a filter that names a provider, region, policy or instance id that cannot exist for the caller, or
 * more tags than an instance can have. Otherwise a typing error would return an empty list that looks complete.
 *
 * Cost:   none if the selected providers have every region. Otherwise it reads the region lists of the
 *         other visible providers.
 * Errors: `ClientError` BAD_USER_INPUT. The message names what exists, nearest name first.
 */
export async function checkFilter(
  reads: Reads,
  parent: Parent,
  filter: SharedFilter,
): Promise<void> {
  const tags = filter.tags?.length ?? 0;
  if (tags > MOST_TAGS)
    throw new ClientError(
      "BAD_USER_INPUT",
      `filter.tags: expected at most ${MOST_TAGS} tags, but got ${tags}.`,
    );
  const visible = reads.providers();
  const keys = visible.map(({ key }) => key);
  checkNames("filter.providers: there is no provider", filter.providers, () => keys);
  const policies = () => reads.policies().map(({ name }) => name);
  checkNames("filter.policies: there is no policy", filter.policies, policies);
  await checkInstanceIds(reads, filter);
  await checkRegions(reads, visible, { parent, filter });
}

function checkNames(
  message: string,
  given: readonly string[] | null,
  knownNames: () => readonly string[],
): void {
  if (given === null || given.length === 0) return;
  const known = knownNames();
  const unknown = given.find((name) => !known.includes(name));
  if (unknown !== undefined) throw refusal(message, unknown, known);
}

async function checkRegions(
  reads: Reads,
  visible: readonly Provider[],
  { parent, filter }: { readonly parent: Parent; readonly filter: SharedFilter },
): Promise<void> {
  const { regions } = filter;
  if (regions === null || regions.length === 0) return;
  const selected = visible.filter((provider) => isSelected(provider, parent, filter));
  const others = visible.filter((provider) => !selected.includes(provider));
  const known = new Set<string>();
  for (const providers of [selected, others]) {
    const lists = await Promise.all(providers.map((one) => caught(reads.regions(one))));
    // A provider whose regions cannot be read may have the region.
    for (const list of lists) {
      if (list instanceof SourceError) return;
      for (const region of list) known.add(region);
    }
    if (regions.every((region) => known.has(region))) return;
  }
  const unknown = regions.find((region) => !known.has(region)) ?? "";
  throw refusal("filter.regions: no provider has the region", unknown, [...known]);
}

function isSelected({ key, vendor }: Provider, parent: Parent, filter: SharedFilter): boolean {
  if (parent.type === "Provider" && parent.provider !== key) return false;
  if (parent.type === "Instance" && parent.instance.provider !== key) return false;
  return (filter.vendors?.includes(vendor) ?? true) && (filter.providers?.includes(key) ?? true);
}

/** The message does not quote the id, so that an id that the caller may not see looks like any other. */
async function checkInstanceIds(reads: Reads, { instanceIds }: SharedFilter): Promise<void> {
  const place = instanceIds?.findIndex((id) => instanceAddressOf(id) === null) ?? -1;
  const malformed = instanceIds?.[place];
  if (malformed === undefined) return;
  const known = await exampleOf(reads, malformed);
  const example = known === null ? "" : ` For example, ${known.nativeId} has the id ${known.id}.`;
  throw new ClientError(
    "BAD_USER_INPUT",
    `filter.instanceIds[${place}]: expected the id of an instance (Instance.id).${example}`,
  );
}

/** The instance whose vendor's id was given by mistake, or any other. */
async function exampleOf(reads: Reads, nativeId: string): Promise<Instance | null> {
  for (const nativeIds of [[nativeId], null]) {
    const page = await reads.instances({
      parent: { type: "Query" },
      page: { backwards: false, size: 1, after: null, before: null },
      filter: { ...EVERY_INSTANCE, nativeIds },
      onSourceError: "PARTIAL",
    });
    const [edge] = page.edges;
    if (edge !== undefined) return edge.node;
  }
  return null;
}

const refusal = (message: string, name: string, known: readonly string[]): ClientError =>
  new ClientError("BAD_USER_INPUT", `${message} ${quoted(name)}. ${nearestText(name, known)}`);
