import {
  GraphQLError,
  isObjectType,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
} from "graphql";
import { inspect } from "graphql/jsutils/inspect.js";

/** The value of an abstract type, and where it stands. */
export interface AbstractValue {
  readonly type: GraphQLAbstractType;
  readonly nodes: readonly FieldNode[];
  readonly value: unknown;
  readonly info: GraphQLResolveInfo;
}

/**
 * The object type that a type resolver has named.
 * @throws {GraphQLError} in graphql-js' words, where it named none that fits.
 */
export function runtimeTypeOf(name: unknown, at: AbstractValue): GraphQLObjectType {
  const { type, nodes, value, info } = at;
  const { schema, parentType, fieldName } = info;
  const abstract = `Abstract type "${type.name}"`;
  const where = `must resolve to an Object type at runtime for field "${parentType.name}.${fieldName}"`;
  if (name === undefined || name === null)
    throw new GraphQLError(
      `${abstract} ${where}. Either the "${type.name}" type should provide a "resolveType" function ` +
        'or each possible type should provide an "isTypeOf" function.',
      { nodes },
    );
  if (typeof name !== "string")
    throw new GraphQLError(
      isObjectType(name)
        ? "Support for returning GraphQLObjectType from resolveType was removed in graphql-js@16.0.0 please return type name instead."
        : `${abstract} ${where} with value ${inspect(value)}, received "${inspect(name)}".`,
    );
  const found = schema.getType(name);
  if (found === undefined)
    throw new GraphQLError(
      `${abstract} was resolved to a type "${name}" that does not exist inside the schema.`,
      { nodes },
    );
  if (!isObjectType(found))
    throw new GraphQLError(`${abstract} was resolved to a non-object type "${name}".`, { nodes });
  if (!schema.isSubType(type, found))
    throw new GraphQLError(
      `Runtime Object type "${found.name}" is not a possible type for "${type.name}".`,
      { nodes },
    );
  return found;
}

/** The error of a value that is none of its type. */
export const wrongType = (
  type: GraphQLObjectType,
  value: unknown,
  nodes: readonly FieldNode[],
): GraphQLError =>
  new GraphQLError(`Expected value of type "${type.name}" but got: ${inspect(value)}.`, { nodes });
