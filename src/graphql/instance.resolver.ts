import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { durationOf } from "../domain/duration.js";
import type { Fact, Instance, InstanceFacts, InstanceTag } from "../domain/instance.js";
import type { BackupStatus, Vendor } from "../domain/words.js";
import { BackupType } from "./backup.type.js";
import type { Context } from "./context.js";
import { BackupPolicyType, InstanceCoverageType, RpoArgs, rpoToMs } from "./coverage.type.js";
import { BackupStatusEnum, VendorEnum } from "./enums.js";
import { NullableField } from "./fields.js";
import { InstanceTagType, InstanceType } from "./instance.type.js";
import { providerByKey, ProviderType } from "./provider.type.js";
import { Duration } from "./scalars.js";
import { orNull } from "./views.js";

/** The fields of an instance that lead to other objects. */
@Resolver(() => InstanceType)
export class InstanceResolver {
  @FieldResolver(() => VendorEnum, { description: "The company whose cloud it runs in." })
  vendor(@Root() { row }: InstanceType, @Ctx() { reads }: Context): Vendor | undefined {
    return reads.provider(row.provider)?.vendor;
  }

  @FieldResolver(() => ProviderType, { description: "The provider that lists the instance." })
  provider(@Root() { row }: InstanceType, @Ctx() context: Context): ProviderType | null {
    return providerByKey(row.provider, context);
  }

  @NullableField(() => [InstanceTagType], "The instance's tags. Null if they cannot be read.")
  tags(@Root() { row }: InstanceType, @Ctx() context: Context): Shown<readonly InstanceTag[]> {
    return factOf("tags", row, context);
  }

  @NullableField(() => String, "The vendor's project or resource group that it belongs to.")
  project(@Root() { row }: InstanceType, @Ctx() context: Context): Shown<string> {
    return factOf("project", row, context);
  }

  @NullableField(() => Boolean, "Whether the vendor encrypts stored data of the instance.")
  encrypted(@Root() { row }: InstanceType, @Ctx() context: Context): Shown<boolean> {
    return factOf("encrypted", row, context);
  }

  @NullableField(() => Boolean, "Whether the vendor makes backups of the instance on a schedule.")
  automaticBackups(@Root() { row }: InstanceType, @Ctx() context: Context): Shown<boolean> {
    return factOf("automaticBackups", row, context);
  }

  @NullableField(() => Duration, "How long the vendor keeps automatic backups.")
  async retention(@Root() { row }: InstanceType, @Ctx() context: Context): Promise<string | null> {
    return orNull(await factOf("retentionMs", row, context), durationOf);
  }

  @NullableField(() => BackupType, "The instance's newest backup, or null if it has none.")
  async latestBackup(
    @Root() { row }: InstanceType,
    @Arg("status", () => BackupStatusEnum, {
      nullable: true,
      description: "Only a backup in this state. By default, a backup in any state.",
    })
    status: BackupStatus | null | undefined,
    @Ctx() { loaders }: Context,
  ): Promise<BackupType | null> {
    const query = { instance: row, status: status ?? null };
    return orNull(await loaders.latestBackup.load(query), BackupType.of);
  }

  @NullableField(
    () => BackupPolicyType,
    "The first policy of the config that matches the instance. Null if that depends on tags that cannot be read.",
  )
  async policy(
    @Root() { row }: InstanceType,
    @Ctx() { reads }: Context,
  ): Promise<BackupPolicyType | null> {
    return orNull(await reads.policy(row), BackupPolicyType.of);
  }

  @FieldResolver(() => InstanceCoverageType, {
    description: "Whether the instance's backups meet its policy, or an RPO.",
  })
  async coverage(
    @Root() { row }: InstanceType,
    @Args(() => RpoArgs) { rpo }: RpoArgs,
    @Ctx() { reads }: Context,
  ): Promise<InstanceCoverageType> {
    return new InstanceCoverageType(await reads.instanceCoverage(row, rpoToMs(rpo)), row);
  }
}

type Shown<T> = T | null | Promise<T | null>;

/** A fact of an instance. One that its list does not show may cost a vendor call. */
function factOf<Name extends Fact>(
  name: Name,
  instance: Instance,
  { reads }: Context,
): Shown<NonNullable<InstanceFacts[Name]>> {
  return instance[name] ?? reads.facts(instance, [name]).then((facts) => facts[name] ?? null);
}
