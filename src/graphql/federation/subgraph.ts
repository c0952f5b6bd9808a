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
import { isRow, type Row } from "../../domain/row.js";
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
type Representation = Row;
type Entity = ProviderType | InstanceType | BackupType;

/** The types that other subgraphs can refer to. */
const ENTITIES = ["Provider", "Backup", "Instance"];

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
): Promise<Entity | null>[] => representations.map((one) => entityOf(one, context, info));

async function entityOf(
  representation: unknown,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<Entity | null> {
  const {
    __typename: name,
    id,
    providerKey,
    ...place
  } = isRow(representation) ? representation : {};
  switch (name) {
    case "Provider":
      return orNull(providerKeyOf(textOf(id)), (key) => providerByKey(key, context));
    case "Backup":
      return backupById(textOf(id), context);
    case "Instance":
      if (id !== undefined) return instanceById(textOf(id), context, info);
      return providerKey === undefined
        ? instanceByNativeId(place, context, info)
        : instanceOf(textOf(providerKey), place, context, info);
    default:
      throw new ClientError(
        "BAD_USER_INPUT",
        `Expected a representation with a __typename of ${ENTITIES.join(", ")}.`,
      );
  }
}

function entityTypeOf(entity: unknown): string | undefined {
  if (entity instanceof ProviderType) return "Provider";
  if (entity instanceof InstanceType) return "Instance";
  return entity instanceof BackupType ? "Backup" : undefined;
}

/** The instance of a provider; null if the provider does not list it, or is not visible. */
async function instanceOf(
  provider: string,
  { region, nativeId }: Representation,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<InstanceType | null> {
  const next = nextListsOf(context, info);
  const place = { provider, region: textOf(region), nativeId: textOf(nativeId), next };
  return orNull(await context.loaders.instance.load(place), InstanceType.of);
}

/**
 * The instance with a vendor's id in a region. A provider that cannot be read matters only if no other
 * lists the instance.
 *
 * Errors: BAD_USER_INPUT if several providers list such an instance, because any choice may be wrong.
 */
async function instanceByNativeId(
  representation: Representation,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<InstanceType | null> {
  const vendor = textOf(representation["vendor"]);
  const keys = context.reads
    .providers()
    .filter((provider) => provider.vendor === vendor)
    .map(({ key }) => key)
    .sort();
  const answers = await Promise.allSettled(
    keys.map((key) => instanceOf(key, representation, context, info)),
  );
  const found = answers.flatMap((answer) =>
    answer.status === "fulfilled" && answer.value !== null ? [answer.value] : [],
  );
  if (found.length > 1)
    throw new ClientError(
      "BAD_USER_INPUT",
      `Several providers list an instance with this vendor, region and nativeId: ${found.map(({ providerKey }) => providerKey).join(", ")}. Refer to it by providerKey, region and nativeId.`,
    );
  if (found[0] !== undefined) return found[0];
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
