import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, Resolver, Root, Info } from "type-graphql";
import type { BackupStatus, Vendor } from "../domain/words.js";
import type { Parent } from "../domain/reads.js";
import { BackupType } from "./backup.type.js";
import { BackupConnectionType } from "./backupConnection.type.js";
import type { Context } from "./context.js";
import { RpoArgs, rpoToMs } from "./coverage.args.js";
import { InstanceCoverageType } from "./coverage.type.js";
import { InstanceType } from "./instance.type.js";
import { BackupListArgs, backupQueryOf } from "./list.args.js";
import { providerByKey } from "./nodes.js";
import { ProviderType } from "./provider.type.js";
import { orNull } from "./views.js";
import { BackupStatusEnum, VendorEnum } from "./words.js";

/** What leads from an instance to others. */
@Resolver(() => InstanceType)
export class InstanceResolver {
  @FieldResolver(() => VendorEnum, { description: "The company whose cloud it runs in." })
  vendor(@Root() { row }: InstanceType, @Ctx() { reads }: Context): Vendor | undefined {
    return reads.provider(row.provider)?.vendor;
  }

  @FieldResolver(() => ProviderType, {
    description: "The provider whose list shows it.",
  })
  provider(@Root() { row }: InstanceType, @Ctx() context: Context): ProviderType | null {
    return providerByKey(row.provider, context);
  }

  @FieldResolver(() => BackupConnectionType, { nullable: true, description: "Its backups." })
  async backups(
    @Root() { row }: InstanceType,
    @Args(() => BackupListArgs) args: BackupListArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<BackupConnectionType> {
    const parent: Parent = { type: "Instance", instance: row };
    const query = backupQueryOf(parent, args, context, info);
    return new BackupConnectionType(await context.reads.backups(query));
  }

  @FieldResolver(() => BackupType, {
    nullable: true,
    description: "Its newest backup; null where it has none.",
  })
  async latestBackup(
    @Root() { row }: InstanceType,
    @Arg("status", () => BackupStatusEnum, {
      nullable: true,
      description: "Only of this state; else of any.",
    })
    status: BackupStatus | null | undefined,
    @Ctx() { loaders }: Context,
  ): Promise<BackupType | null> {
    const query = { instance: row, status: status ?? null };
    return orNull(await loaders.latestBackup.load(query), BackupType.of);
  }

  @FieldResolver(() => InstanceCoverageType, {
    description: "Whether its newest whole backup was started recently enough.",
  })
  async coverage(
    @Root() { row }: InstanceType,
    @Args(() => RpoArgs) { rpo }: RpoArgs,
    @Ctx() { reads }: Context,
  ): Promise<InstanceCoverageType> {
    return new InstanceCoverageType(await reads.instanceCoverage(row, rpoToMs(rpo)), row);
  }
}
