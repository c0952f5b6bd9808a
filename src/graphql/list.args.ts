import {
  getArgumentValues,
  getNamedType,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
} from "graphql";
import { ArgsType, Int } from "type-graphql";
import type { PageArgs } from "../domain/connection.js";
import type { BackupOrder, OnSourceError } from "../domain/filter.js";
import type { Fact } from "../domain/instance.js";
import { getOrMake } from "../domain/maps.js";
import {
  FROM_NEWEST,
  type BackupQuery,
  type BackupRange,
  type InstanceQuery,
  type NextLists,
  type Parent,
} from "../domain/reads.js";
import { collectFields, type FieldNodes, type SelectionParts } from "../execution/index.js";
import { checkPageArgs } from "../paging/cursor.js";
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

/** Relay's arguments, checked. Errors: `ClientError` BAD_USER_INPUT, before anything is read. */
export function pageOf(args: ConnectionArgs, { limits }: Context): PageArgs {
  const page = {
    first: args.first ?? null,
    after: args.after ?? null,
    last: args.last ?? null,
    before: args.before ?? null,
  };
  checkPageArgs(page, limits);
  return page;
}

/** The query for a list of instances, with checked arguments and defaults. */
export async function instanceQueryOf(
  parent: Parent,
  args: InstanceListArgs,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<InstanceQuery> {
  const page = pageOf(args, context);
  const filter = instanceFilterOf(args.filter);
  await checkFilter(context.reads, parent, filter);
  return {
    parent,
    page,
    filter,
    onSourceError: args.onSourceError ?? "PARTIAL",
    facts: factsOfEach(info),
    next: () => listsOfEach(info, context),
  };
}

const backupRangeOf = (args: BackupListArgs, context: Context): BackupRange => ({
  page: pageOf(args, context),
  filter: backupFilterOf(args.filter),
  order: args.orderBy ?? "STARTED_AT_DESC",
});

/** The query for a list of backups, with checked arguments and defaults. */
export async function backupQueryOf(
  parent: Parent,
  args: BackupListArgs,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<BackupQuery> {
  const { page, filter, order } = backupRangeOf(args, context);
  await checkFilter(context.reads, parent, filter);
  return {
    parent,
    page,
    filter,
    order,
    onSourceError: args.onSourceError ?? "PARTIAL",
    lookAhead: selectsHasMore(info),
  };
}

/** Some fields of an operation, and the type that they return. */
interface SelectedNode {
  readonly type: GraphQLObjectType;
  readonly nodes: readonly FieldNode[];
}

/** The fields of an instance that look for a backup, newest first. */
const LOOKING_FOR_NEWEST: ReadonlySet<string> = new Set(["latestBackup", "coverage"]);

/** The lists of backups selected below each instance of the connection that a field returns. */
function listsOfEach(info: GraphQLResolveInfo, context: Context): readonly BackupRange[] {
  const parts = partsOf(info);
  const type = getNamedType(info.returnType) as GraphQLObjectType;
  return listsOf(parts, instancesIn(parts, { type, nodes: info.fieldNodes }), context);
}

/** The lists of backups that the operation selects below the instance that a field returns. */
export const nextListsOf =
  (context: Context, info: GraphQLResolveInfo): NextLists =>
  () => {
    const type = info.schema.getType("Instance") as GraphQLObjectType;
    return listsOf(partsOf(info), [{ type, nodes: info.fieldNodes }], context);
  };

const partsOf = ({ schema, fragments, variableValues }: GraphQLResolveInfo): SelectionParts => ({
  schema,
  fragments,
  variables: variableValues,
});

/** Lists with invalid arguments are left out. Their own resolver reports the error. */
function listsOf(
  parts: SelectionParts,
  instances: readonly SelectedNode[],
  context: Context,
): readonly BackupRange[] {
  const fields = instances.flatMap((instance) =>
    fieldsOf(parts, instance).map(([node]) => ({ node, field: fieldOf(instance.type, node) })),
  );
  const lists = fields
    .filter(({ node }) => node.name.value === "backups")
    .flatMap(({ node, field }) => {
      if (field === undefined) return [];
      try {
        const args: BackupListArgs = getArgumentValues(field, node, parts.variables);
        return [backupRangeOf(args, context)];
      } catch {
        return [];
      }
    });
  const looksForNewest = fields.some(({ node }) => LOOKING_FOR_NEWEST.has(node.name.value));
  return looksForNewest ? [...lists, FROM_NEWEST] : lists;
}

/** The facts that fields of an instance show. */
const FACT_FIELDS: ReadonlyMap<string, Fact> = new Map<string, Fact>([
  ["tags", "tags"],
  ["project", "project"],
  ["encrypted", "encrypted"],
  ["automaticBackups", "automaticBackups"],
  ["retention", "retentionMs"],
]);

/** The facts selected of each instance of the connection that a field returns. */
function factsOfEach(info: GraphQLResolveInfo): readonly Fact[] {
  const parts = partsOf(info);
  const type = getNamedType(info.returnType) as GraphQLObjectType;
  const instances = instancesIn(parts, { type, nodes: info.fieldNodes });
  const names = instances.flatMap((one) => fieldsOf(parts, one).map(([node]) => node.name.value));
  return [...new Set(names.flatMap((name) => FACT_FIELDS.get(name) ?? []))];
}

/** The fields that select a connection's instances: `nodes`, and `node` below `edges`. */
const instancesIn = (parts: SelectionParts, connection: SelectedNode): readonly SelectedNode[] => [
  ...below(parts, connection, "nodes"),
  ...below(parts, connection, "edges").flatMap((edge) => below(parts, edge, "node")),
];

const below = (
  parts: SelectionParts,
  selected: SelectedNode,
  name: string,
): readonly SelectedNode[] =>
  fieldsOf(parts, selected)
    .filter(([node]) => node.name.value === name)
    .map((nodes) => {
      const type = getNamedType(fieldOf(selected.type, nodes[0])?.type) as GraphQLObjectType;
      return { type, nodes };
    });

/** None where a `@skip` or `@include` is null, which execution reports. */
function fieldsOf(parts: SelectionParts, { type, nodes }: SelectedNode): readonly FieldNodes[] {
  try {
    return [...collectFields(parts, type, nodes).values()];
  } catch {
    return [];
  }
}

const fieldOf = (type: GraphQLObjectType, { name }: FieldNode) => type.getFields()[name.value];

const HAS_MORE: ReadonlySet<string> = new Set(["hasNextPage", "hasPreviousPage"]);

/** Whether `hasNextPage` or `hasPreviousPage` is selected. Only then is it worth a vendor call to find out. */
const selectsHasMore = (info: GraphQLResolveInfo): boolean =>
  // A field of a list's items has the same nodes for each item, so the result is kept.
  getOrMake(lookAheads, info.fieldNodes, () => {
    const parts = partsOf(info);
    const type = getNamedType(info.returnType) as GraphQLObjectType;
    const infos = below(parts, { type, nodes: info.fieldNodes }, "pageInfo");
    const fields = infos.flatMap((pageInfo) => fieldsOf(parts, pageInfo));
    return fields.some(([node]) => HAS_MORE.has(node.name.value));
  });

const lookAheads = new WeakMap<readonly FieldNode[], boolean>();
