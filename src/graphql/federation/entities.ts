import type { GraphQLResolveInfo } from "graphql";
import { providerKeyOf } from "../../domain/id.js";
import { ClientError } from "../../errors.js";
import { BackupType } from "../backup.type.js";
import type { Context } from "../context.js";
import { InstanceType } from "../instance.type.js";
import { nextListsOf } from "../list.args.js";
import { backupById, instanceById, providerByKey } from "../nodes.js";
import { ProviderType } from "../provider.type.js";
import { orNull } from "../views.js";

/** An object that another subgraph refers to: its type's name and the fields of one of its keys. */
type Representation = Readonly<Record<string, unknown>>;
type Entity = ProviderType | InstanceType | BackupType;
type Found = Entity | null | Promise<Entity | null>;
type Resolve = (
  representation: Representation,
  context: Context,
  info: GraphQLResolveInfo,
) => Found;

/**
 * The objects that a router asks for, in its order.
 *
 * Cost:   that of a list with the same rows: the loaders ask for all of one kind in one batch.
 * Errors: null stands for what is not there or not visible; what cannot be told is an error in its
 *         own place, and leaves the others alone.
 */
export const resolveEntities = (
  _: unknown,
  { representations }: { readonly representations: readonly unknown[] },
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Entity | null>[] =>
  representations.map(async (one) => resolveEntity(one, context, info));

/** The name of an entity's type. */
export function entityTypeOf(entity: unknown): string | undefined {
  if (entity instanceof ProviderType) return "Provider";
  if (entity instanceof InstanceType) return "Instance";
  return entity instanceof BackupType ? "Backup" : undefined;
}

function resolveEntity(representation: unknown, context: Context, info: GraphQLResolveInfo): Found {
  if (!isRepresentation(representation)) throw unknownEntity();
  const { __typename: name } = representation;
  const resolve = typeof name === "string" ? BY_TYPE.get(name) : undefined;
  if (resolve === undefined) throw unknownEntity();
  return resolve(representation, context, info);
}

const isRepresentation = (value: unknown): value is Representation =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const BY_TYPE: ReadonlyMap<string, Resolve> = new Map<string, Resolve>([
  [
    "Provider",
    ({ id }, context) => orNull(providerKeyOf(textOf(id)), (key) => providerByKey(key, context)),
  ],
  ["Backup", ({ id }, context) => backupById(textOf(id), context)],
  [
    "Instance",
    (representation, context, info) =>
      representation["id"] === undefined
        ? instanceByNativeId(representation, context, info)
        : instanceById(textOf(representation["id"]), context, info),
  ],
]);

/** The names of the types that other subgraphs may refer to. */
export const ENTITIES: readonly string[] = [...BY_TYPE.keys()];

/**
 * The instance that a vendor knows by this id in this region.
 *
 * Several accounts may hold it: the first by provider key that shows it is taken, and an account that
 * cannot be read matters only where no other shows it.
 */
async function instanceByNativeId(
  { vendor, region, nativeId }: Representation,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<InstanceType | null> {
  const { reads, loaders } = context;
  const next = nextListsOf(context, info);
  const place = { region: textOf(region), nativeId: textOf(nativeId), next };
  const keys = reads
    .providers()
    .filter((provider) => provider.vendor === textOf(vendor))
    .map(({ key }) => key)
    .sort();
  const answers = await Promise.allSettled(
    keys.map((provider) => loaders.instance.load({ ...place, provider })),
  );
  for (const answer of answers)
    if (answer.status === "fulfilled" && answer.value !== null)
      return InstanceType.of(answer.value);
  for (const answer of answers) if (answer.status === "rejected") throw answer.reason;
  return null;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  throw new ClientError(
    "BAD_USER_INPUT",
    "Expected a representation with every field of a key, as text.",
  );
}

const unknownEntity = (): ClientError =>
  new ClientError(
    "BAD_USER_INPUT",
    `Expected a representation with a __typename of ${ENTITIES.join(", ")}.`,
  );
