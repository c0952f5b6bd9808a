import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, ID, Query, Resolver, Info } from "type-graphql";
import type { Parent } from "../domain/reads.js";
import type { BackupStats } from "../domain/stats.js";
import { BackupConnectionType, BackupType } from "./backup.type.js";
import type { Context } from "./context.js";
import {
  BackupPolicyType,
  CoverageArgs,
  CoverageReportType,
  coverageReportOf,
} from "./coverage.type.js";
import { NodeType, NullableQuery } from "./fields.js";
import { InstanceConnectionType, InstanceType } from "./instance.type.js";
import { BackupListArgs, InstanceListArgs, resolveBackups, resolveInstances } from "./list.args.js";
import { backupById, instanceById, nodeById } from "./nodes.js";
import { providerByKey, ProviderType } from "./provider.type.js";
import { BackupStatsArgs, BackupStatsType, backupStatsOf } from "./stats.resolver.js";

const QUERY: Parent = { type: "Query" };

/** The root fields: every operation starts here. */
@Resolver()
export class QueryResolver {
  @NullableQuery(() => NodeType, "The object with a global id, or null if there is none.")
  node(
    @Arg("id", () => ID, { description: "The global id." }) id: string,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<NodeType | null> {
    return nodeById(id, context, info);
  }

  @Query(() => [NodeType], {
    nullable: "items",
    description:
      "The objects with the given global ids, in the same order, with null for each that does not exist.",
  })
  nodes(
    @Arg("ids", () => [ID], { description: "The global ids." }) ids: string[],
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<NodeType | null>[] {
    return ids.map((id) => nodeById(id, context, info));
  }

  @Query(() => [ProviderType], { description: "All configured providers, ordered by key." })
  providers(@Ctx() { reads }: Context): ProviderType[] {
    return reads.providers().map(ProviderType.of);
  }

  @NullableQuery(() => ProviderType, "One provider.")
  provider(
    @Arg("key", () => String, { description: "The provider's key, such as ops-ucloud/uredis." })
    key: string,
    @Ctx() context: Context,
  ): ProviderType | null {
    return providerByKey(key, context);
  }

  @NullableQuery(() => InstanceType, "One instance.")
  instance(
    @Arg("id", () => ID, { description: "The instance's global id." }) id: string,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<InstanceType | null> {
    return instanceById(id, context, info);
  }

  @NullableQuery(
    () => InstanceConnectionType,
    "The instances of all providers, ordered by provider key, region and native id.",
  )
  async instances(
    @Args(() => InstanceListArgs) args: InstanceListArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<InstanceConnectionType> {
    return new InstanceConnectionType(await resolveInstances(QUERY, args, context, info));
  }

  @NullableQuery(() => BackupType, "One backup.")
  backup(
    @Arg("id", () => ID, { description: "The backup's global id." }) id: string,
    @Ctx() context: Context,
  ): Promise<BackupType | null> {
    return backupById(id, context);
  }

  @NullableQuery(
    () => BackupConnectionType,
    "The backups of all providers in one list, newest first by default.",
  )
  async backups(
    @Args(() => BackupListArgs) args: BackupListArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<BackupConnectionType> {
    return new BackupConnectionType(await resolveBackups(QUERY, args, context, info));
  }

  @NullableQuery(
    () => CoverageReportType,
    "Which instances have backups that meet their policy, or an RPO if one is given.",
  )
  coverage(
    @Args(() => CoverageArgs) args: CoverageArgs,
    @Ctx() context: Context,
  ): Promise<CoverageReportType> {
    return coverageReportOf(args, context);
  }

  @NullableQuery(
    () => BackupStatsType,
    "The number and size of backups, grouped by up to three dimensions. Costs the vendor calls of listing the same backups.",
  )
  backupStats(
    @Args(() => BackupStatsArgs) args: BackupStatsArgs,
    @Ctx() context: Context,
  ): Promise<BackupStats> {
    return backupStatsOf(args, context);
  }

  @Query(() => [BackupPolicyType], {
    description:
      "The policies that can match an instance of the visible providers, in the order in which they match. The last one is for all other instances.",
  })
  backupPolicies(@Ctx() { reads }: Context): BackupPolicyType[] {
    return reads.policies().map(BackupPolicyType.of);
  }
}
