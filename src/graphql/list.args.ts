import type { GraphQLResolveInfo } from "graphql";
import { ArgsType, Int } from "type-graphql";
import type { PageArgs } from "../domain/connection.js";
import type { BackupOrder, OnSourceError } from "../domain/filter.js";
import type {
  BackupQuery,
  BackupRange,
  InstanceQuery,
  NextLists,
  Parent,
} from "../domain/reads.js";
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
import { factsOfEach, listsOfEach, listsOfOne, selectsHasMore } from "./lookahead.js";

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
    next: () => listsOfEach(info, (own: BackupListArgs) => backupRangeOf(own, context)),
  };
}

/** The lists of backups that the operation selects below the instance that a field returns. */
export const nextListsOf =
  (context: Context, info: GraphQLResolveInfo): NextLists =>
  () =>
    listsOfOne(info, (own: BackupListArgs) => backupRangeOf(own, context));

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
