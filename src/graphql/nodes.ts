import type { GraphQLResolveInfo } from "graphql";
import { decodeId, instanceAddressOf, providerKeyOf } from "../domain/id.js";
import { BackupType } from "./backup.type.js";
import type { Context } from "./context.js";
import { InstanceType } from "./instance.type.js";
import { nextListsOf } from "./list.args.js";
import { providerByKey, type ProviderType } from "./provider.type.js";
import { orNull } from "./views.js";

/** The instance with a global id, or null if the caller cannot see one. */
export async function instanceById(
  id: string,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<InstanceType | null> {
  const address = instanceAddressOf(id);
  if (address === null) return null;
  const wanted = { ...address, next: nextListsOf(context, info) };
  return orNull(await context.loaders.instance.load(wanted), InstanceType.of);
}

/** The backup with a global id, or null if the caller cannot see one. */
export async function backupById(id: string, context: Context): Promise<BackupType | null> {
  if (decodeId(id)?.type !== "B") return null;
  return orNull(await context.loaders.backup.load(id), BackupType.of);
}

/** The object with any global id, or null if the caller cannot see one. */
export async function nodeById(
  id: string,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<ProviderType | InstanceType | BackupType | null> {
  const type = decodeId(id)?.type;
  if (type === "B") return backupById(id, context);
  if (type === "I") return instanceById(id, context, info);
  return orNull(providerKeyOf(id), (key) => providerByKey(key, context));
}
