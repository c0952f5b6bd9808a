import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { BackupDownload } from "../domain/backup.js";
import type { Row } from "../domain/row.js";
import { BackupType } from "./backup.type.js";
import type { Context } from "./context.js";
import { BackupDownloadType } from "./download.type.js";
import { InstanceType } from "./instance.type.js";
import { providerByKey } from "./nodes.js";
import { ProviderType } from "./provider.type.js";
import { JSONObject } from "./scalars.js";
import { requireScope } from "./scopes.js";
import { orNull } from "./views.js";

/** What leads from a backup to others, and what a scope guards. */
@Resolver(() => BackupType)
export class BackupResolver {
  @FieldResolver(() => ProviderType, {
    description: "The provider whose list shows it.",
  })
  provider(@Root() { row }: BackupType, @Ctx() context: Context): ProviderType | null {
    return providerByKey(row.provider, context);
  }

  @FieldResolver(() => InstanceType, {
    nullable: true,
    description: "Its instance; null where the vendor no longer lists it.",
  })
  async instance(
    @Root() { row }: BackupType,
    @Ctx() { loaders }: Context,
  ): Promise<InstanceType | null> {
    const { provider, region, instanceNativeId } = row;
    const ref = { provider, region, nativeId: instanceNativeId };
    return orNull(await loaders.instance.load(ref), InstanceType.of);
  }

  @FieldResolver(() => [BackupDownloadType], {
    nullable: true,
    description:
      "Links to its files. Needs the scope backups:download; asked from the vendor only when selected.",
  })
  downloads(
    @Root() { row }: BackupType,
    @Ctx() context: Context,
  ): Promise<readonly BackupDownload[]> {
    requireScope(context, "backups:download");
    return context.loaders.downloads.load(row);
  }

  @FieldResolver(() => JSONObject, {
    nullable: true,
    description: "The vendor's own row, without download links. Needs the scope raw:read.",
  })
  raw(@Root() { row }: BackupType, @Ctx() context: Context): Row {
    requireScope(context, "raw:read");
    return row.raw;
  }
}
