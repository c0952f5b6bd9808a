import {
  getArgumentValues,
  getNamedType,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
} from "graphql";
import { ArgsType, Int } from "type-graphql";
import type { Backup } from "../domain/backup.js";
import { type Connection, DEFAULT_PAGE_SIZE, type WantedPage } from "../domain/connection.js";
import type { BackupOrder, OnSourceError } from "../domain/filter.js";
import type { Fact, Instance } from "../domain/instance.js";
import { getOrMake } from "../domain/maps.js";
import { FROM_NEWEST, type BackupRange, type NextLists, type Parent } from "../domain/reads.js";
import { collectFields, type FieldNodes } from "../execution/index.js";
import { ClientError } from "../errors.js";
import type { Context } from "./context.js";
import { BackupOrderEnum, OnSourceErrorEnum } from "./enums.js";
import { Optional } from "./fields.js";
import {
  BackupFilterInput,
  backupFilterOf,
  checkFilter,
  InstanceFilterInput,
  instanceFilterOf,
} from "./filter.input.js";

/** Relay's arguments of a connection. */
@ArgsType()
export class ConnectionArgs {
  @Optional(
    () => Int,
    "The number of rows from the start of the list. If neither first nor last is given, 20.",
  )
  readonly first?: number | null;
  @Optional(() => String, "Only rows after this cursor.")
  readonly after?: string | null;
  @Optional(() => Int, "The number of rows from the end of the list.")
  readonly last?: number | null;
  @Optional(() => String, "Only rows before this cursor.")
  readonly before?: string | null;
}

const ON_SOURCE_ERROR =
  "What happens if one of the list's sources cannot be read. By default, PARTIAL.";

/** The arguments of every list of instances. */
@ArgsType()
export class InstanceListArgs extends ConnectionArgs {
  @Optional(() => InstanceFilterInput, "Which instances to list. By default, all of them.")
  readonly filter?: InstanceFilterInput | null;
  @Optional(() => OnSourceErrorEnum, ON_SOURCE_ERROR)
  readonly onSourceError?: OnSourceError | null;
}

/** The arguments of every list of backups. */
@ArgsType()
export class BackupListArgs extends ConnectionArgs {
  @Optional(() => BackupFilterInput, "Which backups to list. By default, all of them.")
  readonly filter?: BackupFilterInput | null;
  @Optional(() => BackupOrderEnum, "The order of the list. By default, STARTED_AT_DESC.")
  readonly orderBy?: BackupOrder | null;
  @Optional(() => OnSourceErrorEnum, ON_SOURCE_ERROR)
  readonly onSourceError?: OnSourceError | null;
}

/**
 * The page that Relay's arguments ask for.
 *
 * `first` takes it from the start of what `after` or `before` bounds, `last` from its end; with neither,
 * `before` reads backwards and everything else forwards.
 * Errors: `ClientError` BAD_USER_INPUT that says what was expected and what came, before anything is read.
 */
export function pageOf(args: ConnectionArgs, { limits }: Pick<Context, "limits">): WantedPage {
  const { first = null, after = null, last = null, before = null } = args;
  if (first !== null && last !== null)
    throw badInput(`Expected either first or last, but got first: ${first} and last: ${last}.`);
  if (after !== null && before !== null)
    throw badInput("Expected either after or before, but got both.");
  return {
    backwards: last !== null || (first === null && before !== null),
    size: sizeOf(last === null ? "first" : "last", last ?? first, limits.first),
    after,
    before,
  };
}

function sizeOf(name: string, asked: number | null, limit: number): number {
  if (asked === null) return Math.min(DEFAULT_PAGE_SIZE, limit);
  if (Number.isInteger(asked) && asked >= 0 && asked <= limit) return asked;
  throw badInput(`Expected ${name} to be from 0 to ${limit}, but got ${asked}.`);
}

const badInput = (message: string): ClientError => new ClientError("BAD_USER_INPUT", message);

