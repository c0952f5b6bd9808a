import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, FieldResolver, Resolver, Root, Info } from "type-graphql";
import type { ProviderCapabilities, ProviderHealth } from "../domain/provider.js";
import type { Parent } from "../domain/reads.js";
import { BackupConnectionType } from "./backup.type.js";
import type { Context } from "./context.js";
import { NullableField } from "./fields.js";
import { InstanceConnectionType } from "./instance.type.js";
import { BackupListArgs, InstanceListArgs, resolveBackups, resolveInstances } from "./list.args.js";
import { ProviderCapabilitiesType, ProviderHealthType, ProviderType } from "./provider.type.js";

/** The fields of a provider that are read for each operation. */
@Resolver(() => ProviderType)
export class ProviderResolver {
  @FieldResolver(() => [String], {
    description:
      "The regions that are read: those in the configuration, or all that the vendor lists.",
  })
  regions(@Root() { row }: ProviderType, @Ctx() { reads }: Context): Promise<readonly string[]> {
    return reads.regions(row);
  }

  @FieldResolver(() => ProviderCapabilitiesType, {
    description: "What the provider's backup list can and cannot do.",
  })
  capabilities(
    @Root() { row }: ProviderType,
    @Ctx() { reads }: Context,
  ): Promise<ProviderCapabilities> {
    return reads.capabilities(row);
  }

  @FieldResolver(() => ProviderHealthType, {
    description: "The result of recent calls, including those of the same operation.",
  })
  health(@Root() { row }: ProviderType, @Ctx() { reads }: Context): Promise<ProviderHealth> {
    return reads.health(row);
  }

  @NullableField(
    () => InstanceConnectionType,
    "The provider's instances, ordered by region and native id.",
  )
  async instances(
    @Root() provider: ProviderType,
    @Args(() => InstanceListArgs) args: InstanceListArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<InstanceConnectionType> {
    return new InstanceConnectionType(
      await resolveInstances(parentOf(provider), args, context, info),
    );
  }

  @NullableField(
    () => BackupConnectionType,
    "The backups of all the provider's instances, including deleted instances if the vendor lists them.",
  )
  async backups(
    @Root() provider: ProviderType,
    @Args(() => BackupListArgs) args: BackupListArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<BackupConnectionType> {
    return new BackupConnectionType(await resolveBackups(parentOf(provider), args, context, info));
  }
}

const parentOf = ({ key }: ProviderType): Parent => ({ type: "Provider", provider: key });
