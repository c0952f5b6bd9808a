// The decorators need this import, so it comes first.
import "reflect-metadata";
import {
  extendSchema,
  GraphQLUnionType,
  parse,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from "graphql";
import { providerKeyOf } from "../../domain/id.js";
import { ClientError } from "../../errors.js";
import { BackupType } from "../backup.type.js";
import type { Context } from "../context.js";
import { InstanceType } from "../instance.type.js";
import { nextListsOf } from "../list.args.js";
import { backupById, instanceById } from "../nodes.js";
import { providerByKey, ProviderType } from "../provider.type.js";
import { orNull } from "../views.js";
import { subgraphSdlOf } from "./sdl.js";

/** A reference to an object from another subgraph: its type's name and the fields of one of its keys. */
type Representation = Readonly<Record<string, unknown>>;
type Entity = ProviderType | InstanceType | BackupType;
type Resolve = (
  representation: Representation,
  context: Context,
  info: GraphQLResolveInfo,
) => Entity | null | Promise<Entity | null>;

const RESOLVERS: ReadonlyMap<string, Resolve> = new Map<string, Resolve>([
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

/** The names of the types that other subgraphs can refer to. */
const ENTITIES: readonly string[] = [...RESOLVERS.keys()];

/** The fields that only routers use, as the federation specification defines them. */
const FOR_ROUTERS = parse(`
  scalar _Any
  type _Service { sdl: String }
  union _Entity = ${ENTITIES.join(" | ")}
  extend type Query {
    _entities(representations: [_Any!]!): [_Entity]!
    _service: _Service!
  }
`);

/**
 * Adds `_service` and `_entities` to the plain schema.
 *
 * `_service` returns the SDL for composition, without `node` and `nodes`. Both fields stay
 * executable, so that routers and clients can use the same URL.
 */
export function buildSubgraph(plain: GraphQLSchema): GraphQLSchema {
  const schema = extendSchema(plain, FOR_ROUTERS);
  const { _entities, _service } = schema.getQueryType()?.getFields() ?? {};
  const entity = schema.getType("_Entity");
  if (!_entities || !_service || !(entity instanceof GraphQLUnionType))
    throw new Error("Expected a schema that has a Query.");
  let sdl: string | undefined;
  // Printed on first use, because only composition asks for it.
  _service.resolve = () => ({ sdl: (sdl ??= subgraphSdlOf(plain)) });
  _entities.resolve = resolveEntities;
  entity.resolveType = entityTypeOf;
  return schema;
}

/**
 * The objects that a router asks for, in its order.
 *
 * Cost:   the same as a list with these rows: the loaders batch all objects of one kind.
 * Errors: null for an object that does not exist or is not visible. An object that cannot be read is
 *         an error in its own place and does not affect the others.
 */
const resolveEntities = (
  _: unknown,
  { representations }: { readonly representations: readonly unknown[] },
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Entity | null>[] =>
  representations.map(async (one) => {
    if (!isRepresentation(one)) throw unknownEntity();
    const name = one["__typename"];
    const resolve = typeof name === "string" ? RESOLVERS.get(name) : undefined;
    if (resolve === undefined) throw unknownEntity();
    return resolve(one, context, info);
  });

const isRepresentation = (value: unknown): value is Representation =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function entityTypeOf(entity: unknown): string | undefined {
  if (entity instanceof ProviderType) return "Provider";
  if (entity instanceof InstanceType) return "Instance";
  return entity instanceof BackupType ? "Backup" : undefined;
}

/**
 * The instance with a vendor's id in a region.
 *
 * If several accounts list it, the first by provider key wins. An account that cannot be read matters
 * only if no other account lists the instance.
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
