import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { BackupDownload } from "../domain/backup.js";
import type { Row } from "../domain/row.js";
import { BackupDownloadType, BackupType } from "./backup.type.js";
import { requireScope, type Context } from "./context.js";
import { NullableField } from "./fields.js";
import { InstanceType } from "./instance.type.js";
import { providerByKey, ProviderType } from "./provider.type.js";
import { JSONObject } from "./scalars.js";
import { orNull } from "./views.js";

/** The fields of a backup that lead to other objects or check a scope. */
@Resolver(() => BackupType)
export class BackupResolver {
  @FieldResolver(() => ProviderType, { description: "The provider that lists the backup." })
  provider(@Root() { row }: BackupType, @Ctx() context: Context): ProviderType | null {
    return providerByKey(row.provider, context);
  }

  @NullableField(
    () => InstanceType,
    "The backed-up instance, or null if the vendor no longer lists it.",
  )
  async instance(
    @Root() { row }: BackupType,
    @Ctx() { loaders }: Context,
  ): Promise<InstanceType | null> {
    const { provider, region, instanceNativeId } = row;
    const ref = { provider, region, nativeId: instanceNativeId };
    return orNull(await loaders.instance.load(ref), InstanceType.of);
  }

  @NullableField(
    () => [BackupDownloadType],
    "Links to the backup's files. Needs the scope backups:download. Selecting it costs a vendor call for each backup.",
  )
  downloads(
    @Root() { row }: BackupType,
    @Ctx() context: Context,
  ): Promise<readonly BackupDownload[]> {
    requireScope(context.principal, "backups:download");
    return context.loaders.downloads.load(row);
  }

  @NullableField(
    () => JSONObject,
    "The vendor's own row, without download links. Needs the scope raw:read.",
  )
  raw(@Root() { row }: BackupType, @Ctx() { principal }: Context): Row {
    requireScope(principal, "raw:read");
    return row.raw;
  }
}
