import type { GraphQLResolveInfo } from "graphql";
import { ArgsType, Field, Int } from "type-graphql";
import type { BackupOrder, OnSourceError } from "../domain/filter.js";
import type {
  BackupQuery,
  BackupRange,
  InstanceQuery,
  NextLists,
  Parent,
} from "../domain/reads.js";
import type { PageArgs } from "../domain/connection.js";
import { checkPageArgs } from "../paging/pageArgs.js";
import type { Context } from "./context.js";
import {
  BackupFilterInput,
  backupFilterOf,
  InstanceFilterInput,
  instanceFilterOf,
} from "./filter.input.js";
import { listsOfEach, listsOfOne } from "./nextLists.js";
import { asksForMore } from "./selection.js";
import { BackupOrderEnum, OnSourceErrorEnum } from "./words.js";

/** Relay's arguments of a connection. */
@ArgsType()
export class ConnectionArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      "The page's size, counted from its start; 20 where neither first nor last is given.",
  })
  readonly first?: number | null;
  @Field(() => String, { nullable: true, description: "Only what follows this cursor." })
  readonly after?: string | null;
  @Field(() => Int, { nullable: true, description: "The page's size, counted from its end." })
  readonly last?: number | null;
  @Field(() => String, { nullable: true, description: "Only what precedes this cursor." })
  readonly before?: string | null;
}

/** The arguments of every list of instances. */
@ArgsType()
export class InstanceListArgs extends ConnectionArgs {
  @Field(() => InstanceFilterInput, { nullable: true, description: "Which instances; else all." })
  readonly filter?: InstanceFilterInput | null;
  @Field(() => OnSourceErrorEnum, {
    nullable: true,
    description: "What a source that cannot be read does to the list; else PARTIAL.",
  })
  readonly onSourceError?: OnSourceError | null;
}

/** The arguments of every list of backups. */
@ArgsType()
export class BackupListArgs extends ConnectionArgs {
  @Field(() => BackupFilterInput, { nullable: true, description: "Which backups; else all." })
  readonly filter?: BackupFilterInput | null;
  @Field(() => BackupOrderEnum, {
    nullable: true,
    description: "Which come first; else STARTED_AT_DESC.",
  })
  readonly orderBy?: BackupOrder | null;
  @Field(() => OnSourceErrorEnum, {
    nullable: true,
    description: "What a source that cannot be read does to the list; else PARTIAL.",
  })
  readonly onSourceError?: OnSourceError | null;
}

/** Errors: `ClientError` BAD_USER_INPUT, before anything is read. */
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

/** The question for a list of instances, its arguments checked and its defaults filled in. */
export const instanceQueryOf = (
  parent: Parent,
  args: InstanceListArgs,
  context: Context,
  info: GraphQLResolveInfo,
): InstanceQuery => ({
  parent,
  page: pageOf(args, context),
  filter: instanceFilterOf(args.filter),
  onSourceError: args.onSourceError ?? "PARTIAL",
  next: () => listsOfEach(info, (own: BackupListArgs) => backupRangeOf(own, context)),
});

/** The lists of backups that are read next of the instance that a field gives. */
export const nextListsOf =
  (context: Context, info: GraphQLResolveInfo): NextLists =>
  () =>
    listsOfOne(info, (own: BackupListArgs) => backupRangeOf(own, context));

const backupRangeOf = (args: BackupListArgs, context: Context): BackupRange => ({
  page: pageOf(args, context),
  filter: backupFilterOf(args.filter),
  order: args.orderBy ?? "STARTED_AT_DESC",
});

/** The question for a list of backups, its arguments checked and its defaults filled in. */
export const backupQueryOf = (
  parent: Parent,
  args: BackupListArgs,
  context: Context,
  info: GraphQLResolveInfo,
): BackupQuery => ({
  parent,
  ...backupRangeOf(args, context),
  onSourceError: args.onSourceError ?? "PARTIAL",
  lookAhead: asksForMore(info),
});
