// Decorators read the metadata that this import sets up, so it comes first.
import "reflect-metadata";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { isInterfaceType, isObjectType, Kind, print, type GraphQLSchema } from "graphql";
import { createResolversMap } from "type-graphql";
import { entityTypeOf, resolveEntities } from "./entities.js";
import { markedDocument, subgraphDocument } from "./sdl.js";

/**
 * What the gateway executes for a router: all of the plain schema, and `_service` and `_entities`.
 *
 * `_service` answers with the subgraph as composers should read it, which leaves out `node` and
 * `nodes`; they stay executable, so that one address serves routers and clients alike.
 */
export function buildSubgraph(plain: GraphQLSchema): GraphQLSchema {
  const sdl = `${print(subgraphDocument(plain))}\n`;
  const schema = buildSubgraphSchema([
    { typeDefs: markedDocument(plain), resolvers: resolversOf(plain) },
    {
      typeDefs: { kind: Kind.DOCUMENT, definitions: [] },
      resolvers: {
        Query: { _service: () => ({ sdl }), _entities: resolveEntities },
        _Entity: { __resolveType: entityTypeOf },
      },
    },
  ]);
  copyExtensions(plain, schema);
  return schema;
}

type Modules = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>;
type Resolvers = NonNullable<Extract<Modules[number], { resolvers?: unknown }>["resolvers"]>;

/** The two libraries describe the same maps by different types. */
const resolversOf = (schema: GraphQLSchema): Resolvers => createResolversMap(schema) as Resolvers;

/** Neither resolvers nor SDL carry extensions, and the limits read what fields weigh from them. */
function copyExtensions(from: GraphQLSchema, to: GraphQLSchema): void {
  for (const [name, type] of Object.entries(to.getTypeMap())) {
    const source = from.getType(name);
    if (source === undefined) continue;
    type.extensions = { ...source.extensions, ...type.extensions };
    if (!hasFields(type) || !hasFields(source)) continue;
    const fields = source.getFields();
    for (const [key, field] of Object.entries(type.getFields()))
      field.extensions = { ...fields[key]?.extensions, ...field.extensions };
  }
}

const hasFields = (type: unknown) => isObjectType(type) || isInterfaceType(type);