/** Reads a list of instances. Errors: `ClientError` BAD_USER_INPUT for arguments, before anything is read. */
export async function resolveInstances(
  parent: Parent,
  args: InstanceListArgs,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<Instance>> {
  const page = pageOf(args, context);
  const filter = instanceFilterOf(args.filter);
  if (args.filter) await checkFilter(context.reads, parent, filter);
  return context.reads.instances({
    parent,
    page,
    filter,
    onSourceError: args.onSourceError ?? "PARTIAL",
    facts: factsIn(instancesIn(info)),
    next: () => listsIn(instancesIn(info), context),
  });
}

const backupRangeOf = (args: BackupListArgs, context: Context): BackupRange => ({
  page: pageOf(args, context),
  filter: backupFilterOf(args.filter),
  order: args.orderBy ?? "STARTED_AT_DESC",
});

/** Reads a list of backups. Errors: as `resolveInstances`. */
export async function resolveBackups(
  parent: Parent,
  args: BackupListArgs,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Connection<Backup>> {
  const range = backupRangeOf(args, context);
  if (args.filter) await checkFilter(context.reads, parent, range.filter);
  return context.reads.backups({
    parent,
    ...range,
    onSourceError: args.onSourceError ?? "PARTIAL",
    lookAhead: selectsHasMore(info),
  });
}

/** What the nodes of a field select on the objects of its type. */
interface SelectedFields {
  readonly info: GraphQLResolveInfo;
  readonly nodes: readonly FieldNode[];
  readonly type: GraphQLObjectType;
}

/** What an operation selects on the objects that a field returns. */
const selectionOf = (info: GraphQLResolveInfo): SelectedFields => ({
  info,
  nodes: info.fieldNodes,
  type: getNamedType(info.returnType) as GraphQLObjectType,
});

/** The selected fields; none where a `@skip` or `@include` is null, which execution reports. */
function fieldsOf({ info, nodes, type }: SelectedFields): readonly FieldNodes[] {
  const { schema, fragments, variableValues: variables } = info;
  try {
    return [...collectFields({ schema, fragments, variables }, type, nodes).values()];
  } catch {
    return [];
  }
}

/** What is selected below the fields of a name. */
function below(selection: SelectedFields, name: string): readonly SelectedFields[] {
  const type = getNamedType(selection.type.getFields()[name]?.type) as GraphQLObjectType;
  const named = fieldsOf(selection).filter(([node]) => node.name.value === name);
  return named.map((nodes) => ({ info: selection.info, nodes, type }));
}

/** What is selected on each instance of the connection that a field returns. */
function instancesIn(info: GraphQLResolveInfo): readonly SelectedFields[] {
  const connection = selectionOf(info);
  const edges = below(connection, "edges");
  return [...below(connection, "nodes"), ...edges.flatMap((edge) => below(edge, "node"))];
}

/** The lists of backups that the operation selects below the instance that a field returns. */
export const nextListsOf =
  (context: Context, info: GraphQLResolveInfo): NextLists =>
  () => {
    const type = info.schema.getType("Instance") as GraphQLObjectType;
    return listsIn([{ info, nodes: info.fieldNodes, type }], context);
  };

/** The fields of an instance that look for a backup, newest first. */
const LOOKING_FOR_NEWEST: ReadonlySet<string> = new Set(["latestBackup", "coverage"]);

/** The lists of backups selected on instances. */
function listsIn(instances: readonly SelectedFields[], context: Context): readonly BackupRange[] {
  const fields = instances.flatMap((instance) =>
    fieldsOf(instance).map(([node]) => ({ node, instance })),
  );
  const lists = fields.flatMap(({ node, instance }) => listOf(node, instance, context));
  const looksForNewest = fields.some(({ node }) => LOOKING_FOR_NEWEST.has(node.name.value));
  return looksForNewest ? [...lists, FROM_NEWEST] : lists;
}

/** None for another field, and for invalid arguments: the list's own resolver reports the error. */
function listOf(
  node: FieldNode,
  { type, info }: SelectedFields,
  context: Context,
): readonly BackupRange[] {
  const { backups } = type.getFields();
  if (node.name.value !== "backups" || backups === undefined) return [];
  try {
    const args: BackupListArgs = getArgumentValues(backups, node, info.variableValues);
    return [backupRangeOf(args, context)];
  } catch {
    return [];
  }
}

/** The facts that fields of an instance show. */
const FACT_FIELDS: ReadonlyMap<string, Fact> = new Map<string, Fact>([
  ["tags", "tags"],
  ["project", "project"],
  ["encrypted", "encrypted"],
  ["automaticBackups", "automaticBackups"],
  ["retention", "retentionMs"],
]);

/** The facts selected on instances. */
const factsIn = (instances: readonly SelectedFields[]): readonly Fact[] => {
  const fields = instances.flatMap(fieldsOf);
  return [...new Set(fields.flatMap(([node]) => FACT_FIELDS.get(node.name.value) ?? []))];
};

const HAS_MORE: ReadonlySet<string> = new Set(["hasNextPage", "hasPreviousPage"]);

/** Whether `hasNextPage` or `hasPreviousPage` is selected. Only then is it worth a vendor call to find out. */
const selectsHasMore = (info: GraphQLResolveInfo): boolean =>
  // A field of a list's items has the same nodes for each item, so the result is kept.
  getOrMake(lookAheads, info.fieldNodes, () => {
    const fields = below(selectionOf(info), "pageInfo").flatMap(fieldsOf);
    return fields.some(([node]) => HAS_MORE.has(node.name.value));
  });

const lookAheads = new WeakMap<readonly FieldNode[], boolean>();
