// Decorators read the metadata that this import sets up, so it comes first.
import "reflect-metadata";
import { extendSchema, GraphQLUnionType, parse, type GraphQLSchema } from "graphql";
import { ENTITIES, entityTypeOf, resolveEntities } from "./entities.js";
import { subgraphSdlOf } from "./sdl.js";

/** What routers ask besides, in the words of the federation specification. */
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
 * What the gateway executes for a router: all of the plain schema, and `_service` and `_entities`.
 *
 * `_service` answers with the subgraph as composers should read it, which leaves out `node` and
 * `nodes`; they stay executable, so that one address serves routers and clients alike.
 */
export function buildSubgraph(plain: GraphQLSchema): GraphQLSchema {
  const schema = extendSchema(plain, FOR_ROUTERS);
  const { _entities, _service } = schema.getQueryType()?.getFields() ?? {};
  const entity = schema.getType("_Entity");
  if (!_entities || !_service || !(entity instanceof GraphQLUnionType))
    throw new Error("Expected a schema that has a Query.");
  let sdl: string | undefined;
  // Only composers ask, and most gateways have none.
  _service.resolve = () => ({ sdl: (sdl ??= subgraphSdlOf(plain)) });
  _entities.resolve = resolveEntities;
  entity.resolveType = entityTypeOf;
  return schema;
}
