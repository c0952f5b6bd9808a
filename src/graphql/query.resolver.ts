import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, ID, Query, Resolver, Info } from "type-graphql";
import type { Parent } from "../domain/reads.js";
import { BackupType } from "./backup.type.js";
import { BackupConnectionType } from "./backupConnection.type.js";
import type { Context } from "./context.js";
import { CoverageArgs, rpoToMs } from "./coverage.args.js";
import { CoverageReportType } from "./coverage.type.js";
import { instanceFilterOf } from "./filter.input.js";
import { InstanceType } from "./instance.type.js";
import { InstanceConnectionType } from "./instanceConnection.type.js";
import { BackupListArgs, backupQueryOf, InstanceListArgs, instanceQueryOf } from "./list.args.js";
import { backupById, instanceById, nodeById, providerByKey } from "./nodes.js";
import { NodeType } from "./node.type.js";
import { ProviderType } from "./provider.type.js";

const QUERY: Parent = { type: "Query" };

/** The fields where every operation begins. */
@Resolver()
export class QueryResolver {
  @Query(() => NodeType, {
    nullable: true,
    description: "The object of a global id; null where there is none.",
  })
  node(
    @Arg("id", () => ID, { description: "The global id." }) id: string,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<NodeType | null> {
    return nodeById(id, context, info);
  }

  @Query(() => [NodeType], {
    nullable: "items",
    description: "The objects of many global ids, in the same order; null where there is none.",
  })
  nodes(
    @Arg("ids", () => [ID], { description: "The global ids." }) ids: string[],
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<NodeType | null>[] {
    return ids.map((id) => nodeById(id, context, info));
  }

  @Query(() => [ProviderType], { description: "The configured providers, by key." })
  providers(@Ctx() { reads }: Context): ProviderType[] {
    return reads.providers().map(ProviderType.of);
  }

  @Query(() => ProviderType, { nullable: true, description: "One provider." })
  provider(
    @Arg("key", () => String, { description: "Its key, such as ops-ucloud/uredis." }) key: string,
    @Ctx() context: Context,
  ): ProviderType | null {
    return providerByKey(key, context);
  }

  @Query(() => InstanceType, { nullable: true, description: "One instance." })
  instance(
    @Arg("id", () => ID, { description: "Its global id." }) id: string,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<InstanceType | null> {
    return instanceById(id, context, info);
  }

  @Query(() => InstanceConnectionType, {
    nullable: true,
    description: "The instances of all providers, by provider key, region and native id.",
  })
  async instances(
    @Args(() => InstanceListArgs) args: InstanceListArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<InstanceConnectionType> {
    const query = instanceQueryOf(QUERY, args, context, info);
    return new InstanceConnectionType(await context.reads.instances(query));
  }

  @Query(() => BackupType, { nullable: true, description: "One backup." })
  backup(
    @Arg("id", () => ID, { description: "Its global id." }) id: string,
    @Ctx() context: Context,
  ): Promise<BackupType | null> {
    return backupById(id, context);
  }

  @Query(() => BackupConnectionType, {
    nullable: true,
    description: "The backups of all providers, merged into one order.",
  })
  async backups(
    @Args(() => BackupListArgs) args: BackupListArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<BackupConnectionType> {
    const query = backupQueryOf(QUERY, args, context, info);
    return new BackupConnectionType(await context.reads.backups(query));
  }

  @Query(() => CoverageReportType, {
    nullable: true,
    description: "Which instances have a whole backup that was started recently enough.",
  })
  async coverage(
    @Args(() => CoverageArgs) { rpo, filter }: CoverageArgs,
    @Ctx() { reads }: Context,
  ): Promise<CoverageReportType> {
    return new CoverageReportType(await reads.coverage(rpoToMs(rpo), instanceFilterOf(filter)));
  }
}
